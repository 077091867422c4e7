package tandem.kernels.assembler;

/**
 * What one entry costs on one architecture, as the assembler reports it.
 *
 * @param entry the kernel
 * @param registers 32-bit registers of a thread
 * @param stackBytes local memory of a thread
 * @param spillStoreBytes bytes of registers written to local memory because there were too few
 * @param spillLoadBytes bytes read back
 * @param sharedBytes static shared memory of a block
 */
public record Usage(
        String entry, int registers, int stackBytes, int spillStoreBytes, int spillLoadBytes, int sharedBytes) {}
