package tandem.kernels.translate.x86;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * x86-64 machine code as it is written: instructions, labels, and behind them constants of 32 bytes. Vector
 * instructions work on all 256 bits unless their method says otherwise.
 */
final class Code {

    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RBX = 3;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;

    /** Opcodes of the form register, register or memory. */
    static final int ADD = 0x03;

    static final int OR = 0x0B;
    static final int AND = 0x23;
    static final int SUB = 0x2B;
    static final int XOR = 0x33;
    static final int CMP = 0x3B;
    static final int MOV = 0x8B;
    static final int MOV_STORE = 0x89;
    static final int MOV_STORE_BYTE = 0x88;
    static final int TEST = 0x85;
    static final int MOVSXD = 0x63;
    static final int LEA = 0x8D;
    static final int IMUL = 0x0FAF;
    static final int MOVZX_BYTE = 0x0FB6;
    static final int MOVZX_WORD = 0x0FB7;
    static final int MOVSX_BYTE = 0x0FBE;
    static final int MOVSX_WORD = 0x0FBF;
    static final int CMOV = 0x0F40;

    /** Conditions of jumps, set and conditional moves. */
    static final int OVERFLOW = 0;

    static final int BELOW = 2;
    static final int ABOVE_EQUAL = 3;
    static final int EQUAL = 4;
    static final int NOT_EQUAL = 5;
    static final int BELOW_EQUAL = 6;
    static final int ABOVE = 7;
    static final int LESS = 12;
    static final int GREATER_EQUAL = 13;
    static final int LESS_EQUAL = 14;
    static final int GREATER = 15;

    /** A position in the code. */
    static final class Label {
        private int at = -1;

        boolean bound() {
            return at >= 0;
        }
    }

    private record Fix(int at, int end, Label label, int displacement) {}

    private final List<Fix> fixes = new ArrayList<>();
    private final Map<List<Long>, Label> constants = new LinkedHashMap<>();
    private byte[] bytes = new byte[8192];
    private int size;

    /** Bytes written so far. */
    int size() {
        return size;
    }

    /** Where the label lies, in bytes from the start. */
    int position(Label label) {
        return label.at;
    }

    void bind(Label label) {
        if (label.at >= 0) {
            throw new IllegalStateException("a label that is bound twice");
        }
        label.at = size;
    }

    /** The code with its constants; every label must be bound. */
    byte[] finish() {
        while (size % 32 != 0) {
            put(0xCC);
        }
        constants.forEach((value, label) -> {
            bind(label);
            value.forEach(this::put64);
        });
        for (Fix fix : fixes) {
            if (fix.label.at < 0) {
                throw new IllegalStateException("a label that is not bound");
            }
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(fix.at, fix.label.at + fix.displacement - fix.end);
        }
        return Arrays.copyOf(bytes, size);
    }

    /** Memory that holds a constant of 32 bytes. */
    Place.Mem constant(long... four) {
        List<Long> key = Arrays.stream(four).boxed().toList();
        return new Place.Mem(0, 0, constants.computeIfAbsent(key, k -> new Label()));
    }

    /** Memory that holds 8 times the same 32 bits. */
    Place.Mem constant32(int bits) {
        long pair = bits & 0xFFFF_FFFFL | (long) bits << 32;
        return constant(pair, pair, pair, pair);
    }

    /** Memory that holds 4 times the same 64 bits. */
    Place.Mem constant64(long bits) {
        return constant(bits, bits, bits, bits);
    }

    void put(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }

    private void put32(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            put(value >>> shift);
        }
    }

    private void put64(long value) {
        put32((int) value);
        put32((int) (value >>> 32));
    }

    private void modrm(int reg, Place rm, int immediateBytes) {
        int field = (reg & 7) << 3;
        if (rm instanceof Place.Reg register) {
            put(0xC0 | field | register.number() & 7);
            return;
        }
        Place.Mem memory = (Place.Mem) rm;
        if (memory.label() != null) {
            put(field | 5);
            fixes.add(new Fix(size, size + 4 + immediateBytes, memory.label(), memory.displacement()));
            put32(0);
            return;
        }
        boolean near = memory.displacement() == (byte) memory.displacement();
        put((near ? 0x40 : 0x80) | field | memory.base() & 7);
        if ((memory.base() & 7) == RSP) {
            put(0x24);
        }
        if (near) {
            put(memory.displacement());
        } else {
            put32(memory.displacement());
        }
    }

    private static int high(Place place) {
        return place instanceof Place.Reg register
                ? register.number() >> 3
                : ((Place.Mem) place).label() != null ? 0 : ((Place.Mem) place).base() >> 3;
    }

    private void vex(Vop op, int length, int reg, int second, Place rm, int immediateBytes) {
        int low = (~second & 15) << 3 | length << 2 | op.prefix;
        if (op.map == 1 && op.wide == 0 && high(rm) == 0) {
            put(0xC5);
            put((~(reg >> 3) & 1) << 7 | low);
        } else {
            put(0xC4);
            put((~(reg >> 3) & 1) << 7 | 0x40 | (~high(rm) & 1) << 5 | op.map);
            put(op.wide << 7 | low);
        }
        put(op.opcode);
        modrm(reg, rm, immediateBytes);
    }

    /** An instruction with two sources. */
    void op(Vop op, int to, int first, Place second) {
        vex(op, 1, to, first, second, 0);
    }

    void op(Vop op, int to, int first, int second) {
        op(op, to, first, Place.reg(second));
    }

    /**
     * An instruction with two sources and a constant byte; the byte of a variable blend is its mask's register * 16.
     */
    void op(Vop op, int to, int first, Place second, int immediate) {
        vex(op, 1, to, first, second, 1);
        put(immediate);
    }

    /** An instruction with one source. */
    void op(Vop op, int to, Place source) {
        vex(op, 1, to, 0, source, 0);
    }

    void op(Vop op, int to, Place source, int immediate) {
        vex(op, 1, to, 0, source, 1);
        put(immediate);
    }

    /** The 128-bit version. */
    void op128(Vop op, int to, int first, Place second) {
        vex(op, 0, to, first, second, 0);
    }

    void op128(Vop op, int to, int first, Place second, int immediate) {
        vex(op, 0, to, first, second, 1);
        put(immediate);
    }

    /** A shift by a constant; {@code digit} is 2 for logical right, 4 for arithmetic right, 6 for left. */
    void shift(Vop op, int digit, int to, int source, int by) {
        vex(op, 1, digit, to, Place.reg(source), 1);
        put(by);
    }

    /** {@code to} = mask's sign bit ? {@code taken} : {@code other}. */
    void blend(Vop op, int to, int other, Place taken, int mask) {
        op(op, to, other, taken, mask << 4);
    }

    void load(int to, Place source) {
        if (!(source instanceof Place.Reg register && register.number() == to)) {
            op(Vop.VMOVUPS, to, source);
        }
    }

    void store(Place.Mem to, int source) {
        op(Vop.VMOVUPS_STORE, source, to);
    }

    private void rex(boolean wide, int reg, Place rm) {
        int rex = 0x40 | (wide ? 8 : 0) | reg >> 3 << 2 | high(rm);
        if (rex != 0x40) {
            put(rex);
        }
    }

    private void general(boolean wide, int opcode, int reg, Place rm, int immediateBytes) {
        rex(wide, reg, rm);
        if (opcode > 0xFF) {
            put(opcode >> 8);
        }
        put(opcode);
        modrm(reg, rm, immediateBytes);
    }

    /** A general instruction on a register and a register or memory; 64 bits when {@code wide}. */
    void alu(boolean wide, int opcode, int reg, Place rm) {
        general(wide, opcode, reg, rm, 0);
    }

    void alu(boolean wide, int opcode, int reg, int other) {
        general(wide, opcode, reg, Place.reg(other), 0);
    }

    /** One of ADD, OR, AND, SUB, XOR and CMP with a constant. */
    void alu(boolean wide, int opcode, Place rm, int constant) {
        general(wide, 0x81, opcode >> 3, rm, 4);
        put32(constant);
    }

    void aluConstant(boolean wide, int opcode, int reg, int constant) {
        alu(wide, opcode, Place.reg(reg), constant);
    }

    /** 4 shl, 5 shr, 7 sar. */
    void shift(boolean wide, int digit, int reg, int by) {
        general(wide, 0xC1, digit, Place.reg(reg), 1);
        put(by);
    }

    /** The same by the number in cl. */
    void shiftByCl(boolean wide, int digit, int reg) {
        general(wide, 0xD3, digit, Place.reg(reg), 0);
    }

    /** 2 not, 3 neg, 4 mul, 6 div, 7 idiv. */
    void unary(boolean wide, int digit, Place rm) {
        general(wide, 0xF7, digit, rm, 0);
    }

    /** Sets the flags from the bits of a register that are in the constant. */
    void testBits(int reg, int bits) {
        general(false, 0xF7, 0, Place.reg(reg), 4);
        put32(bits);
    }

    /** Sets the low byte of rax, rcx or rdx to whether the condition holds. */
    void set(int condition, int reg) {
        general(false, 0x0F90 | condition, 0, Place.reg(reg), 0);
    }

    void storeWord(Place.Mem to, int reg) {
        put(0x66);
        general(false, MOV_STORE, reg, to, 0);
    }

    /** Stores a constant of 32 bits, extended by its sign to 64 when {@code wide}. */
    void storeConstant(boolean wide, Place.Mem to, int constant) {
        general(wide, 0xC7, 0, to, 4);
        put32(constant);
    }

    /** Loads a constant. */
    void constant(int reg, long value) {
        if (value >>> 32 == 0) {
            rex(false, 0, Place.reg(reg));
            put(0xB8 | reg & 7);
            put32((int) value);
        } else if (value == (int) value) {
            general(true, 0xC7, 0, Place.reg(reg), 4);
            put32((int) value);
        } else {
            rex(true, 0, Place.reg(reg));
            put(0xB8 | reg & 7);
            put64(value);
        }
    }

    void push(int reg) {
        rex(false, 0, Place.reg(reg));
        put(0x50 | reg & 7);
    }

    void pop(int reg) {
        rex(false, 0, Place.reg(reg));
        put(0x58 | reg & 7);
    }

    void cdq() {
        put(0x99);
    }

    void ret() {
        put(0xC3);
    }

    void vzeroupper() {
        put(0xC5);
        put(0xF8);
        put(0x77);
    }

    private void target(Label label) {
        fixes.add(new Fix(size, size + 4, label, 0));
        put32(0);
    }

    void jump(Label label) {
        put(0xE9);
        target(label);
    }

    void jump(int condition, Label label) {
        put(0x0F);
        put(0x80 | condition);
        target(label);
    }

    /** Loads the address of a label. */
    void address(int reg, Label label) {
        alu(true, LEA, reg, new Place.Mem(0, 0, label));
    }

    /** Jumps to the address in rax. */
    void jumpToRax() {
        put(0xFF);
        put(0xE0);
    }

    void call(Label label) {
        put(0xE8);
        target(label);
    }
}
