package tandem.kernels.translate.machine;

/**
 * Runs the threads of one block. A thread's state is the resume point it can continue from, or, while it waits there,
 * its complement; having exited is the complement of 0. Warp operations complete when all lanes of the mask that have
 * not exited wait with the same operation and mask, barriers when all threads that have not exited wait at them, or as
 * many as the barrier counts.
 */
final class Scheduler {

    private static final int EXITED = BlockContext.EXITED;

    private final Schedule schedule;
    private final KernelCode code;
    private final Suspension[] suspensions;
    private final boolean warps;
    private final Barriers barriers;

    Scheduler(Schedule schedule) {
        this.schedule = schedule;
        this.code = schedule.code();
        this.suspensions = schedule.suspensions().toArray(Suspension[]::new);
        this.warps = schedule.hasWarpOperations();
        this.barriers = new Barriers(suspensions, schedule.recordBytes());
    }

    /** Runs a block of {@code threads} threads until all have exited. */
    void run(BlockContext context, int threads) {
        int[] state = context.state;
        for (int thread = 0; thread < threads; thread++) {
            state[thread] = 0;
        }
        while (true) {
            if (warps) {
                int warps = (threads + 31) / 32;
                int[] order = context.order == null ? null : context.order.of(0, warps);
                for (int i = 0; i < warps; i++) {
                    int from = 32 * (order == null ? i : order[i]);
                    runWarp(context, from, Math.min(threads, from + 32), threads);
                }
            } else {
                runReady(context, 0, threads);
            }
            if (!barriers.releaseCommon(context, threads)) {
                if (allExited(state, threads)) {
                    return;
                }
                if (!barriers.release(context, threads)) {
                    throw Deadlock.report(schedule, state, threads);
                }
            }
        }
    }

    private static boolean allExited(int[] state, int threads) {
        for (int thread = 0; thread < threads; thread++) {
            if (state[thread] != EXITED) {
                return false;
            }
        }
        return true;
    }

    /** Runs the threads of a range until each waits or has exited. */
    private void runReady(BlockContext context, int from, int to) {
        int[] state = context.state;
        if (context.order != null) {
            for (int thread : context.order.of(from, to)) {
                while (state[thread] >= 0) {
                    code.segment(state[thread], context, thread, thread + 1);
                }
            }
            return;
        }
        int thread = from;
        while (thread < to) {
            if (state[thread] >= 0) {
                code.segment(state[thread], context, from, to);
            } else {
                thread++;
            }
        }
    }

    private void runWarp(BlockContext context, int from, int to, int threads) {
        do {
            runReady(context, from, to);
        } while (releaseLanes(context, from, to, threads));
    }

    /** Completes the operations of a warp for which all lanes have come. */
    private boolean releaseLanes(BlockContext context, int from, int to, int threads) {
        int[] state = context.state;
        int running = 0;
        int waiting = 0;
        for (int thread = from; thread < to; thread++) {
            if (state[thread] != EXITED) {
                running |= 1 << thread - from;
                if (suspensions[~state[thread]].operation().ofWarp()) {
                    waiting |= 1 << thread - from;
                }
            }
        }
        boolean released = false;
        while (waiting != 0) {
            int lane = Integer.numberOfTrailingZeros(waiting);
            int group = group(context, from, lane, running);
            waiting &= ~(1 << lane);
            if (group != 0) {
                waiting &= ~group;
                long records = context.saved + (long) from * schedule.recordBytes();
                Suspension suspension = suspensions[~state[from + lane]];
                if (context.checked != null) {
                    int mask = mask(context, from + lane);
                    context.checked.warpPassed(suspension, from >> 5, mask, group, running, threads);
                }
                WarpExchange.perform(suspension, group, records, schedule.recordBytes(), from, context.checked);
                for (int member = 0; member < 32; member++) {
                    if ((group >>> member & 1) != 0) {
                        state[from + member] = ~state[from + member];
                    }
                }
                released = true;
            }
        }
        return released;
    }

    /** The lanes that complete an operation together with {@code lane}; 0 when some have not come yet. */
    private int group(BlockContext context, int from, int lane, int running) {
        int[] state = context.state;
        Suspension suspension = suspensions[~state[from + lane]];
        int mask = mask(context, from + lane);
        if ((mask >>> lane & 1) == 0) {
            throw Deadlock.notInMask(schedule, suspension, from + lane, mask);
        }
        int group = mask & running;
        for (int member = 0; member < 32; member++) {
            if ((group >>> member & 1) != 0) {
                int point = ~state[from + member];
                if (suspensions[point].operation() != suspension.operation()
                        || suspensions[point].matrices() != suspension.matrices()
                        || mask(context, from + member) != mask) {
                    return 0;
                }
            }
        }
        return group;
    }

    private int mask(BlockContext context, int thread) {
        return (int) Raw.UNSAFE.getLong(context.saved + (long) thread * schedule.recordBytes() + Suspension.MASK);
    }
}
