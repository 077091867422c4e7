package tandem.engine.cuda;

import java.util.List;
import jcuda.driver.JCudaDriver;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.Transfers;

/** Copies memory within the device, or clears it when there is no source. */
final class CudaCopy extends CudaCommand {

    private final DeviceAddress source;
    private final DeviceAddress destination;
    private final long bytes;

    private CudaCopy(
            String name,
            CudaContext context,
            Allocations owner,
            List<Memory> memories,
            Memory source,
            Memory destination) {
        super(name, context, owner, memories);
        this.source = source == null ? null : DeviceAddress.of(source.address());
        this.destination = DeviceAddress.of(destination.address());
        this.bytes = destination.bytes();
    }

    static CudaCopy of(CudaContext context, Allocations owner, Memory source, Memory destination) {
        Transfers.requireCopy(source, destination);
        return new CudaCopy("copy", context, owner, List.of(source, destination), source, destination);
    }

    static CudaCopy clear(CudaContext context, Allocations owner, Memory memory) {
        return new CudaCopy("clear", context, owner, List.of(memory), null, memory);
    }

    @Override
    protected void execute() {
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
