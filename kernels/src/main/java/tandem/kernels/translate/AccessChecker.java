package tandem.kernels.translate;

import static tandem.kernels.translate.CheckFailure.Problem.ASSERTION;
import static tandem.kernels.translate.CheckFailure.Problem.DIVISION_BY_ZERO;
import static tandem.kernels.translate.CheckFailure.Problem.INACTIVE_LANE;
import static tandem.kernels.translate.CheckFailure.Problem.MISALIGNED;
import static tandem.kernels.translate.CheckFailure.Problem.OUT_OF_BOUNDS;
import static tandem.kernels.translate.CheckFailure.Problem.TRAP;

import java.util.function.Consumer;
import tandem.kernels.Texture;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.Raw;
import tandem.kernels.translate.machine.Suspension;

/** Checks what the threads of one kernel launch do: bounds, alignment, initialization, races, convergence. */
final class AccessChecker extends CheckedMemory {

    private final BlockContext context;
    private final MemoryMap memory;
    private final StateSpaces spaces;
    private final Consumer<CheckFailure> found;
    private final CheckedLaunch how;
    private final LaunchObserver observer;
    private int vectorBytes;
    private int vectorLeft;
    private final HappensBefore order = new HappensBefore();
    private final FailureText text;
    private final UninitializedReads uninitialized = new UninitializedReads();
    private final PendingCopies copies = new PendingCopies();
    private final ReadsBeforeSwap swaps = new ReadsBeforeSwap(this::report);
    private final RaceCheck races;
    private final Convergence convergence;
    private final long scratch = Raw.UNSAFE.allocateMemory(16);

    /** @param found what is done with a failure; when it returns, the access is skipped and the kernel continues */
    AccessChecker(
            PtxEntry entry,
            BlockContext context,
            MemoryMap memory,
            ModuleMemory variables,
            CheckedLaunch how,
            Consumer<CheckFailure> found) {
        this.how = how;
        this.observer = how.observer();
        this.context = context;
        this.memory = memory;
        this.spaces = new StateSpaces(entry, context, memory, variables, this::report);
        this.found = found;
        this.text = new FailureText(entry, context, order);
        this.races = new RaceCheck(entry, order, text, uninitialized, swaps, this::report);
        this.convergence = new Convergence(entry, how, text, this::report);
        memory.forgetAccesses();
    }

    /** Reports what is wrong. A failure that ends the launch may be the consequence of an uninitialized read. */
    private void report(CheckFailure failure) {
        if (how.lenient() && failure.problem() != CheckFailure.Problem.RACE) {
            uninitialized.take(false).forEach(found);
        }
        found.accept(failure);
    }

    private void report(CheckFailure.Problem problem, int line, int thread, String what) {
        report(text.failure(problem, line, 0, thread, what));
    }

    /** The memory through which the blocks of a grid wait for each other. */
    void allowGridMemory(long address, int bytes) {
        spaces.allow("the grid's counter", address, bytes);
    }

    @Override
    public void blockStarted() {
        order.startBlock(context.ctaidX + context.nctaidX * (context.ctaidY + context.nctaidY * context.ctaidZ));
        convergence.startBlock();
        if (observer != null) {
            observer.blockStarted(order.block(), context.ntidX * context.ntidY * context.ntidZ);
        }
        copies.clear();
        spaces.startBlock();
    }

    @Override
    public void blockFinished() {
        swaps.finish();
        if (observer != null) {
            observer.blockFinished();
        }
        if (!uninitialized.isEmpty()) {
            uninitialized.take(true).forEach(found);
        }
    }

    /** Reports what is certain only at the end of the kernel launch. */
    void launchFinished() {
        swaps.finish();
        uninitialized.take(false).forEach(found);
    }

    /** Frees memory. */
    void close() {
        Raw.UNSAFE.freeMemory(scratch);
    }

    @Override
    public void barrierPassed(Suspension[] at, int threads, boolean all) {
        swaps.finish();
        int warps = convergence.barrier(at, threads, context.state);
        if (observer != null) {
            observer.synchronizes(-1);
        }
        if (all) {
            order.barrier(threads);
        } else {
            order.barrierOfWarps(warps, threads);
        }
    }

    @Override
    public void warpPassed(Suspension operation, int warp, int mask, int group, int running, int threads) {
        swaps.finish();
        convergence.warp(operation, warp, mask & ~running, group, threads);
        order.lanes(warp, group, group == running, threads);
        if (observer != null) {
            observer.synchronizes(warp);
        }
    }

    @Override
    public void inactiveSource(Suspension operation, int thread, int lane) {
        report(
                INACTIVE_LANE,
                operation.line(),
                thread,
                "reads the value of lane " + lane + " of its warp, which takes no part in the shuffle");
    }

    @Override
    public void trap(int line, int thread) {
        report(TRAP, line, thread, "executes a trap");
    }

    @Override
    public void assertion(String asserted, int line, int thread) {
        report(ASSERTION, line, thread, "asserts " + asserted + ", which is false");
    }

    @Override
    public void executes(int basicBlock, int line, int thread) {
        if (how.stopped().getAsBoolean()) {
            throw text.failure(
                    CheckFailure.Problem.STOPPED, line, 0, thread, "was running when the launch was stopped");
        }
        if (observer != null) {
            observer.executes(basicBlock, thread);
        }
    }

    /** The launch has ended early. */
    void ended(PtxException failure) {
        launchFinished();
        found.accept(
                failure instanceof CheckFailure check
                        ? check
                        : new CheckFailure(
                                CheckFailure.Problem.DEADLOCK,
                                failure.file(),
                                failure.line(),
                                0,
                                "",
                                failure.getMessage().replaceFirst("^.*?: entry [^:]*: (deadlock, )?", "")));
    }

    @Override
    public void divisionByZero(int line, int thread) {
        if (how.lenient()) {
            return;
        }
        report(DIVISION_BY_ZERO, line, thread, "divides an integer by zero; the result is undefined");
    }

    @Override
    public void fence(boolean ofBlock, int line, int thread) {
        order.fence(thread, ofBlock);
    }

    /** The region of an access; null when there is nothing to check, {@link MemoryRegion#NOWHERE} when it is wrong. */
    private MemoryRegion region(String verb, long address, int bytes, int how, int line, int thread) {
        convergence.accessed(thread, line);
        swaps.running(thread);
        if ((address & bytes - 1) != 0) {
            report(
                    MISALIGNED,
                    line,
                    thread,
                    verb + " " + bytes + " bytes at " + FailureText.address(address) + ", which is not a multiple of "
                            + bytes);
            return MemoryRegion.NOWHERE;
        }
        return spaces.find(verb, address, bytes, how, line, thread);
    }

    @Override
    protected void checkVector(long address, int bytes, int how, int line, int thread) {
        vectorBytes = bytes;
        if (address % bytes != 0) {
            report(
                    MISALIGNED,
                    line,
                    thread,
                    "accesses " + bytes + " bytes at " + FailureText.address(address) + ", which is not a multiple of "
                            + bytes);
        }
    }

    /** Reports an access to the observer; of a vector only once, for its first element. */
    private void observe(
            LaunchObserver.Kind kind, MemoryRegion region, long address, int bytes, long bits, int line, int thread) {
        if (vectorLeft > 0) {
            vectorLeft -= bytes;
            return;
        }
        int all = Math.max(vectorBytes, bytes);
        vectorLeft = all - bytes;
        vectorBytes = 0;
        LaunchObserver.Space space = region == null
                ? LaunchObserver.Space.LOCAL
                : region.isShared() ? LaunchObserver.Space.SHARED : LaunchObserver.Space.GLOBAL;
        String place = region == null ? "local memory" : region.name();
        int index = region == null ? 0 : (int) (address - region.address());
        observer.accesses(kind, space, place, address, index, all, bits, line, thread);
    }

    private long nowhere() {
        Raw.UNSAFE.putLong(scratch, 0);
        Raw.UNSAFE.putLong(scratch + 8, 0);
        return scratch;
    }

    @Override
    public void copy(long to, long from, int bytes, int sourceBytes, int line, int thread) {
        checkVector(from, bytes, GLOBAL, line, thread);
        int width = Math.min(bytes, Long.BYTES);
        long low = gather(from, Math.min(width, sourceBytes), line, thread);
        long high = gather(from + width, Math.max(0, sourceBytes - width), line, thread);
        checkVector(to, bytes, SHARED, line, thread);
        write(to, low, width, SHARED, line, thread);
        if (bytes > width) {
            write(to + width, high, width, SHARED, line, thread);
        }
        copies.add((int) (to - context.shared), bytes, line, thread);
    }

    /** Reads up to 8 bytes of global memory. */
    private long gather(long from, int bytes, int line, int thread) {
        long bits = 0;
        for (int at = 0; at < bytes; ) {
            int width = bytes - at >= Integer.BYTES ? Integer.BYTES : 1;
            long source = checkRead(from + at, width, GLOBAL, line, thread);
            long read = width == 1 ? Raw.UNSAFE.getByte(source) & 0xFF : Raw.UNSAFE.getInt(source) & 0xFFFF_FFFFL;
            bits |= read << 8 * at;
            at += width;
        }
        return bits;
    }

    @Override
    public void copyGroup(int thread) {
        copies.closeGroup(thread);
    }

    @Override
    public void awaitCopies(int open, int thread) {
        for (PendingCopies.Copy copy : copies.complete(open, thread)) {
            // From now on other threads may read it after a barrier: the write counts as one of this moment.
            MemoryRegion region = spaces.sharedRegion(copy.offset(), copy.bytes());
            if (region != null) {
                int index = (int) (context.shared + copy.offset() - region.address());
                races.completed(region, index, copy.bytes(), copy.line(), thread);
            }
        }
    }

    /** Reports an access to shared memory that a copy has not reached for certain. */
    private void requireCopied(String verb, MemoryRegion region, long address, int bytes, int line, int thread) {
        PendingCopies.Copy copy = copies.at((int) (address - context.shared), bytes);
        if (copy != null) {
            report(text.failure(
                    CheckFailure.Problem.RACE,
                    line,
                    copy.line(),
                    thread,
                    verb + " " + bytes + " bytes at "
                            + FailureText.where(region, (int) (address - region.address())) + ", to which "
                            + (copy.thread() == thread ? "it" : "thread " + text.index(copy.thread()))
                            + " copies asynchronously at " + CheckFailure.OTHER_LINE
                            + " without waiting for the copy (cp.async.wait_group)"));
            copies.forget(copy);
        }
    }

    @Override
    protected long checkTexture(long handle, int line, int thread) {
        if (Texture.find(handle) == null) {
            report(OUT_OF_BOUNDS, line, thread, "reads the texture " + FailureText.address(handle) + ", which is none");
            return Texture.NOWHERE;
        }
        return handle;
    }

    @Override
    protected long checkRead(long address, int bytes, int how, int line, int thread) {
        MemoryRegion region = region("reads", address, bytes, how, line, thread);
        if (region == MemoryRegion.NOWHERE) {
            return nowhere();
        }
        if (observer != null) {
            observe(LaunchObserver.Kind.READ, region, address, bytes, 0, line, thread);
        }
        if (region != null) {
            if (!region.isShared()) {
                memory.accesses().read(bytes);
            }
            int index = (int) (address - region.address());
            if (region.isShared() && !copies.isEmpty()) {
                requireCopied("reads", region, address, bytes, line, thread);
            }
            races.initialized("reads", region, index, bytes, line, thread);
            if (races.synchronizes(how)) {
                order.readsWord(address, region.isShared(), thread, (how & ACQUIRE) != 0);
                races.atomic("reads", region, index, bytes, line, thread);
            } else {
                races.read(region, index, bytes, line, thread, (how & NON_COHERENT) != 0);
            }
        }
        return address;
    }

    @Override
    public void write(long address, long bits, int bytes, int how, int line, int thread) {
        MemoryRegion region = region("writes", address, bytes, how, line, thread);
        if (region == MemoryRegion.NOWHERE) {
            return;
        }
        if (observer != null) {
            observe(LaunchObserver.Kind.WRITE, region, address, bytes, bits, line, thread);
        }
        if (region != null) {
            if (!region.isShared()) {
                memory.accesses().written(bytes);
            }
            int index = (int) (address - region.address());
            if (region.isShared() && !copies.isEmpty()) {
                requireCopied("writes", region, address, bytes, line, thread);
            }
            if (races.synchronizes(how)) {
                races.atomic("writes", region, index, bytes, line, thread);
                order.writesWord(address, region.isShared(), thread, (how & RELEASE) != 0, (how & OF_BLOCK) != 0);
            } else {
                races.write(region, index, bytes, line, thread, bits);
            }
            region.markInitialized(address, bytes);
        }
        switch (bytes) {
            case 1 -> Raw.UNSAFE.putByte(address, (byte) bits);
            case 2 -> Raw.UNSAFE.putShort(address, (short) bits);
            case 4 -> Raw.UNSAFE.putInt(address, (int) bits);
            default -> Raw.UNSAFE.putLong(address, bits);
        }
    }

    @Override
    protected long checkAtomic(long address, int bytes, int how, int line, int thread) {
        MemoryRegion region = region("atomically changes", address, bytes, how, line, thread);
        if (region == MemoryRegion.NOWHERE) {
            return nowhere();
        }
        if (observer != null) {
            observe(LaunchObserver.Kind.ATOMIC, region, address, bytes, 0, line, thread);
        }
        if (region != null) {
            int index = (int) (address - region.address());
            if ((how & SWAP) != 0) {
                races.swap(region, index, bytes, thread);
            }
            races.initialized("atomically changes", region, index, bytes, line, thread);
            races.atomic("atomically changes", region, index, bytes, line, thread);
            order.readsWord(address, region.isShared(), thread, (how & ACQUIRE) != 0);
            order.writesWord(address, region.isShared(), thread, (how & RELEASE) != 0, (how & OF_BLOCK) != 0);
            region.markInitialized(address, bytes);
        }
        return address;
    }
}
