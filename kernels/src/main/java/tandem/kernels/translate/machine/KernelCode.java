package tandem.kernels.translate.machine;

/** What a translated kernel's generated class implements. */
public interface KernelCode {

    /**
     * Runs threads {@code from} to {@code to} (exclusive, linear in the block) of the context's block that wait at a
     * resume point, until each exits or waits at another.
     *
     * @param point number of the resume point; 0 is the start of the kernel
     */
    void segment(int point, BlockContext context, int from, int to);
}
