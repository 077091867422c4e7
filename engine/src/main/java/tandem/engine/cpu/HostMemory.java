package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.lang.management.ManagementFactory;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;
import tandem.engine.memory.MemorySource;

/**
 * The native memory of this machine, in blocks aligned to {@link Memory#ALIGNMENT}, and large ones in
 * {@link HugePages}.
 */
final class HostMemory implements MemorySource {

    /** What every machine has: a small network starts without the classes that find the size of the memory. */
    private static final long SMALL = 256L << 20;

    private static final class Physical {
        static final long BYTES =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Long.MAX_VALUE;
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public long limit() {
        return Physical.BYTES;
    }

    @Override
    public boolean hasRoom(long bytes, long total) {
        return bytes <= SMALL - total || MemorySource.super.hasRoom(bytes, total);
    }

    @Override
    public String describeLimit() {
        return "this machine has " + Physical.BYTES + " bytes";
    }

    @Override
    public Block allocate(long bytes) {
        boolean huge = bytes >= HugePages.BYTES;
        long raw;
        try {
            raw = UNSAFE.allocateMemory(bytes + (huge ? HugePages.BYTES : Memory.ALIGNMENT));
        } catch (OutOfMemoryError e) {
            throw new DeviceOutOfMemoryException(
                    "the operating system refused them, although this machine has " + Physical.BYTES + " bytes");
        }
        long address = huge ? HugePages.aligned(raw) : Memory.aligned(raw);
        if (huge) {
            HugePages.request(address, bytes);
        }
        UNSAFE.setMemory(address, bytes, (byte) 0);
        return new Block(raw, address);
    }

    @Override
    public void free(Block block) {
        UNSAFE.freeMemory(block.handle());
    }

    @Override
    public String advice() {
        return "";
    }
}
