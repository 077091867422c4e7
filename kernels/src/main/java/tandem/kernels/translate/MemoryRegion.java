package tandem.kernels.translate;

import java.util.BitSet;

/** One buffer of a {@link MemoryMap}. */
final class MemoryRegion {

    private final String name;
    private final long address;
    private final int bytes;
    private final BitSet written;
    private final Shadow shadow;
    private final boolean shared;

    /** Stands for an access that is in no region. */
    static final MemoryRegion NOWHERE = new MemoryRegion("", 0, 0, true);

    MemoryRegion(String name, long address, int bytes, boolean initialized) {
        this(name, address, bytes, initialized, false);
    }

    private MemoryRegion(String name, long address, int bytes, boolean initialized, boolean shared) {
        this.shared = shared;
        this.name = name;
        this.address = address;
        this.bytes = bytes;
        this.written = initialized ? null : new BitSet(bytes);
        this.shadow = new Shadow(bytes);
    }

    /** A variable in shared memory, which nothing has written. */
    static MemoryRegion ofShared(String name, long address, int bytes) {
        return new MemoryRegion(name, address, bytes, false, true);
    }

    boolean isShared() {
        return shared;
    }

    String name() {
        return name;
    }

    long address() {
        return address;
    }

    long end() {
        return address + bytes;
    }

    Shadow shadow() {
        return shadow;
    }

    void markInitialized(long from, int count) {
        if (written != null) {
            int start = (int) (from - address);
            written.set(start, start + count);
        }
    }

    /** Everything is uninitialized and not accessed again. */
    void reset() {
        written.clear();
        shadow.clear();
    }

    boolean isInitialized(long from, int count) {
        if (written == null) {
            return true;
        }
        int start = (int) (from - address);
        return written.nextClearBit(start) >= start + count;
    }

    @Override
    public String toString() {
        return "'" + name + "' (" + bytes + " bytes)";
    }
}
