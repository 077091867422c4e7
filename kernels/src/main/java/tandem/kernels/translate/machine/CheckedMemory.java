package tandem.kernels.translate.machine;

/** Consulted by generated code in checked mode, for every access. */
public abstract class CheckedMemory {

    /** State spaces, as generated code names them. */
    public static final int GENERIC = 0;

    public static final int GLOBAL = 1;
    public static final int SHARED = 2;
    public static final int LOCAL = 3;
    public static final int CONSTANT = 4;

    /** Reports an access of {@code bytes} bytes that is not a multiple of them away from address 0. */
    protected abstract void checkAligned(long address, int bytes, int space, int line, int thread);

    /** Reports a read that must not be. */
    protected abstract void checkRead(long address, int bytes, int space, int line, int thread);

    /** Reports an atomic access that must not be. */
    protected abstract void checkAtomic(long address, int bytes, int space, int line, int thread);

    /** Stores the low {@code bytes} bytes of {@code bits} after checking that it may. */
    public abstract void write(long address, long bits, int bytes, int space, int line, int thread);

    /** Called before a block's first thread runs. */
    public abstract void blockStarted();

    /** Called when threads of the block have passed a barrier. */
    public abstract void barrierPassed();

    /** Called when lanes of that warp have passed a warp operation. */
    public abstract void warpPassed(int warp);

    /** Called by generated code before a vector access. */
    public static void aligned(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        checks.checkAligned(address, bytes, space, line, thread);
    }

    /** Called by generated code before a read; returns the address. */
    public static long read(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        checks.checkRead(address, bytes, space, line, thread);
        return address;
    }

    /** Called by generated code before an atomic access; returns the address. */
    public static long atomic(long address, int bytes, int space, int line, int thread, CheckedMemory checks) {
        checks.checkAtomic(address, bytes, space, line, thread);
        return address;
    }
}
