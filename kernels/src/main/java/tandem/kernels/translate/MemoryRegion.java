package tandem.kernels.translate;

import java.util.BitSet;

/** One buffer of a {@link MemoryMap}. */
final class MemoryRegion {

    private final String name;
    private final long address;
    private final int bytes;
    private final BitSet written;
    private final Shadow shadow;

    MemoryRegion(String name, long address, int bytes, boolean initialized) {
        this.name = name;
        this.address = address;
        this.bytes = bytes;
        this.written = initialized ? null : new BitSet(bytes);
        this.shadow = new Shadow(bytes);
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
