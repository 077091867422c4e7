package tandem.kernels;

import tandem.kernels.ptx.BlockLimit;
import tandem.kernels.ptx.PtxEntry;

/**
 * One kernel of the {@link Catalogue}: where its PTX lies and how many registers it may take. Parameters and block size
 * are not repeated here: they are read from the PTX.
 *
 * @param module name of the PTX file under {@code tandem/kernels/}, without {@code .ptx}; the {@code .cu} has the same
 *     name
 * @param entry the {@code .entry} of that file, unique in the whole catalogue
 * @param registers maximum number of registers of a thread on any supported architecture
 * @param summary one line on what it computes
 */
public record KernelEntry(String module, String entry, int registers, String summary) {

    /** The end of the message for a block of another size. */
    private static final String REMEDY =
            "; KernelEntry.blocks and KernelEntry.elements make a grid with the right blocks";

    // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
    @Override
    public boolean equals(Object other) {
        return other instanceof KernelEntry that
                && entry.equals(that.entry)
                && module.equals(that.module)
                && registers == that.registers
                && summary.equals(that.summary);
    }

    @Override
    public int hashCode() {
        return entry.hashCode();
    }

    /** Name, block size, parameters and shared memory, as in the shipped PTX; the body is empty. */
    public PtxEntry declaration() {
        return ShippedPtx.declaration(module, entry);
    }

    /** Threads of a block: the {@code __launch_bounds__} of the {@code .cu}, which the PTX has as {@code .maxntid}. */
    public int threads() {
        return blockLimit(declaration()).threads();
    }

    /** A row of {@code blocks} blocks of this kernel's size. */
    public Grid blocks(int blocks) {
        return Grid.of(blocks, threads());
    }

    /** The row of blocks that gives each of {@code elements} elements a thread of its own, at least one block. */
    public Grid elements(long elements) {
        return Grid.forElements(elements, threads());
    }

    /** How many blocks read {@code elements} elements when each thread reads {@code elementsPerThread}; at least 1. */
    public int blockCount(long elements, int elementsPerThread) {
        long perBlock = (long) threads() * elementsPerThread;
        return Math.toIntExact(Math.max(1, (elements + perBlock - 1) / perBlock));
    }

    /**
     * Checks the blocks of a kernel launch. A shipped kernel is written for blocks of exactly its {@link #threads}.
     *
     * @throws IllegalArgumentException when they are larger or smaller; names the kernel, the block and the limit
     */
    public void requireBlock(Grid grid) {
        PtxEntry parsed = declaration();
        grid.requireFits(parsed, REMEDY);
        BlockLimit limit = blockLimit(parsed);
        if (grid.threads() < limit.threads()) {
            throw new IllegalArgumentException("kernel " + entry + ": a block of " + grid.block()
                    + " threads is too small, the kernel is written for blocks of " + limit.threads() + " (" + limit
                    + ")" + REMEDY);
        }
    }

    private BlockLimit blockLimit(PtxEntry parsed) {
        return parsed.blockLimit()
                .orElseThrow(() -> new IllegalStateException(
                        "kernel " + entry + " has no .maxntid: add __launch_bounds__ in " + module + ".cu"));
    }
}
