package tandem.engine.cuda;

import jcuda.driver.JCudaDriver;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.memory.MemorySource;

/** The memory of one GPU. */
final class DeviceMemory implements MemorySource {

    private final CudaContext context;
    private final long limit;

    /** @param limit maximum number of bytes to allocate at one time */
    DeviceMemory(CudaContext context, long limit) {
        this.context = context;
        this.limit = limit;
    }

    @Override
    public String device() {
        return "cuda:" + context.gpu().number() + " (" + context.gpu().name() + ")";
    }

    @Override
    public long limit() {
        return limit;
    }

    /** One byte at least, as the driver returns no address for none. */
    @Override
    public Block allocate(long bytes) {
        DeviceAddress pointer = new DeviceAddress();
        int result = JCudaDriver.cuMemAlloc(pointer, Math.max(1, bytes));
        if (result == DriverCall.OUT_OF_MEMORY) {
            long[] free = new long[1];
            long[] all = new long[1];
            JCudaDriver.cuMemGetInfo(free, all);
            throw new DeviceOutOfMemoryException(free[0] + " of " + all[0] + " bytes are free");
        }
        context.check(result, "cuMemAlloc");
        if (bytes > 0) {
            int cleared = JCudaDriver.cuMemsetD8Async(pointer, (byte) 0, bytes, context.stream());
            if (cleared != 0) {
                JCudaDriver.cuMemFree(pointer);
                throw context.failure(cleared, "cuMemsetD8Async");
            }
        }
        return new Block(pointer.address(), pointer.address());
    }

    @Override
    public void free(Block block) {
        context.enterForClose();
        JCudaDriver.cuMemFree(DeviceAddress.of(block.handle()));
    }

    @Override
    public String advice() {
        return ", or end other programs on this GPU";
    }
}
