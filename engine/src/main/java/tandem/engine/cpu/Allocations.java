package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;

/**
 * All native memory of one device, sorted by address, so that any range can be checked before native code touches it.
 */
final class Allocations {

    private static final long ALIGNMENT = 256;

    private final long limit = physicalBytes();
    private long[] starts = new long[16];
    private Allocation[] allocations = new Allocation[16];
    private int count;
    private long total;
    private long peak;
    private int frees;

    private static long physicalBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    synchronized Allocation allocate(long bytes, String purpose) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes for " + purpose);
        }
        if (bytes > limit - total) {
            throw outOfMemory(bytes, purpose);
        }
        long raw;
        try {
            raw = UNSAFE.allocateMemory(bytes + ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw outOfMemory(bytes, purpose);
        }
        long address = (raw + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        UNSAFE.setMemory(address, bytes, (byte) 0);
        Allocation allocation = new Allocation(raw, address, bytes, purpose);
        int at = -1 - Arrays.binarySearch(starts, 0, count, address);
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            allocations = Arrays.copyOf(allocations, count * 2);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(allocations, at, allocations, at + 1, count - at);
        starts[at] = address;
        allocations[at] = allocation;
        count++;
        total += bytes;
        peak = Math.max(peak, total);
        return allocation;
    }

    private DeviceOutOfMemoryException outOfMemory(long bytes, String purpose) {
        return new DeviceOutOfMemoryException("no room for " + bytes + " bytes (" + purpose + "): this machine has "
                + limit + " bytes, of which " + total + " are taken: " + census()
                + "; use a smaller batch or image size, or see `tandem plan`");
    }

    synchronized void free(Allocation allocation) {
        if (!allocation.live) {
            return;
        }
        allocation.live = false;
        frees++;
        int at = Arrays.binarySearch(starts, 0, count, allocation.address);
        System.arraycopy(starts, at + 1, starts, at, count - at - 1);
        System.arraycopy(allocations, at + 1, allocations, at, count - at - 1);
        count--;
        allocations[count] = null;
        total -= allocation.bytes;
        UNSAFE.freeMemory(allocation.raw);
    }

    synchronized void freeAll() {
        while (count > 0) {
            free(allocations[count - 1]);
        }
    }

    /** How often memory was freed: while it stays the same, every range checked before is still valid. */
    int frees() {
        return frees;
    }

    /** The allocation that {@code memory} lies in. */
    synchronized Allocation of(Memory memory, String user) {
        int at = Arrays.binarySearch(starts, 0, count, memory.address());
        Allocation found = at >= 0 ? allocations[at] : at < -1 ? allocations[-2 - at] : null;
        if (found == null || memory.address() + memory.bytes() > found.address + found.bytes) {
            throw new IllegalStateException(
                    user + ": " + memory.bytes() + " bytes at 0x" + Long.toHexString(memory.address())
                            + " lie in no open buffer of this device; was the buffer closed, or does it belong to another device?");
        }
        return found;
    }

    /** Bytes allocated now, by purpose. */
    synchronized Map<String, Long> census() {
        Map<String, Long> census = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            census.merge(allocations[i].purpose, allocations[i].bytes, Long::sum);
        }
        return census;
    }

    synchronized long peak() {
        return peak;
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        census().forEach((purpose, bytes) -> text.add(purpose + " " + bytes));
        return text.toString();
    }
}
