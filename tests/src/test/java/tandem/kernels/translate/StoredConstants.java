package tandem.kernels.translate;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The constants that machine code of sm_75 and newer stores to global memory, found by following moves of constants
 * from its start. Only the instructions that the assembler uses to load a constant are decoded; what any other
 * instruction writes is unknown, and at the first branch or call the search ends.
 *
 * <p>An instruction has 16 bytes: bits 0 to 11 operation, 12 to 15 predicate (7: always), 16 to 23 destination, 24 to
 * 31 and 32 to 39 and 64 to 71 registers, 32 to 63 constant. The operations were found by assembling constants and
 * comparing with the disassembly of CUDA's {@code cuobjdump}.
 */
final class StoredConstants {

    private static final int ZERO = 255;
    private static final int UNIFORM_ZERO = 63;

    private final Map<Integer, Integer> registers = new HashMap<>(Map.of(ZERO, 0));
    private final Map<Integer, Integer> uniform = new HashMap<>(Map.of(UNIFORM_ZERO, 0));
    private final Map<Integer, Long> stored = new HashMap<>();

    private StoredConstants() {}

    /** The value at each offset from the base address; offsets with values that are not constant are left out. */
    static Map<Integer, Long> of(ByteBuffer code) {
        StoredConstants found = new StoredConstants();
        for (int at = 0; at + 16 <= code.limit(); at += 16) {
            if (!found.step(code.getLong(at), code.getLong(at + 8))) {
                break;
            }
        }
        return found.stored;
    }

    /** Returns whether the next instruction follows in any case. */
    private boolean step(long low, long high) {
        int operation = (int) low & 0xFFF;
        boolean always = (low >> 12 & 0xF) == 7;
        int destination = (int) (low >> 16) & 0xFF;
        int a = (int) (low >> 24) & 0xFF;
        int b = (int) (low >> 32) & 0xFF;
        int c = (int) high & 0xFF;
        int constant = (int) (low >>> 32);
        int details = (int) (high >> 8) & 0xFFFFF;
        switch (operation) {
            case 0x986, 0x385, 0x386 -> store(always, (int) (high >> 9) & 7, b, (int) (low >> 40));
            case 0x943, 0x944, 0x947, 0x949, 0x950, 0x94D -> {
                return operation == 0x94D && !always;
            }
            case 0x802, 0x431, 0x435 ->
                put(destination, always && (operation == 0x802 || a == ZERO && c == ZERO), constant);
            case 0x424 -> put(destination, always && a == ZERO && c == ZERO && details == 0x78E00, constant);
            case 0x202 -> copy(destination, always, b);
            case 0x224 -> copy(destination, always && a == ZERO && b == ZERO && details == 0x78E00, c);
            case 0x805 -> {
                boolean zero = always && (details & 0xFF) == ZERO;
                put(destination, zero, 0);
                put(destination + 1, zero, 0);
            }
            case 0x882 -> uniform.put(destination, always ? constant : null);
            case 0xC02 -> {
                Integer value = always ? uniform.get(b) : null;
                put(destination, value != null, value == null ? 0 : value);
            }
            case 0xAB9, 0x7AC, 0x3AE, 0x9C3 -> forget(uniform, destination, 4);
            default -> {
                int family = operation & 0x1FF;
                boolean ofUniform = family >= 0x80 && family <= 0xBF || family >= 0x1C2 && family <= 0x1C5;
                forget(ofUniform ? uniform : registers, destination, load(operation) ? 4 : 2);
            }
        }
        registers.put(ZERO, 0);
        uniform.put(UNIFORM_ZERO, 0);
        return true;
    }

    private static boolean load(int operation) {
        return operation == 0x981 || operation == 0x980 || operation == 0x984 || operation == 0xB82;
    }

    private void put(int register, boolean known, int value) {
        registers.put(register, known ? Integer.valueOf(value) : null);
    }

    private void copy(int destination, boolean known, int source) {
        registers.put(destination, known ? registers.get(source) : null);
    }

    private static void forget(Map<Integer, Integer> values, int first, int count) {
        for (int i = first; i < first + count; i++) {
            values.put(i, null);
        }
    }

    private void store(boolean always, int size, int register, int offset) {
        Integer low = registers.get(register);
        Integer high = register == ZERO ? Integer.valueOf(0) : registers.get(register + 1);
        boolean wide = size == 5;
        if (!always || size > 5 || low == null || wide && high == null) {
            stored.remove(offset);
            return;
        }
        long bits = low & 0xFFFF_FFFFL;
        stored.put(
                offset,
                switch (size) {
                    case 0, 1 -> bits & 0xFF;
                    case 2, 3 -> bits & 0xFFFF;
                    case 4 -> bits;
                    default -> bits | (long) high << 32;
                });
    }
}
