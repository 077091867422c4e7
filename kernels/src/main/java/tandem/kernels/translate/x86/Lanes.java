package tandem.kernels.translate.x86;

import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/**
 * Where the vector code of instructions finds its operands and leaves its results. Values of 32 bits or less take one
 * vector, 16-bit registers zero-extended; values of 64 bits take two halves; predicates are lanes of zeros or ones.
 */
abstract class Lanes {

    /** Scratch vector registers, free within one instruction. */
    static final int S0 = 11;

    static final int S1 = 12;
    static final int S2 = 13;
    static final int S3 = 14;
    static final int S4 = 15;

    final Code x;
    final Symbols symbols;
    final Frame frame;
    PtxInstruction instruction;
    /** Which eight lanes of those that run together the code is for. */
    int part;

    Lanes(Code code, Symbols symbols, Frame frame) {
        this.x = code;
        this.symbols = symbols;
        this.frame = frame;
    }

    /** The value of a register as a vector, in place or brought into the scratch register. */
    abstract Place register(PtxRegister register, int half, int scratch);

    /** A special register as a vector. */
    abstract Place special(String name, int scratch);

    /** The vector register in which the result for a register is to be made. */
    abstract int target(PtxRegister register, int half, int scratch);

    /** Takes over a result that is complete in a vector register. */
    abstract void written(PtxRegister register, int half, int from);

    /** Makes the code that follows one for that part. */
    abstract void select(int part);

    /** What a warp operation reads of the current part, 0, and its results, 1 and 2. */
    abstract Place.Mem warp(int number);

    /** Code of loads and stores. */
    abstract MemoryLanes memory();

    UnsupportedForm unsupported() {
        return new UnsupportedForm(instruction);
    }

    /** Refuses modifiers other than those. */
    void allow(String... modifiers) {
        if (!Set.of(modifiers).containsAll(instruction.modifiers())) {
            throw unsupported();
        }
    }

    static int halves(PtxType type) {
        return type.bits() == 64 ? 2 : 1;
    }

    Operand operand(int index) {
        return instruction.operands().get(index);
    }

    /** Operand {@code index} as that type. */
    Place source(int index, PtxType type, int half, int scratch) {
        return source(operand(index), type, half, scratch);
    }

    int sourceReg(int index, PtxType type, int half, int scratch) {
        return sourceReg(operand(index), type, half, scratch);
    }

    /** The operand in a vector register: its own, or the scratch register. */
    int sourceReg(Operand operand, PtxType type, int half, int scratch) {
        Place place = source(operand, type, half, scratch);
        if (place instanceof Place.Reg register) {
            return register.number();
        }
        x.load(scratch, place);
        return scratch;
    }

    /** The operand in the scratch register itself, which may be changed. */
    void copy(Operand operand, PtxType type, int half, int scratch) {
        x.load(scratch, source(operand, type, half, scratch));
    }

    Place source(Operand operand, PtxType type, int half, int scratch) {
        if (operand instanceof Operand.Register register) {
            return read(register.register(), type, half, scratch);
        }
        if (operand instanceof Operand.IntegerLiteral literal) {
            return constant(literal.value(), type);
        }
        if (operand instanceof Operand.FloatLiteral literal) {
            long bits = type == PtxType.F64
                    ? Double.doubleToRawLongBits(literal.value())
                    : type == PtxType.F32 && !literal.single()
                            ? Float.floatToRawIntBits((float) literal.value())
                            : literal.bits();
            return constant(bits, type);
        }
        if (operand instanceof Operand.Special special && type.bits() == 32) {
            return special(special.name(), scratch);
        }
        if (operand instanceof Operand.Symbol symbol && type.bits() == 64) {
            return x.constant64(symbols.address(symbol));
        }
        if (operand instanceof Operand.Symbol symbol && type.bits() == 32 && symbols.isShared(symbol.name())) {
            return x.constant32(Math.toIntExact(symbols.address(symbol)));
        }
        if (operand instanceof Operand.Negated negated && type == PtxType.PRED) {
            int value = sourceReg(negated.operand(), type, half, scratch);
            x.op(Vop.VPXOR, scratch, value, x.constant32(-1));
            return Place.reg(scratch);
        }
        throw unsupported();
    }

    private Place constant(long bits, PtxType type) {
        return switch (type) {
            case PRED -> x.constant32(bits != 0 ? -1 : 0);
            case S8 -> x.constant32((byte) bits);
            case U8, B8 -> x.constant32((int) bits & 0xFF);
            case S16 -> x.constant32((short) bits);
            case U16, B16, F16 -> x.constant32((int) bits & 0xFFFF);
            case S64, U64, B64, F64 -> x.constant64(bits);
            default -> x.constant32((int) bits);
        };
    }

    private Place read(PtxRegister register, PtxType type, int half, int scratch) {
        PtxType declared = register.type();
        if ((type == PtxType.PRED) != (declared == PtxType.PRED)
                || type.bits() > declared.bits()
                || type.isFloat() && type.bits() != declared.bits()
                || declared.bits() == 64 && type.bits() != 64) {
            throw unsupported();
        }
        Place place = register(register, half, scratch);
        boolean narrower = type.bits() < declared.bits();
        if (type.bits() >= 32 || type == PtxType.PRED || !narrower && !type.isSigned()) {
            return place;
        }
        narrow(place, type, scratch);
        return Place.reg(scratch);
    }

    /** Brings numbers into the range of a type of 8 or 16 bits, in the scratch register. */
    void narrow(Place place, PtxType type, int scratch) {
        if (type.isSigned()) {
            x.load(scratch, place);
            x.shift(Vop.VPSHIFTD, 6, scratch, scratch, 32 - type.bits());
            x.shift(Vop.VPSHIFTD, 4, scratch, scratch, 32 - type.bits());
        } else {
            x.load(scratch, place);
            x.op(Vop.VPAND, scratch, scratch, x.constant32(type.bits() == 8 ? 0xFF : 0xFFFF));
        }
    }

    /** Where the result for operand {@code index} is to be made. */
    int target(int index, int half, int scratch) {
        return operand(index) instanceof Operand.Register register
                ? target(register.register(), half, scratch)
                : scratch;
    }

    /** Takes over the result for operand {@code index}, which is as wide as the type. */
    void store(int index, PtxType type, int half, int from) {
        store(operand(index), type, half, from);
    }

    void store(Operand operand, PtxType type, int half, int from) {
        if (operand instanceof Operand.Sink) {
            return;
        }
        if (!(operand instanceof Operand.Register register)
                || register.register().type().bits() != type.bits()) {
            throw unsupported();
        }
        written(register.register(), half, from);
    }

    /** The register that an operand names, for a result. */
    PtxRegister result(int index) {
        if (operand(index) instanceof Operand.Register register) {
            return register.register();
        }
        throw unsupported();
    }

    /** Half of a vector, for instructions that read 128 bits of it. */
    Place quarter(Place place, int half, int scratch) {
        if (place instanceof Place.Mem memory) {
            return memory.plus(16L * half);
        }
        if (half == 0) {
            return place;
        }
        // Source and target are exchanged in this instruction.
        x.op(Vop.VEXTRACTF128, ((Place.Reg) place).number(), Place.reg(scratch), 1);
        return Place.reg(scratch);
    }

    /** The low 32 bits of each lane of two halves, in one vector; {@code low} and {@code high} may be {@code to}. */
    void pack(int to, int low, int high) {
        x.op(Vop.VSHUFPS, to, low, Place.reg(high), 0x88);
        x.op(Vop.VPERMQ, to, Place.reg(to), 0xD8);
    }

    /** A predicate for the lanes of one half of a 64-bit value. */
    int mask(Operand predicate, int half, boolean wide, int scratch) {
        if (!wide) {
            return sourceReg(predicate, PtxType.PRED, 0, scratch);
        }
        Place place = quarter(source(predicate, PtxType.PRED, 0, scratch), half, scratch);
        x.op(Vop.VPMOVSXDQ, scratch, place);
        return scratch;
    }
}
