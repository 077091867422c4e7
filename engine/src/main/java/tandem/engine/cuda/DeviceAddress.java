package tandem.engine.cuda;

import jcuda.driver.CUdeviceptr;

/** A device address that JCuda's calls take, made from a number, or filled in by an allocation and read as a number. */
final class DeviceAddress extends CUdeviceptr {

    /** Filled in by {@code cuMemAlloc}. */
    DeviceAddress() {}

    private DeviceAddress(long address) {
        super(new CUdeviceptr(), address);
    }

    /** The address as a pointer. */
    static DeviceAddress of(long address) {
        return new DeviceAddress(address);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }
}
