package tandem.engine.cpu;

/** One piece of native memory with its purpose. Confined to {@link Allocations}, which frees it. */
final class Allocation {

    final long raw;
    final long address;
    final long bytes;
    final String purpose;
    boolean live = true;

    Allocation(long raw, long address, long bytes, String purpose) {
        this.raw = raw;
        this.address = address;
        this.bytes = bytes;
        this.purpose = purpose;
    }
}
