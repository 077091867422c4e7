package tandem.engine.memory;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import tandem.engine.Buffer;
import tandem.engine.DeviceLock;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;

/**
 * All open allocations of one device, sorted by address, so that any range can be checked before it is used.
 *
 * <p>Thread-safe. {@link #frees} and {@link Allocation#isOpen} take no lock, so that a command can check its buffers in
 * each run: whoever reads the number of frees sees every allocation freed up to then as not open. Buffers are closed,
 * and commands are run, with the device's lock, so that no memory is freed while a command uses it.
 */
public final class Allocations {

    private final MemorySource source;
    private final DeviceLock lock;
    private long[] starts = new long[16];
    private Allocation[] allocations = new Allocation[16];
    private int count;
    private long total;
    private long peak;
    private volatile int frees;

    /** An empty table over the memory of the device with that lock. */
    public Allocations(MemorySource source, DeviceLock lock) {
        this.source = source;
        this.lock = lock;
    }

    /** The lock of the device. */
    public DeviceLock lock() {
        return lock;
    }

    /**
     * Allocates zeroed memory.
     *
     * @param purpose shown by {@link #census} and in errors
     * @throws DeviceOutOfMemoryException when the device or its limit has no room; names all that is allocated
     */
    public synchronized Allocation allocate(long bytes, String purpose) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes for " + purpose);
        }
        if (!source.hasRoom(bytes, total)) {
            throw outOfMemory(bytes, purpose, source.describeLimit());
        }
        MemorySource.Block block;
        try {
            block = source.allocate(bytes);
        } catch (DeviceOutOfMemoryException e) {
            throw outOfMemory(bytes, purpose, e.getMessage());
        }
        Allocation allocation = new Allocation(block, bytes, purpose);
        insert(allocation);
        return allocation;
    }

    /** Allocates zeroed memory as a buffer of its own; see {@link #allocate}. */
    public Buffer buffer(long bytes, String purpose) {
        return new AllocatedBuffer(this, allocate(bytes, purpose));
    }

    private void insert(Allocation allocation) {
        int at = -1 - Arrays.binarySearch(starts, 0, count, allocation.address());
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            allocations = Arrays.copyOf(allocations, count * 2);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(allocations, at, allocations, at + 1, count - at);
        starts[at] = allocation.address();
        allocations[at] = allocation;
        count++;
        total += allocation.bytes();
        peak = Math.max(peak, total);
    }

    private DeviceOutOfMemoryException outOfMemory(long bytes, String purpose, String reason) {
        return new DeviceOutOfMemoryException("no room for " + bytes + " bytes (" + purpose + ") on " + source.device()
                + ": " + reason + ", and " + total + " are taken by this run: " + census()
                + "; use a smaller batch or image size (`tandem plan` shows what each takes)" + source.advice());
    }

    /** Frees an allocation; a second call does nothing. */
    public synchronized void free(Allocation allocation) {
        if (!allocation.isOpen()) {
            return;
        }
        allocation.markFreed();
        frees++;
        int at = Arrays.binarySearch(starts, 0, count, allocation.address());
        System.arraycopy(starts, at + 1, starts, at, count - at - 1);
        System.arraycopy(allocations, at + 1, allocations, at, count - at - 1);
        count--;
        allocations[count] = null;
        total -= allocation.bytes();
        source.free(allocation.block());
    }

    /** Frees everything that is still open. */
    public synchronized void freeAll() {
        while (count > 0) {
            free(allocations[count - 1]);
        }
    }

    /** Number of frees so far: while it stays the same, every range checked before is still valid. */
    public int frees() {
        return frees;
    }

    /**
     * The allocation that contains {@code memory}.
     *
     * @param user what uses it, for the message
     * @throws IllegalStateException when no open allocation contains all of it
     */
    synchronized Allocation of(Memory memory, String user) {
        int at = Arrays.binarySearch(starts, 0, count, memory.address());
        Allocation found = at >= 0 ? allocations[at] : at < -1 ? allocations[-2 - at] : null;
        if (found == null || memory.address() + memory.bytes() > found.address() + found.bytes()) {
            throw new IllegalStateException(
                    user + ": " + memory.bytes() + " bytes at 0x" + Long.toHexString(memory.address())
                            + " lie in no open buffer of this device; was the buffer closed, or does it belong to another device?");
        }
        return found;
    }

    /** Bytes allocated now, by purpose. */
    public synchronized Map<String, Long> census() {
        Map<String, Long> census = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            census.merge(allocations[i].purpose(), allocations[i].bytes(), Long::sum);
        }
        return census;
    }

    /** Maximum number of bytes that were allocated at one time. */
    public synchronized long peak() {
        return peak;
    }
}
