package tandem.kernels.translate.machine;

/** Consulted by generated code in checked mode, for every access. */
public abstract class CheckedMemory {

    /** State spaces, as generated code names them. */
    public static final int GENERIC = 0;

    public static final int GLOBAL = 1;
    public static final int SHARED = 2;
    public static final int LOCAL = 3;
    public static final int CONSTANT = 4;
    /** The bits of the state space in how memory is accessed; the others follow. */
    public static final int SPACE = 7;
    /** {@code ld.global.nc}. */
    public static final int NON_COHERENT = 8;
    /** Relaxed, acquire or release. */
    public static final int STRONG = 16;

    public static final int VOLATILE = 32;
    public static final int ACQUIRE = 64;
    public static final int RELEASE = 128;
    /** With the scope of the block. */
    public static final int OF_BLOCK = 256;
    /** An atomic compare-and-swap. */
    public static final int SWAP = 512;

    /** Reports a vector access that is not aligned to its whole size. */
    protected abstract void checkVector(long address, int bytes, int how, int line, int thread);

    /** Reports a read that must not be; returns the address to read from. */
    protected abstract long checkRead(long address, int bytes, int how, int line, int thread);

    /** Reports an atomic access that must not be; returns the address to access. */
    protected abstract long checkAtomic(long address, int bytes, int how, int line, int thread);

    /** Stores the low {@code bytes} bytes of {@code bits} after checking that it may. */
    public abstract void write(long address, long bits, int bytes, int how, int line, int thread);

    /**
     * Copies from global to shared memory ({@code cp.async}) after checking that it may; the bytes must not be accessed
     * until the thread has waited for its group of copies.
     *
     * @param bytes 4, 8 or 16
     * @param sourceBytes how many are read; the rest is zero
     */
    public abstract void copy(long to, long from, int bytes, int sourceBytes, int line, int thread);

    /** Called where a thread closes a group of copies. */
    public abstract void copyGroup(int thread);

    /**
     * Called where a thread waits for copies.
     *
     * @param open how many of its latest groups may be open; negative: also copies of no group are complete
     */
    public abstract void awaitCopies(int open, int thread);

    /** Reports a handle of no texture; returns the handle to use. */
    protected abstract long checkTexture(long handle, int line, int thread);

    /** Called at a fence. */
    public abstract void fence(boolean ofBlock, int line, int thread);

    /** Called when a kernel traps. */
    public abstract void trap(int line, int thread);

    /** Called when an {@code assert} fails; {@code text} has what it asserts and where. */
    public abstract void assertion(String text, int line, int thread);

    /** Called at the start of a basic block, in observed mode. */
    public abstract void executes(int basicBlock, int line, int thread);

    /** Called when an integer is divided by zero. */
    public abstract void divisionByZero(int line, int thread);

    /** Called before a block's first thread runs. */
    public abstract void blockStarted();

    /** Called when all threads of the block have exited. */
    public abstract void blockFinished();

    /**
     * Called when threads of the block pass a barrier.
     *
     * @param at where each thread of the block waited, or null when it does not pass now
     * @param all whether all threads of the block that have not exited pass it
     */
    public abstract void barrierPassed(Suspension[] at, int threads, boolean all);

    /**
     * Called when lanes of a warp pass a warp operation.
     *
     * @param mask the lanes that the operation names
     * @param group those of them that pass
     * @param running the lanes of the warp that have not exited
     */
    public abstract void warpPassed(Suspension operation, int warp, int mask, int group, int running, int threads);

    /** Called when a thread reads the value of a lane that takes no part in a shuffle. */
    public abstract void inactiveSource(Suspension operation, int thread, int lane);

    /** Called by generated code before a vector access. */
    public static void aligned(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        checks.checkVector(address, bytes, space, line, thread);
    }

    /** Called by generated code before a read; returns the address. */
    public static long read(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        return checks.checkRead(address, bytes, space, line, thread);
    }

    /** Called by generated code before an atomic access; returns the address. */
    public static long atomic(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        return checks.checkAtomic(address, bytes, space, line, thread);
    }

    /** Called by generated code for the address of a row of {@code ldmatrix}, which only some lanes give. */
    public static long matrixRow(long address, int lanes, int space, int line, int thread, CheckedMemory checks) {
        if ((thread & 31) >= lanes) {
            return address;
        }
        checks.checkVector(address, 16, space, line, thread);
        long first = checks.checkRead(address, 8, space, line, thread);
        long second = checks.checkRead(address + 8, 8, space, line, thread);
        return second == address + 8 ? first : second;
    }

    /** Called by generated code in front of a texture fetch; returns the handle. */
    public static long texture(long handle, int line, int thread, CheckedMemory checks) {
        return checks.checkTexture(handle, line, thread);
    }

    /** Called by generated code at a fence. */
    public static void fence(int ofBlock, int line, int thread, CheckedMemory checks) {
        checks.fence(ofBlock != 0, line, thread);
    }

    /** Called by generated code at a trap. */
    public static void trap(int line, int thread, CheckedMemory checks) {
        checks.trap(line, thread);
    }

    /** Called by generated code where an assertion has failed. */
    public static void assertion(String text, int line, int thread, CheckedMemory checks) {
        checks.assertion(text, line, thread);
    }

    /** Called by generated code in front of a division of integers. */
    public static void divisor(long value, int line, int thread, CheckedMemory checks) {
        if (value == 0) {
            checks.divisionByZero(line, thread);
        }
    }

    /** Called by generated code at the start of a basic block. */
    public static void block(int number, int line, int thread, CheckedMemory checks) {
        checks.executes(number, line, thread);
    }
}
