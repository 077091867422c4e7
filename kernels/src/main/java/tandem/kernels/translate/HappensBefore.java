package tandem.kernels.translate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which accesses happened before what a thread does now. Time is one counter for the kernel launch; it advances with
 * every barrier, warp operation, fence and block. A thread knows the accesses of another up to a time, which is kept as
 * coarsely as possible: for all threads of the block since their last common barrier, for pairs of warps after barriers
 * of some warps, for pairs of lanes after operations of some lanes, and as a {@link Clock} for what came through atomic
 * operations and fences.
 *
 * <p>A fence followed by an atomic operation releases; an atomic operation followed by a fence or a barrier acquires
 * what was released at its address (PTX ISA, "Memory Consistency Model", release and acquire patterns), and that atomic
 * operation itself. A barrier between the fence of several threads and the atomic operation of one of them keeps what
 * all of them released. The scheme of clocks follows the hierarchy of threads as published race detectors for GPUs do
 * (BARRACUDA, PLDI 2017).
 */
final class HappensBefore {

    private static final int LANES = 32;

    private int now = 1;
    private int blockStart = 1;
    private int block;
    private int floor = 1;
    private int[] starts = new int[16];
    private int[] startedBlocks = new int[16];
    private int blocks;
    private final int[] warpTimes = new int[LANES * LANES];
    private final int[][] laneTimes = new int[LANES][];
    private boolean partial;

    private final Clock[] known = new Clock[1024];
    private final Clock[] acquirable = new Clock[1024];
    private final Clock[] released = new Clock[1024];
    private final Clock[] releasedInBlock = new Clock[1024];
    private boolean clocks;
    private final Map<Long, Released> global = new HashMap<>();
    private final Map<Long, Released> shared = new HashMap<>();

    /** What was released at one address. */
    private static final class Released {
        private Clock toAll;
        private Clock toBlock;
        private int block;
    }

    /** The time of an access now. */
    int now() {
        return now;
    }

    /** Accesses before this time belong to other blocks. */
    int blockStart() {
        return blockStart;
    }

    /** The number of the running block. */
    int block() {
        return block;
    }

    /** The number of the block that was running at that time. */
    int blockAt(int time) {
        int found = Arrays.binarySearch(starts, 0, blocks, time);
        return startedBlocks[found >= 0 ? found : -found - 2];
    }

    void startBlock(int number) {
        if (blocks == starts.length) {
            starts = Arrays.copyOf(starts, 2 * blocks);
            startedBlocks = Arrays.copyOf(startedBlocks, 2 * blocks);
        }
        block = number;
        blockStart = ++now;
        floor = now;
        starts[blocks] = now;
        startedBlocks[blocks++] = number;
        if (partial) {
            Arrays.fill(warpTimes, 0);
            Arrays.fill(laneTimes, null);
            partial = false;
        }
        if (clocks) {
            Arrays.fill(known, null);
            Arrays.fill(acquirable, null);
            Arrays.fill(released, null);
            Arrays.fill(releasedInBlock, null);
            shared.clear();
        }
    }

    /** Whether the access of that stamp happened before what {@code thread} does now. */
    boolean ordered(long stamp, int thread) {
        int time = Stamp.time(stamp);
        int other = Stamp.thread(stamp);
        if (time >= blockStart) {
            if (other == thread || time < floor) {
                return true;
            }
            if (partial && orderedByWarps(time, other, thread)) {
                return true;
            }
        }
        return clocks && includes(known[thread], stamp);
    }

    /** The same for an atomic operation. */
    boolean orderedAtomic(long stamp, int thread) {
        return ordered(stamp, thread)
                || clocks
                        && known[thread] != null
                        && known[thread].includesAtomic(
                                blockAt(Stamp.time(stamp)), Stamp.thread(stamp), Stamp.time(stamp));
    }

    /** Whether it would be ordered if the thread had a fence behind its last atomic operation. */
    boolean lacksFence(long stamp, int thread) {
        return clocks && includes(acquirable[thread], stamp);
    }

    private boolean includes(Clock clock, long stamp) {
        return clock != null && clock.includes(blockAt(Stamp.time(stamp)), Stamp.thread(stamp), Stamp.time(stamp));
    }

    private boolean orderedByWarps(int time, int other, int thread) {
        int warp = thread >> 5;
        if (time < warpTimes[warp * LANES + (other >> 5)]) {
            return true;
        }
        int[] lanes = laneTimes[warp];
        return lanes != null && other >> 5 == warp && time < lanes[(thread & 31) * LANES + (other & 31)];
    }

    /** All threads of the block that have not exited passed a barrier. */
    void barrier(int threads) {
        floor = ++now;
        if (clocks) {
            joinKnown(0, threads, null);
        }
    }

    /** The warps of that mask passed a barrier together. */
    void barrierOfWarps(int warps, int threads) {
        now++;
        partial = true;
        order(warpTimes, warps);
        if (clocks) {
            boolean[] members = new boolean[threads];
            for (int thread = 0; thread < threads; thread++) {
                members[thread] = (warps >>> (thread >> 5) & 1) != 0;
            }
            joinKnown(0, threads, members);
        }
    }

    /**
     * Lanes of a warp passed a warp operation together.
     *
     * @param all whether no other lane of the warp runs
     */
    void lanes(int warp, int group, boolean all, int threads) {
        now++;
        partial = true;
        if (all) {
            warpTimes[warp * LANES + warp] = now;
        } else {
            if (laneTimes[warp] == null) {
                laneTimes[warp] = new int[LANES * LANES];
            }
            order(laneTimes[warp], group);
        }
        if (clocks) {
            boolean[] members = new boolean[threads];
            for (int lane = 0; lane < LANES && warp * LANES + lane < threads; lane++) {
                members[warp * LANES + lane] = (group >>> lane & 1) != 0;
            }
            joinKnown(warp * LANES, Math.min(threads, warp * LANES + LANES), members);
        }
    }

    /** Every member learns what each of them has known, and what each of them has done until now. */
    private void order(int[] times, int members) {
        for (int column = 0; column < LANES; column++) {
            int time = now;
            if ((members >>> column & 1) == 0) {
                time = 0;
                for (int row = 0; row < LANES; row++) {
                    time = (members >>> row & 1) != 0 ? Math.max(time, times[row * LANES + column]) : time;
                }
            }
            for (int row = 0; row < LANES; row++) {
                if ((members >>> row & 1) != 0) {
                    times[row * LANES + column] = time;
                }
            }
        }
    }

    private void joinKnown(int from, int to, boolean[] members) {
        Clock all = null;
        for (int thread = from; thread < to; thread++) {
            if (members == null || members[thread]) {
                all = Clock.join(Clock.join(all, known[thread]), acquirable[thread]);
            }
        }
        for (int thread = from; thread < to && all != null; thread++) {
            if (members == null || members[thread]) {
                known[thread] = all;
                acquirable[thread] = null;
            }
        }
        joinReleased(released, from, to, members);
        joinReleased(releasedInBlock, from, to, members);
    }

    private static void joinReleased(Clock[] clocks, int from, int to, boolean[] members) {
        Clock all = null;
        for (int thread = from; thread < to; thread++) {
            all = members == null || members[thread] ? Clock.join(all, clocks[thread]) : all;
        }
        for (int thread = from; thread < to; thread++) {
            if (clocks[thread] != null && (members == null || members[thread])) {
                clocks[thread] = all;
            }
        }
    }

    /** A fence of that thread; {@code ofBlock} for one that concerns its block only. */
    void fence(int thread, boolean ofBlock) {
        acquire(thread);
        Clock clock = snapshot(thread);
        releasedInBlock[thread] = clock;
        if (!ofBlock) {
            released[thread] = clock;
        }
    }

    private void acquire(int thread) {
        if (acquirable[thread] != null) {
            known[thread] = Clock.join(known[thread], acquirable[thread]);
            acquirable[thread] = null;
        }
    }

    /** All that happened before the next action of the thread. */
    private Clock snapshot(int thread) {
        clocks = true;
        int time = ++now;
        Clock.Builder clock =
                new Clock.Builder(known[thread]).block(block, floor).thread(block, thread, time);
        if (partial) {
            int warp = thread >> 5;
            for (int other = 0; other < LANES; other++) {
                if (warpTimes[warp * LANES + other] > floor) {
                    clock.warp(block, other, warpTimes[warp * LANES + other]);
                }
                int[] lanes = laneTimes[warp];
                if (lanes != null && lanes[(thread & 31) * LANES + other] > floor) {
                    clock.thread(block, warp * LANES + other, lanes[(thread & 31) * LANES + other]);
                }
            }
        }
        return clock.build();
    }

    /**
     * A read of a word through which threads synchronize.
     *
     * @param acquires whether it needs no fence to acquire
     */
    void readsWord(long address, boolean inShared, int thread, boolean acquires) {
        Released word = clocks ? (inShared ? shared : global).get(address) : null;
        if (word != null) {
            Clock clock = word.block == block ? Clock.join(word.toAll, word.toBlock) : word.toAll;
            acquirable[thread] = Clock.join(acquirable[thread], clock);
            if (acquires) {
                acquire(thread);
            }
        }
    }

    /**
     * A write of such a word.
     *
     * @param releases whether it needs no fence to release
     * @param ofBlock whether it synchronizes with threads of its block only
     */
    void writesWord(long address, boolean inShared, int thread, boolean releases, boolean ofBlock) {
        Clock toBlock = releases ? snapshot(thread) : releasedInBlock[thread];
        if (toBlock == null) {
            return;
        }
        Clock itself = Clock.ofAtomics(block, thread, now + 1);
        Clock toAll = ofBlock ? null : releases ? toBlock : released[thread];
        toAll = toAll == null ? null : Clock.join(toAll, itself);
        toBlock = Clock.join(toBlock, itself);
        Released word = (inShared ? shared : global).computeIfAbsent(address, key -> new Released());
        word.toBlock = word.block == block ? Clock.join(word.toBlock, toBlock) : toBlock;
        word.block = block;
        word.toAll = Clock.join(word.toAll, toAll);
    }
}
