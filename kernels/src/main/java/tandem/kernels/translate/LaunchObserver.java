package tandem.kernels.translate;

/** Is told what the threads of a launch do, in {@link Mode#OBSERVED}. Threads run one after another. */
public interface LaunchObserver {

    /** Memory that an access goes to. */
    enum Space {
        GLOBAL,
        SHARED,
        LOCAL
    }

    /** What an access does. */
    enum Kind {
        READ,
        WRITE,
        ATOMIC
    }

    /** A block starts; threads are numbered from 0. */
    default void blockStarted(int block, int threads) {}

    /** A thread starts a basic block of the kernel (see {@link HostKernel#blocks}). */
    default void executes(int basicBlock, int thread) {}

    /**
     * A thread accesses memory; a vector is one access.
     *
     * @param place the buffer or variable
     * @param index first byte in it
     * @param bits what a scalar write stores
     * @param line PTX line
     */
    default void accesses(
            Kind kind,
            Space space,
            String place,
            long address,
            int index,
            int bytes,
            long bits,
            int line,
            int thread) {}

    /** Threads of a warp, or of the block when {@code warp} is negative, have waited for each other. */
    default void synchronizes(int warp) {}

    /** All threads of the block have exited. */
    default void blockFinished() {}
}
