package tandem.engine.cuda;

/** One piece of device memory with its purpose. Confined to {@link DeviceMemory}, which frees it. */
final class Allocation {

    final DeviceAddress pointer;
    final long address;
    final long bytes;
    final String purpose;
    boolean live = true;

    Allocation(DeviceAddress pointer, long bytes, String purpose) {
        this.pointer = pointer;
        this.address = pointer.address();
        this.bytes = bytes;
        this.purpose = purpose;
    }
}
