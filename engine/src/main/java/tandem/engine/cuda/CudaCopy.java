package tandem.engine.cuda;

import java.util.List;
import jcuda.driver.JCudaDriver;
import tandem.engine.Memory;

/** Copies memory within the device, or clears it when there is no source. */
final class CudaCopy extends CudaCommand {

    private final DeviceAddress source;
    private final DeviceAddress destination;
    private final long bytes;

    private CudaCopy(
            String name,
            CudaContext context,
            DeviceMemory owner,
            List<Memory> memories,
            Memory source,
            Memory destination) {
        super(name, context, owner, memories);
        this.source = source == null ? null : DeviceAddress.of(source.address());
        this.destination = DeviceAddress.of(destination.address());
        this.bytes = destination.bytes();
    }

    static CudaCopy of(CudaContext context, DeviceMemory owner, Memory source, Memory destination) {
        if (source.bytes() != destination.bytes()) {
            throw new IllegalArgumentException(
                    "copy of " + source.bytes() + " bytes to a memory of " + destination.bytes());
        }
        if (source.address() < destination.address() + destination.bytes()
                && destination.address() < source.address() + source.bytes()) {
            throw new IllegalArgumentException("copy between overlapping memories of " + source.bytes() + " bytes");
        }
        return new CudaCopy("copy", context, owner, List.of(source, destination), source, destination);
    }

    static CudaCopy clear(CudaContext context, DeviceMemory owner, Memory memory) {
        return new CudaCopy("clear", context, owner, List.of(memory), null, memory);
    }

    @Override
    void execute() {
        if (bytes == 0) {
            return;
        }
        if (source == null) {
            context()
                    .check(
                            JCudaDriver.cuMemsetD8Async(destination, (byte) 0, bytes, context().stream()),
                            "clear: cuMemsetD8Async");
        } else {
            context()
                    .check(
                            JCudaDriver.cuMemcpyDtoDAsync(destination, source, bytes, context().stream()),
                            "copy: cuMemcpyDtoDAsync");
        }
    }
}
