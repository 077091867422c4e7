package tandem.engine.cuda;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.driver.JCudaDriver;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;

/** All memory of one device, sorted by address, so that any range can be checked before a kernel touches it. */
final class DeviceMemory {

    private final CudaContext context;
    private final long limit;
    private long[] starts = new long[16];
    private Allocation[] allocations = new Allocation[16];
    private int count;
    private long total;
    private long peak;
    private int frees;

    /** @param limit most bytes to allocate at one time */
    DeviceMemory(CudaContext context, long limit) {
        this.context = context;
        this.limit = limit;
    }

    /** Zeroed memory; one byte at least, as the driver gives no address for none. */
    Allocation allocate(long bytes, String purpose) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes for " + purpose);
        }
        if (bytes > limit - total) {
            throw outOfMemory(bytes, purpose, "the limit is " + limit + " bytes");
        }
        DeviceAddress pointer = new DeviceAddress();
        int result = JCudaDriver.cuMemAlloc(pointer, Math.max(1, bytes));
        if (result == DriverCall.OUT_OF_MEMORY) {
            long[] free = new long[1];
            long[] all = new long[1];
            JCudaDriver.cuMemGetInfo(free, all);
            throw outOfMemory(bytes, purpose, free[0] + " of " + all[0] + " bytes are free");
        }
        context.check(result, "cuMemAlloc");
        Allocation allocation = new Allocation(pointer, bytes, purpose);
        if (bytes > 0) {
            int cleared = JCudaDriver.cuMemsetD8Async(pointer, (byte) 0, bytes, context.stream());
            if (cleared != 0) {
                JCudaDriver.cuMemFree(pointer);
                throw context.failure(cleared, "cuMemsetD8Async");
            }
        }
        insert(allocation);
        return allocation;
    }

    private void insert(Allocation allocation) {
        int at = -1 - Arrays.binarySearch(starts, 0, count, allocation.address);
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            allocations = Arrays.copyOf(allocations, count * 2);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(allocations, at, allocations, at + 1, count - at);
        starts[at] = allocation.address;
        allocations[at] = allocation;
        count++;
        total += allocation.bytes;
        peak = Math.max(peak, total);
    }

    private DeviceOutOfMemoryException outOfMemory(long bytes, String purpose, String room) {
        return new DeviceOutOfMemoryException(
                "no room for " + bytes + " bytes (" + purpose + ") on cuda:"
                        + context.gpu().number() + " ("
                        + context.gpu().name() + "): " + room + ", and " + total + " are taken by this run: " + census()
                        + "; use a smaller batch or image size (`tandem plan` shows what each takes), or end other programs on this GPU");
    }

    void free(Allocation allocation) {
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
        context.enterForClose();
        JCudaDriver.cuMemFree(allocation.pointer);
    }

    void freeAll() {
        while (count > 0) {
            free(allocations[count - 1]);
        }
    }

    /** How often memory was freed: while it stays the same, every range checked before is still valid. */
    int frees() {
        return frees;
    }

    /** The allocation that {@code memory} lies in. */
    Allocation of(Memory memory, String user) {
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
    Map<String, Long> census() {
        Map<String, Long> census = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            census.merge(allocations[i].purpose, allocations[i].bytes, Long::sum);
        }
        return census;
    }

    long peak() {
        return peak;
    }
}
