package tandem.kernels.translate.x86;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/**
 * Floating-point arithmetic in lanes (PTX ISA, section 9.7.3), with the results of
 * {@link tandem.kernels.translate.machine.FloatMath} bit for bit; only payloads of NaN may differ.
 */
final class FloatLanes {

    static final int NOT_A_NUMBER = 3;
    private static final int LESS = 0x11;
    private static final int GREATER = 0x1E;

    private FloatLanes() {}

    static void lower(Lanes e, PtxInstruction i) {
        PtxType type = i.type();
        if (type == PtxType.F16 || i.types().size() != 1) {
            throw e.unsupported();
        }
        boolean wide = type == PtxType.F64;
        switch (i.opcode()) {
            case "add" -> binary(e, i, wide ? Vop.VADDPD : Vop.VADDPS);
            case "sub" -> binary(e, i, wide ? Vop.VSUBPD : Vop.VSUBPS);
            case "mul" -> binary(e, i, wide ? Vop.VMULPD : Vop.VMULPS);
            case "div" -> {
                if (i.has("approx")) {
                    throw e.unsupported();
                }
                binary(e, i, wide ? Vop.VDIVPD : Vop.VDIVPS);
            }
            case "fma", "mad" -> fused(e, i);
            case "min", "max" -> extreme(e, i);
            case "neg", "abs" -> sign(e, i);
            case "sqrt" -> root(e, i);
            case "rcp" -> reciprocal(e, i);
            case "rsqrt" -> reciprocalRoot(e, i);
            case "ex2", "lg2" -> function(e, i);
            default -> throw e.unsupported();
        }
    }

    /** A vector register with the operand, flushed when the instruction says so; overwrites {@code other} then. */
    static int operand(Lanes e, PtxInstruction i, int index, int half, int scratch, int other) {
        if (!i.has("ftz") || i.type() != PtxType.F32) {
            return e.sourceReg(index, i.type(), half, scratch);
        }
        e.copy(e.operand(index), PtxType.F32, half, scratch);
        flush(e, scratch, other);
        return scratch;
    }

    /** Subnormal numbers become zero of the same sign. */
    static void flush(Lanes e, int value, int scratch) {
        Code x = e.x;
        Place magnitude = x.constant32(Integer.MAX_VALUE);
        x.op(Vop.VPAND, scratch, value, magnitude);
        x.op(Vop.VCMPPS, scratch, scratch, x.constant32(Float.floatToRawIntBits(Float.MIN_NORMAL)), LESS);
        x.op(Vop.VPAND, scratch, scratch, magnitude);
        x.op(Vop.VPANDN, value, scratch, value);
    }

    /** Flushes and saturates a result as the instruction says, and stores it. */
    static void finish(Lanes e, PtxInstruction i, PtxType type, int half, int value) {
        int at = value;
        if (i.has("ftz") && type == PtxType.F32) {
            int scratch = value == Lanes.S4 ? Lanes.S3 : Lanes.S4;
            flush(e, value, scratch);
        }
        if (i.has("sat")) {
            boolean wide = type == PtxType.F64;
            Code x = e.x;
            x.op(wide ? Vop.VMAXPD : Vop.VMAXPS, at, at, x.constant32(0));
            x.op(
                    wide ? Vop.VMINPD : Vop.VMINPS,
                    at,
                    at,
                    wide ? x.constant64(Double.doubleToRawLongBits(1.0)) : x.constant32(Float.floatToRawIntBits(1f)));
        }
        e.store(0, type, half, at);
    }

    private static void binary(Lanes e, PtxInstruction i, Vop op) {
        e.allow("rn", "ftz", "sat", "full");
        PtxType type = i.type();
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S2);
            Place b = i.has("ftz")
                    ? Place.reg(operand(e, i, 2, half, Lanes.S1, Lanes.S2))
                    : e.source(2, type, half, Lanes.S1);
            int to = e.target(0, half, Lanes.S0);
            e.x.op(op, to, a, b);
            finish(e, i, type, half, to);
        }
    }

    private static void fused(Lanes e, PtxInstruction i) {
        if (i.has("rm") && i.type() == PtxType.F32) {
            e.allow("rm", "ftz", "sat");
            DirectedLanes.fusedDown(e, i);
            return;
        }
        e.allow("rn", "ftz", "sat");
        PtxType type = i.type();
        boolean wide = type == PtxType.F64;
        Vop sum = wide ? Vop.VFMADD231PD : Vop.VFMADD231PS;
        Vop product = wide ? Vop.VFMADD213PD : Vop.VFMADD213PS;
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S3);
            Place b = i.has("ftz")
                    ? Place.reg(operand(e, i, 2, half, Lanes.S1, Lanes.S3))
                    : e.source(2, type, half, Lanes.S1);
            Place c = i.has("ftz")
                    ? Place.reg(operand(e, i, 3, half, Lanes.S2, Lanes.S3))
                    : e.source(3, type, half, Lanes.S2);
            int to = e.target(0, half, Lanes.S2);
            boolean isFirst = to == a;
            boolean isSecond = b instanceof Place.Reg register && register.number() == to;
            boolean isThird = c instanceof Place.Reg register && register.number() == to;
            if (isThird || !isFirst && !isSecond) {
                if (isThird && (isFirst || isSecond)) {
                    x213(e, product, Lanes.S4, a, b, c);
                    e.x.load(to, Place.reg(Lanes.S4));
                } else {
                    e.x.load(to, c);
                    e.x.op(sum, to, a, b);
                }
            } else if (isFirst) {
                e.x.op(product, to, b instanceof Place.Reg r ? r.number() : loaded(e, b, Lanes.S1), c);
            } else {
                e.x.op(product, to, a, c);
            }
            finish(e, i, type, half, to);
        }
    }

    private static void x213(Lanes e, Vop product, int to, int a, Place b, Place c) {
        e.x.load(to, Place.reg(a));
        e.x.op(product, to, b instanceof Place.Reg r ? r.number() : loaded(e, b, Lanes.S1), c);
    }

    private static int loaded(Lanes e, Place place, int scratch) {
        e.x.load(scratch, place);
        return scratch;
    }

    /** A constant that is neither NaN nor a zero of the sign that would need care. */
    private static boolean isSimple(Operand operand, PtxType type, boolean max) {
        if (!(operand instanceof Operand.FloatLiteral literal)) {
            return false;
        }
        double value = type == PtxType.F32 && !literal.single() ? (float) literal.value() : literal.value();
        boolean negativeZero = value == 0 && 1 / value < 0;
        return value == value && (value != 0 || negativeZero != max);
    }

    /**
     * The number when the other is NaN; -0 below +0. The machine's instruction gives its second source when one is NaN
     * or both are zero.
     */
    private static void extreme(Lanes e, PtxInstruction i) {
        e.allow("ftz", "NaN");
        PtxType type = i.type();
        boolean wide = type == PtxType.F64;
        boolean max = i.opcode().equals("max");
        Vop op = max ? wide ? Vop.VMAXPD : Vop.VMAXPS : wide ? Vop.VMINPD : Vop.VMINPS;
        Vop compare = wide ? Vop.VCMPPD : Vop.VCMPPS;
        Vop blend = wide ? Vop.VBLENDVPD : Vop.VBLENDVPS;
        Code x = e.x;
        for (int half = 0; half < Lanes.halves(type); half++) {
            boolean plain = !i.has("NaN") && !i.has("ftz");
            if (plain && (isSimple(e.operand(2), type, max) || isSimple(e.operand(1), type, max))) {
                int constant = isSimple(e.operand(2), type, max) ? 2 : 1;
                int value = e.sourceReg(3 - constant, type, half, Lanes.S0);
                int to = e.target(0, half, Lanes.S0);
                x.op(op, to, value, e.source(constant, type, half, Lanes.S1));
                e.store(0, type, half, to);
                continue;
            }
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S2);
            int b = operand(e, i, 2, half, Lanes.S1, Lanes.S2);
            x.op(op, Lanes.S2, a, b);
            x.op(op, Lanes.S3, b, a);
            x.op(max ? Vop.VPAND : Vop.VPOR, Lanes.S2, Lanes.S2, Lanes.S3);
            if (i.has("NaN")) {
                x.op(compare, Lanes.S3, a, Place.reg(b), NOT_A_NUMBER);
                x.op(wide ? Vop.VADDPD : Vop.VADDPS, Lanes.S4, a, b);
                x.blend(blend, Lanes.S2, Lanes.S2, Place.reg(Lanes.S4), Lanes.S3);
            } else {
                x.op(compare, Lanes.S3, b, Place.reg(b), NOT_A_NUMBER);
                x.blend(blend, Lanes.S2, Lanes.S2, Place.reg(a), Lanes.S3);
                x.op(compare, Lanes.S3, a, Place.reg(a), NOT_A_NUMBER);
                x.blend(blend, Lanes.S2, Lanes.S2, Place.reg(b), Lanes.S3);
            }
            int to = e.target(0, half, Lanes.S2);
            x.load(to, Place.reg(Lanes.S2));
            e.store(0, type, half, to);
        }
    }

    private static void sign(Lanes e, PtxInstruction i) {
        e.allow("ftz");
        PtxType type = i.type();
        boolean wide = type == PtxType.F64;
        boolean absolute = i.opcode().equals("abs");
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S2);
            int to = e.target(0, half, Lanes.S0);
            if (absolute) {
                e.x.op(Vop.VPAND, to, a, wide ? e.x.constant64(Long.MAX_VALUE) : e.x.constant32(Integer.MAX_VALUE));
            } else {
                e.x.op(Vop.VPXOR, to, a, wide ? e.x.constant64(Long.MIN_VALUE) : e.x.constant32(Integer.MIN_VALUE));
            }
            e.store(0, type, half, to);
        }
    }

    private static void root(Lanes e, PtxInstruction i) {
        e.allow("rn", "approx", "ftz");
        PtxType type = i.type();
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S2);
            int to = e.target(0, half, Lanes.S0);
            e.x.op(type == PtxType.F64 ? Vop.VSQRTPD : Vop.VSQRTPS, to, Place.reg(a));
            finish(e, i, type, half, to);
        }
    }

    private static void reciprocal(Lanes e, PtxInstruction i) {
        PtxType type = i.type();
        boolean wide = type == PtxType.F64;
        if (wide) {
            e.allow("rn");
        } else {
            e.allow("rn", "approx", "ftz");
        }
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = operand(e, i, 1, half, Lanes.S0, Lanes.S2);
            e.x.load(
                    Lanes.S1,
                    wide
                            ? e.x.constant64(Double.doubleToRawLongBits(1.0))
                            : e.x.constant32(Float.floatToRawIntBits(1f)));
            int to = e.target(0, half, Lanes.S1);
            e.x.op(wide ? Vop.VDIVPD : Vop.VDIVPS, to, Lanes.S1, a);
            finish(e, i, type, half, to);
        }
    }

    /** Computed in double and rounded once more, as the bytecode does. */
    private static void reciprocalRoot(Lanes e, PtxInstruction i) {
        e.allow("approx", "ftz");
        if (i.type() != PtxType.F32) {
            throw e.unsupported();
        }
        Code x = e.x;
        int a = operand(e, i, 1, 0, Lanes.S0, Lanes.S2);
        for (int half = 1; half >= 0; half--) {
            x.op(Vop.VCVTPS2PD, Lanes.S2, e.quarter(Place.reg(a), half, Lanes.S2));
            x.op(Vop.VSQRTPD, Lanes.S2, Place.reg(Lanes.S2));
            x.load(Lanes.S3, x.constant64(Double.doubleToRawLongBits(1.0)));
            x.op(Vop.VDIVPD, Lanes.S2, Lanes.S3, Lanes.S2);
            x.op(Vop.VCVTPD2PS, Lanes.S2, Place.reg(Lanes.S2));
            join(e, half);
        }
        finishFunction(e, i);
    }

    /** Puts four floats in {@code S2} to their half of {@code S1}; the upper half comes first. */
    private static void join(Lanes e, int half) {
        if (half == 1) {
            e.x.load(Lanes.S1, Place.reg(Lanes.S2));
        } else {
            e.x.op(Vop.VINSERTF128, Lanes.S1, Lanes.S2, Place.reg(Lanes.S1), 1);
        }
    }

    private static void finishFunction(Lanes e, PtxInstruction i) {
        int to = e.target(0, 0, Lanes.S1);
        e.x.load(to, Place.reg(Lanes.S1));
        finish(e, i, PtxType.F32, 0, to);
    }

    private static void function(Lanes e, PtxInstruction i) {
        e.allow("approx", "ftz");
        int a = operand(e, i, 1, 0, Lanes.S0, Lanes.S2);
        for (int half = 1; half >= 0; half--) {
            e.x.op(Vop.VCVTPS2PD, Lanes.S2, e.quarter(Place.reg(a), half, Lanes.S2));
            if (i.opcode().equals("ex2")) {
                power(e);
            } else {
                logarithm(e);
            }
            e.x.op(Vop.VCVTPD2PS, Lanes.S2, Place.reg(Lanes.S2));
            join(e, half);
        }
        if (i.opcode().equals("lg2")) {
            logarithmSpecial(e, a);
        }
        finishFunction(e, i);
    }

    private static Place number(Lanes e, double value) {
        return e.x.constant64(Double.doubleToRawLongBits(value));
    }

    /** {@link tandem.kernels.translate.machine.FloatMath#ex2} of the doubles in {@code S2}; uses S3 and S4. */
    private static void power(Lanes e) {
        Code x = e.x;
        // The second source is what a NaN in it leaves.
        x.load(Lanes.S3, number(e, 140.0));
        x.op(Vop.VMINPD, Lanes.S2, Lanes.S3, Lanes.S2);
        x.load(Lanes.S3, number(e, -160.0));
        x.op(Vop.VMAXPD, Lanes.S2, Lanes.S3, Lanes.S2);
        x.op(Vop.VADDPD, Lanes.S3, Lanes.S2, number(e, 0x1.8p52));
        x.op(Vop.VSUBPD, Lanes.S4, Lanes.S3, number(e, 0x1.8p52));
        x.op(Vop.VSUBPD, Lanes.S2, Lanes.S2, Lanes.S4);
        double[] series = {
            1.5252733804059841e-5,
            1.5403530393381608e-4,
            1.3333558146428443e-3,
            9.618129107628477e-3,
            5.5504108664821580e-2,
            2.4022650695910072e-1,
            6.9314718055994531e-1,
            1.0
        };
        x.load(Lanes.S4, number(e, series[0]));
        for (int term = 1; term < series.length; term++) {
            x.op(Vop.VMULPD, Lanes.S4, Lanes.S4, Lanes.S2);
            x.op(Vop.VADDPD, Lanes.S4, Lanes.S4, number(e, series[term]));
        }
        x.shift(Vop.VPSHIFTQ, 6, Lanes.S3, Lanes.S3, 52);
        x.op(Vop.VPADDQ, Lanes.S2, Lanes.S4, Lanes.S3);
    }

    /** {@link tandem.kernels.translate.machine.FloatMath#lg2} of positive doubles in {@code S2}; uses S0, S3 and S4. */
    private static void logarithm(Lanes e) {
        Code x = e.x;
        x.op(Vop.VPSUBQ, Lanes.S3, Lanes.S2, x.constant64(0x3FE6_A09E_667F_3BCDL));
        x.op(Vop.VPAND, Lanes.S4, Lanes.S3, x.constant64(0xFFF0_0000_0000_0000L));
        x.op(Vop.VPSUBQ, Lanes.S2, Lanes.S2, Lanes.S4); // mantissa
        // The exponent is in the high 32 bits of each lane: as four integers, then as doubles.
        x.shift(Vop.VPSHIFTD, 4, Lanes.S3, Lanes.S3, 20);
        x.op(Vop.VPSHUFD, Lanes.S3, Place.reg(Lanes.S3), 0xDD);
        x.op(Vop.VPERMQ, Lanes.S3, Place.reg(Lanes.S3), 0xD8);
        x.op(Vop.VADDPD, Lanes.S4, Lanes.S2, number(e, 1.0));
        x.op(Vop.VSUBPD, Lanes.S2, Lanes.S2, number(e, 1.0));
        x.op(Vop.VDIVPD, Lanes.S2, Lanes.S2, Lanes.S4); // s
        x.op(Vop.VMULPD, Lanes.S4, Lanes.S2, Lanes.S2); // square
        double[] series = {2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0, 2.0};
        // A third scratch register is in memory: s waits there.
        x.store(Frame.at(Frame.DATA), Lanes.S2);
        x.load(Lanes.S2, number(e, series[0]));
        for (int term = 1; term < series.length; term++) {
            x.op(Vop.VMULPD, Lanes.S2, Lanes.S2, Lanes.S4);
            x.op(Vop.VADDPD, Lanes.S2, Lanes.S2, number(e, series[term]));
        }
        x.op(Vop.VMULPD, Lanes.S2, Lanes.S2, Frame.at(Frame.DATA));
        x.op(Vop.VMULPD, Lanes.S2, Lanes.S2, number(e, 1.4426950408889634));
        x.op(Vop.VCVTDQ2PD, Lanes.S3, Place.reg(Lanes.S3));
        x.op(Vop.VADDPD, Lanes.S2, Lanes.S3, Lanes.S2);
    }

    /** Zero, infinity, negative numbers and NaN; the result in {@code S1}. */
    private static void logarithmSpecial(Lanes e, int a) {
        Code x = e.x;
        Place zero = x.constant32(0);
        Place infinity = x.constant32(Float.floatToRawIntBits(Float.POSITIVE_INFINITY));
        x.op(Vop.VCMPPS, Lanes.S2, a, infinity, 0);
        x.blend(Vop.VBLENDVPS, Lanes.S1, Lanes.S1, infinity, Lanes.S2);
        x.op(Vop.VCMPPS, Lanes.S2, a, zero, GREATER);
        x.op(Vop.VPXOR, Lanes.S2, Lanes.S2, x.constant32(-1));
        x.blend(Vop.VBLENDVPS, Lanes.S1, Lanes.S1, x.constant32(Float.floatToRawIntBits(Float.NaN)), Lanes.S2);
        x.op(Vop.VCMPPS, Lanes.S2, a, zero, 0);
        x.blend(
                Vop.VBLENDVPS,
                Lanes.S1,
                Lanes.S1,
                x.constant32(Float.floatToRawIntBits(Float.NEGATIVE_INFINITY)),
                Lanes.S2);
    }
}
