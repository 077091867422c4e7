package tandem.kernels;

/**
 * One kernel of the {@link Catalogue}: where its PTX lies and what it may cost. Its parameters are not repeated here:
 * they are read from the PTX.
 *
 * @param module name of the PTX file under {@code tandem/kernels/}, without {@code .ptx}; the {@code .cu} has the same
 *     name
 * @param entry the {@code .entry} of that file, unique in the whole catalogue
 * @param threads threads of a block that the kernel is written for
 * @param registers most registers a thread may take on any supported architecture
 * @param summary one line on what it computes
 */
public record KernelEntry(String module, String entry, int threads, int registers, String summary) {}
