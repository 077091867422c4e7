package tandem.kernels.translate.x86;

import java.util.List;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/** The vector code of instructions, by opcode; here that of integers and bits (PTX ISA, sections 9.7.1 and 9.7.8). */
final class VectorForms {

    private VectorForms() {}

    /** Writes the code of an instruction that neither branches nor ends a thread. */
    static void lower(Lanes e, PtxInstruction i) {
        e.instruction = i;
        if (i.types().isEmpty() && !i.opcode().equals("prefetch")) {
            // Floats of 16 bits in pairs, matrices and others whose type is a modifier.
            throw e.unsupported();
        }
        boolean floating = !i.types().isEmpty() && i.type().isFloat();
        switch (i.opcode()) {
            case "ld" -> e.memory().load(i);
            case "st" -> e.memory().store(i);
            case "atom" -> e.memory().addShared(i);
            case "setp", "selp" -> CompareLanes.lower(e, i);
            case "cvt" -> ConvertLanes.lower(e, i);
            case "mov" -> move(e, i);
            case "prefetch" -> {}
            case "sqrt", "rsqrt", "rcp", "ex2", "lg2", "fma" -> FloatLanes.lower(e, i);
            default -> {
                if (floating) {
                    FloatLanes.lower(e, i);
                } else {
                    integers(e, i);
                }
            }
        }
    }

    private static void integers(Lanes e, PtxInstruction i) {
        PtxType type = i.types().isEmpty() ? null : i.type();
        if (type == null || i.types().size() > 1) {
            throw e.unsupported();
        }
        boolean wide = type.bits() == 64;
        switch (i.opcode()) {
            case "add" -> binary(e, type, wide ? Vop.VPADDQ : Vop.VPADDD);
            case "sub" -> binary(e, type, wide ? Vop.VPSUBQ : Vop.VPSUBD);
            case "and" -> binary(e, type, Vop.VPAND);
            case "or" -> binary(e, type, Vop.VPOR);
            case "xor" -> binary(e, type, Vop.VPXOR);
            case "not" -> not(e, type);
            case "neg" -> negate(e, type);
            case "abs" -> {
                e.allow();
                if (wide) {
                    throw e.unsupported();
                }
                int to = e.target(0, 0, Lanes.S0);
                e.x.op(Vop.VPABSD, to, e.source(1, type, 0, Lanes.S0));
                finish(e, type, 0, to);
            }
            case "min", "max" -> extreme(e, type, i.opcode().equals("max"));
            case "mul", "mad" -> MultiplyLanes.lower(e, i, type);
            case "div", "rem" -> DivideLanes.lower(e, i, type);
            case LaneBlocks.DIVIDE -> joinedDivision(e);
            case "shl", "shr" -> shift(e, i, type);
            case "bfi" -> insertBits(e, type);
            case "prmt" -> permuteBytes(e);
            case "cvta" -> address(e, i);
            default -> throw e.unsupported();
        }
    }

    /** Keeps results of 16 bits zero-extended. */
    static void finish(Lanes e, PtxType type, int half, int from) {
        if (type.bits() == 16) {
            e.x.op(Vop.VPAND, from, from, e.x.constant32(0xFFFF));
        }
        e.store(0, type, half, from);
    }

    private static void binary(Lanes e, PtxType type, Vop op) {
        e.allow();
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            Place b = e.source(2, type, half, Lanes.S1);
            int to = e.target(0, half, Lanes.S0);
            e.x.op(op, to, a, b);
            finish(e, type, half, to);
        }
    }

    private static void not(Lanes e, PtxType type) {
        e.allow();
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            int to = e.target(0, half, Lanes.S0);
            e.x.op(Vop.VPXOR, to, a, e.x.constant32(-1));
            finish(e, type, half, to);
        }
    }

    private static void negate(Lanes e, PtxType type) {
        e.allow();
        for (int half = 0; half < Lanes.halves(type); half++) {
            Place a = e.source(1, type, half, Lanes.S0);
            e.x.op(Vop.VPXOR, Lanes.S1, Lanes.S1, Lanes.S1);
            int to = e.target(0, half, Lanes.S0);
            e.x.op(type.bits() == 64 ? Vop.VPSUBQ : Vop.VPSUBD, to, Lanes.S1, a);
            finish(e, type, half, to);
        }
    }

    private static void extreme(Lanes e, PtxType type, boolean max) {
        e.allow();
        if (type.bits() < 64) {
            boolean signed = type.isSigned() || type.bits() == 16;
            int a = e.sourceReg(1, type, 0, Lanes.S0);
            Place b = e.source(2, type, 0, Lanes.S1);
            int to = e.target(0, 0, Lanes.S0);
            e.x.op(max ? signed ? Vop.VPMAXSD : Vop.VPMAXUD : signed ? Vop.VPMINSD : Vop.VPMINUD, to, a, b);
            finish(e, type, 0, to);
            return;
        }
        for (int half = 0; half < 2; half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            int b = e.sourceReg(2, type, half, Lanes.S1);
            CompareLanes.greater64(e, Lanes.S2, a, b, type.isSigned(), Lanes.S3);
            int to = e.target(0, half, Lanes.S0);
            e.x.blend(Vop.VBLENDVPD, to, max ? b : a, Place.reg(max ? a : b), Lanes.S2);
            e.store(0, type, half, to);
        }
    }

    private static void joinedDivision(Lanes e) {
        for (int half = 0; half < 2; half++) {
            MultiplyLanes.wide(e, e.operand(1), e.operand(2), PtxType.U32, half);
            int to = e.target(0, half, Lanes.S2);
            shift64(e, to, Lanes.S0, e.operand(3), half, false);
            e.store(0, PtxType.U64, half, to);
        }
    }

    private static void shift(Lanes e, PtxInstruction i, PtxType type) {
        e.allow();
        boolean left = i.opcode().equals("shl");
        boolean arithmetic = !left && type.isSigned();
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            int to = e.target(0, half, Lanes.S2);
            if (type.bits() == 64) {
                if (arithmetic) {
                    arithmetic64(e, to, a);
                } else {
                    shift64(e, to, a, e.operand(2), half, left);
                }
            } else if (e.operand(2) instanceof Operand.IntegerLiteral by && by.value() >= 0 && by.value() < 32) {
                e.x.shift(Vop.VPSHIFTD, left ? 6 : arithmetic ? 4 : 2, to, a, (int) by.value());
            } else {
                Place by = e.source(2, PtxType.U32, 0, Lanes.S1);
                e.x.op(left ? Vop.VPSLLVD : arithmetic ? Vop.VPSRAVD : Vop.VPSRLVD, to, a, by);
            }
            finish(e, type, half, to);
        }
    }

    /** A logical shift of 64 bits by a 32-bit operand; overwrites {@code S1}. */
    private static void shift64(Lanes e, int to, int a, Operand by, int half, boolean left) {
        if (by instanceof Operand.IntegerLiteral literal && literal.value() >= 0 && literal.value() < 64) {
            e.x.shift(Vop.VPSHIFTQ, left ? 6 : 2, to, a, (int) literal.value());
            return;
        }
        e.x.op(Vop.VPMOVZXDQ, Lanes.S1, e.quarter(e.source(by, PtxType.U32, 0, Lanes.S1), half, Lanes.S1));
        e.x.op(left ? Vop.VPSLLVQ : Vop.VPSRLVQ, to, a, Lanes.S1);
    }

    /** AVX2 has no arithmetic shift of 64 bits: a logical one, then the sign is extended. */
    private static void arithmetic64(Lanes e, int to, int a) {
        if (!(e.operand(2) instanceof Operand.IntegerLiteral by) || by.value() < 0 || by.value() > 63) {
            throw e.unsupported();
        }
        Place sign = e.x.constant64(1L << 63 - by.value());
        e.x.shift(Vop.VPSHIFTQ, 2, to, a, (int) by.value());
        e.x.op(Vop.VPXOR, to, to, sign);
        e.x.op(Vop.VPSUBQ, to, to, sign);
    }

    private static void insertBits(Lanes e, PtxType type) {
        e.allow();
        if (!(e.operand(3) instanceof Operand.IntegerLiteral position)
                || !(e.operand(4) instanceof Operand.IntegerLiteral length)
                || position.value() < 0
                || length.value() < 0
                || position.value() >= type.bits()
                || length.value() > type.bits()) {
            throw e.unsupported();
        }
        boolean wide = type.bits() == 64;
        int at = (int) position.value();
        long ones = length.value() == 64 ? -1L : (1L << length.value()) - 1;
        long mask = ones << at;
        Place taken = wide ? e.x.constant64(mask) : e.x.constant32((int) mask);
        Place kept = wide ? e.x.constant64(~mask) : e.x.constant32((int) ~mask);
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            e.x.shift(wide ? Vop.VPSHIFTQ : Vop.VPSHIFTD, 6, Lanes.S0, a, at);
            e.x.op(Vop.VPAND, Lanes.S0, Lanes.S0, taken);
            int b = e.sourceReg(2, type, half, Lanes.S1);
            e.x.op(Vop.VPAND, Lanes.S1, b, kept);
            int to = e.target(0, half, Lanes.S2);
            e.x.op(Vop.VPOR, to, Lanes.S0, Lanes.S1);
            e.store(0, type, half, to);
        }
    }

    /** Four bytes of {b, a}, chosen by the nibbles of a constant without their top bits. */
    private static void permuteBytes(Lanes e) {
        e.allow();
        if (!(e.operand(3) instanceof Operand.IntegerLiteral selector) || (selector.value() & ~0x7777L) != 0) {
            throw e.unsupported();
        }
        int a = e.sourceReg(1, PtxType.B32, 0, Lanes.S0);
        e.x.op(Vop.VPSHUFB, Lanes.S2, a, bytes(e, (int) selector.value(), 0));
        int b = e.sourceReg(2, PtxType.B32, 0, Lanes.S1);
        e.x.op(Vop.VPSHUFB, Lanes.S3, b, bytes(e, (int) selector.value(), 4));
        int to = e.target(0, 0, Lanes.S0);
        e.x.op(Vop.VPOR, to, Lanes.S2, Lanes.S3);
        e.store(0, PtxType.B32, 0, to);
    }

    /** For each byte of the result, which byte of its 128 bits it is; 0x80 gives zero. */
    private static Place bytes(Lanes e, int selector, int first) {
        long[] two = new long[2];
        for (int at = 0; at < 16; at++) {
            int nibble = selector >> 4 * (at % 4) & 7;
            long chosen = nibble >= first && nibble < first + 4 ? at / 4 * 4 + nibble - first : 0x80;
            two[at / 8] |= chosen << 8 * (at % 8);
        }
        return e.x.constant(two[0], two[1], two[0], two[1]);
    }

    private static void move(Lanes e, PtxInstruction i) {
        e.allow();
        if (e.operand(0) instanceof Operand.Vector parts) {
            unpack(e, i, parts.elements());
        } else if (e.operand(1) instanceof Operand.Vector parts) {
            packed(e, i, parts.elements());
        } else {
            for (int half = 0; half < Lanes.halves(i.type()); half++) {
                int to = e.target(0, half, Lanes.S0);
                e.x.load(to, e.source(1, i.type(), half, Lanes.S0));
                e.store(0, i.type(), half, to);
            }
        }
    }

    private static void unpack(Lanes e, PtxInstruction i, List<Operand> parts) {
        if (parts.size() != 2
                || i.type().kind() != PtxType.Kind.BITS
                || i.type().bits() < 32) {
            throw e.unsupported();
        }
        if (i.type().bits() == 32) {
            int value = e.sourceReg(1, i.type(), 0, Lanes.S0);
            e.x.op(Vop.VPAND, Lanes.S1, value, e.x.constant32(0xFFFF));
            e.x.shift(Vop.VPSHIFTD, 2, Lanes.S2, value, 16);
            e.store(parts.get(0), PtxType.B16, 0, Lanes.S1);
            e.store(parts.get(1), PtxType.B16, 0, Lanes.S2);
            return;
        }
        int low = e.sourceReg(1, i.type(), 0, Lanes.S0);
        int high = e.sourceReg(1, i.type(), 1, Lanes.S1);
        e.pack(Lanes.S2, low, high);
        e.x.op(Vop.VSHUFPS, Lanes.S3, low, Place.reg(high), 0xDD);
        e.x.op(Vop.VPERMQ, Lanes.S3, Place.reg(Lanes.S3), 0xD8);
        e.store(parts.get(0), PtxType.B32, 0, Lanes.S2);
        e.store(parts.get(1), PtxType.B32, 0, Lanes.S3);
    }

    private static void packed(Lanes e, PtxInstruction i, List<Operand> parts) {
        if (parts.size() != 2
                || i.type().kind() != PtxType.Kind.BITS
                || i.type().bits() < 32) {
            throw e.unsupported();
        }
        if (i.type().bits() == 32) {
            int high = e.sourceReg(parts.get(1), PtxType.B16, 0, Lanes.S1);
            e.x.shift(Vop.VPSHIFTD, 6, Lanes.S1, high, 16);
            int to = e.target(0, 0, Lanes.S2);
            e.x.op(Vop.VPOR, to, Lanes.S1, e.source(parts.get(0), PtxType.B16, 0, Lanes.S0));
            e.store(0, i.type(), 0, to);
            return;
        }
        for (int half = 0; half < 2; half++) {
            e.x.op(
                    Vop.VPMOVZXDQ,
                    Lanes.S0,
                    e.quarter(e.source(parts.get(0), PtxType.B32, 0, Lanes.S0), half, Lanes.S0));
            e.x.op(
                    Vop.VPMOVZXDQ,
                    Lanes.S1,
                    e.quarter(e.source(parts.get(1), PtxType.B32, 0, Lanes.S1), half, Lanes.S1));
            e.x.shift(Vop.VPSHIFTQ, 6, Lanes.S1, Lanes.S1, 32);
            int to = e.target(0, half, Lanes.S2);
            e.x.op(Vop.VPOR, to, Lanes.S0, Lanes.S1);
            e.store(0, i.type(), half, to);
        }
    }

    /**
     * Generic, global, constant and parameter addresses are native ones; those of shared memory count from its start.
     */
    private static void address(Lanes e, PtxInstruction i) {
        e.allow("to", "global", "shared", "const", "param");
        for (int half = 0; half < 2; half++) {
            int a = e.sourceReg(1, PtxType.U64, half, Lanes.S0);
            int to = e.target(0, half, Lanes.S2);
            if (i.has("shared")) {
                e.x.op(Vop.VPBROADCASTQ, Lanes.S1, Frame.at(Frame.SHARED));
                e.x.op(i.has("to") ? Vop.VPSUBQ : Vop.VPADDQ, to, a, Lanes.S1);
            } else {
                e.x.load(to, Place.reg(a));
            }
            e.store(0, PtxType.U64, half, to);
        }
    }
}
