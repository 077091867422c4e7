package tandem.kernels.translate;

import tandem.kernels.ptx.PtxEntry;

/** How the local memory of a block's threads is laid out: one thread behind the other. */
final class LocalMemory {

    private LocalMemory() {}

    /** Distance between two threads' local memory in bytes, a multiple of 16. */
    static int bytesPerThread(PtxEntry entry) {
        return (entry.localBytes() + 15) & -16;
    }
}
