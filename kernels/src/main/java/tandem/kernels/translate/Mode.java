package tandem.kernels.translate;

/** How a translated kernel treats errors of the kernel. */
public enum Mode {
    /** No checks: a stray access does what it does in C. */
    FAST,
    /**
     * Every access is checked; what is wrong becomes an exception with PTX line, block and thread. Many times slower.
     */
    CHECKED,
    /** As checked; also an observer is told what threads do, and the launch can be stopped. Slower still. */
    OBSERVED
}
