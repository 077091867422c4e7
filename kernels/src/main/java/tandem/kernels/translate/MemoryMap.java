package tandem.kernels.translate;

import java.util.Map;
import java.util.TreeMap;

/**
 * The native memory that kernels in checked mode may touch, and which bytes of it have been written. Not for several
 * threads at once; a checked launch locks it.
 */
public final class MemoryMap {

    private final TreeMap<Long, MemoryRegion> regions = new TreeMap<>();
    private final AccessCount accesses;
    private MemoryRegion recent;

    /** An empty map. */
    public MemoryMap() {
        this(new AccessCount());
    }

    /** An empty map whose accesses are counted there. */
    public MemoryMap(AccessCount accesses) {
        this.accesses = accesses;
    }

    /**
     * Allows accesses to a buffer.
     *
     * @param name for messages
     * @param bytes size; a buffer of 0 bytes may be added and allows nothing
     * @param initialized whether all of it may be read at once; otherwise only what kernels have written, or what
     *     {@link #markInitialized} names
     * @throws IllegalArgumentException when it overlaps one that was added before
     */
    public void add(String name, long address, long bytes, boolean initialized) {
        if (bytes < 0 || bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "buffer " + name + " of " + bytes + " bytes: checked mode handles 0 to 2^31 - 9");
        }
        Map.Entry<Long, MemoryRegion> below = regions.lowerEntry(address + Math.max(1, bytes));
        if (below != null && below.getValue().end() > address) {
            throw new IllegalArgumentException(
                    "buffer " + name + " overlaps buffer " + below.getValue().name());
        }
        regions.put(address, new MemoryRegion(name, address, (int) bytes, initialized));
    }

    /**
     * Forgets the buffer that starts at {@code address}.
     *
     * @throws IllegalArgumentException when none does
     */
    public void remove(long address) {
        recent = null;
        if (regions.remove(address) == null) {
            throw new IllegalArgumentException("no buffer starts at address " + Long.toHexString(address));
        }
    }

    /** Marks bytes that the host has written. */
    void markInitialized(long address, long bytes) {
        MemoryRegion region = find(address, bytes);
        if (region == null) {
            throw new IllegalArgumentException("the bytes at " + Long.toHexString(address) + " are in no buffer");
        }
        region.markInitialized(address, (int) bytes);
    }

    AccessCount accesses() {
        return accesses;
    }

    /** The buffer that holds all those bytes, or null. */
    MemoryRegion find(long address, long bytes) {
        MemoryRegion last = recent;
        if (last != null && address >= last.address() && address + bytes <= last.end()) {
            return last;
        }
        recent = search(address, bytes);
        return recent;
    }

    private MemoryRegion search(long address, long bytes) {
        Map.Entry<Long, MemoryRegion> below = regions.floorEntry(address);
        return below != null && address + bytes <= below.getValue().end() ? below.getValue() : null;
    }

    /** Whether an address lies in or near a buffer: less than 64 bytes behind it. */
    boolean describes(long address) {
        Map.Entry<Long, MemoryRegion> below = regions.floorEntry(address);
        return below != null && address < below.getValue().end() + 64;
    }

    /** Describes for messages where an address lies. */
    String describe(long address) {
        Map.Entry<Long, MemoryRegion> below = regions.floorEntry(address);
        Map.Entry<Long, MemoryRegion> above = regions.higherEntry(address);
        long behind =
                below == null ? Long.MAX_VALUE : address - below.getValue().end();
        long before = above == null ? Long.MAX_VALUE : above.getKey() - address;
        if (below != null && behind < 0) {
            return "across the end of buffer " + below.getValue();
        }
        if (below != null && behind <= before) {
            return behind + " bytes behind the end of buffer " + below.getValue();
        }
        return above == null ? "in no buffer" : before + " bytes before the start of buffer " + above.getValue();
    }

    /** Forgets who accessed what in earlier launches. */
    void forgetAccesses() {
        regions.values().forEach(region -> region.shadow().clear());
    }
}
