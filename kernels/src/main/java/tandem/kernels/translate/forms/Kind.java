package tandem.kernels.translate.forms;

import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.PtxType;

/** How the JVM holds a PTX value. Integers of 8 and 16 bits and predicates are ints. */
public enum Kind {
    INT(1, Opcodes.ILOAD, Opcodes.ISTORE, 'I'),
    LONG(2, Opcodes.LLOAD, Opcodes.LSTORE, 'J'),
    FLOAT(1, Opcodes.FLOAD, Opcodes.FSTORE, 'F'),
    DOUBLE(2, Opcodes.DLOAD, Opcodes.DSTORE, 'D');

    private final int size;
    private final int load;
    private final int store;
    private final char descriptor;

    Kind(int size, int load, int store, char descriptor) {
        this.size = size;
        this.load = load;
        this.store = store;
        this.descriptor = descriptor;
    }

    /** Slots of the local variable table that a value takes. */
    public int size() {
        return size;
    }

    /** Opcode that loads a local. */
    public int load() {
        return load;
    }

    /** Opcode that stores a local. */
    public int store() {
        return store;
    }

    /** Letter of the type in a method descriptor. */
    public char descriptor() {
        return descriptor;
    }

    /** How values of a PTX type are held. */
    public static Kind of(PtxType type) {
        return switch (type) {
            case F32 -> FLOAT;
            case F64 -> DOUBLE;
            case S64, U64, B64 -> LONG;
            default -> INT;
        };
    }
}
