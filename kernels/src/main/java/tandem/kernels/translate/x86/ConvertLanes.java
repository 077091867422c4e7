package tandem.kernels.translate.x86;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/** Conversions in lanes (PTX ISA, {@code cvt}). */
final class ConvertLanes {

    private static final int GREATER_EQUAL = 0x1D;
    private static final int ORDERED = 7;

    private ConvertLanes() {}

    static void lower(Lanes e, PtxInstruction i) {
        if (i.types().size() != 2) {
            throw e.unsupported();
        }
        PtxType to = i.types().get(0);
        PtxType from = i.types().get(1);
        if (!to.isFloat() && !from.isFloat()) {
            e.allow();
            integers(e, to, from);
        } else if (!from.isFloat()) {
            e.allow("rn");
            toFloat(e, to, from);
        } else if (!to.isFloat()) {
            toInteger(e, i, to, from);
        } else {
            floats(e, i, to, from);
        }
    }

    private static void integers(Lanes e, PtxType to, PtxType from) {
        Code x = e.x;
        PtxRegister target = e.result(0);
        if (to.bits() == 64) {
            for (int half = 0; half < 2; half++) {
                int result = e.target(0, half, Lanes.S0);
                if (from.bits() == 64) {
                    x.load(result, e.source(1, from, half, Lanes.S0));
                } else {
                    Place source = e.quarter(e.source(1, from, 0, Lanes.S0), half, Lanes.S0);
                    x.op(from.isSigned() ? Vop.VPMOVSXDQ : Vop.VPMOVZXDQ, result, source);
                }
                e.store(0, to, half, result);
            }
            return;
        }
        if (target.type().bits() == 64) {
            throw e.unsupported();
        }
        if (from.bits() == 64) {
            int low = e.sourceReg(1, from, 0, Lanes.S0);
            int high = e.sourceReg(1, from, 1, Lanes.S1);
            e.pack(Lanes.S2, low, high);
        } else {
            x.load(Lanes.S2, e.source(1, from, 0, Lanes.S2));
        }
        if (to.bits() < 32) {
            e.narrow(Place.reg(Lanes.S2), to, Lanes.S2);
        }
        extend(e, target, Lanes.S2);
    }

    /** Stores numbers of at most 32 bits, extended by their sign, into a register of 16 or 32 bits. */
    static void extend(Lanes e, PtxRegister target, int from) {
        if (target.type().bits() == 16) {
            e.narrow(Place.reg(from), PtxType.U16, from);
        } else if (target.type().bits() != 32) {
            throw e.unsupported();
        }
        e.written(target, 0, from);
    }

    private static void toFloat(Lanes e, PtxType to, PtxType from) {
        Code x = e.x;
        if (from.bits() == 64 || to == PtxType.F16) {
            throw e.unsupported();
        }
        // Numbers of 8 and 16 bits are signed integers of 32 bits.
        boolean signed = from != PtxType.U32;
        if (to == PtxType.F64) {
            int a = e.sourceReg(1, from, 0, Lanes.S0);
            for (int half = 0; half < 2; half++) {
                int result = e.target(0, half, Lanes.S1);
                DivideLanes.toDouble(e, result, a, half, signed);
                e.store(0, to, half, result);
            }
            return;
        }
        if (signed) {
            Place a = e.source(1, from, 0, Lanes.S0);
            int result = e.target(0, 0, Lanes.S0);
            x.op(Vop.VCVTDQ2PS, result, a);
            e.store(0, to, 0, result);
            return;
        }
        // Both halves are exact; their sum rounds once.
        int a = e.sourceReg(1, from, 0, Lanes.S0);
        x.shift(Vop.VPSHIFTD, 2, Lanes.S1, a, 16);
        x.op(Vop.VCVTDQ2PS, Lanes.S1, Place.reg(Lanes.S1));
        x.op(Vop.VMULPS, Lanes.S1, Lanes.S1, x.constant32(Float.floatToRawIntBits(65536f)));
        x.op(Vop.VPAND, Lanes.S2, a, x.constant32(0xFFFF));
        x.op(Vop.VCVTDQ2PS, Lanes.S2, Place.reg(Lanes.S2));
        int result = e.target(0, 0, Lanes.S0);
        x.op(Vop.VADDPS, result, Lanes.S1, Lanes.S2);
        e.store(0, to, 0, result);
    }

    /** How a rounding is written in {@code vroundps}; it does not signal. */
    private static int rounding(PtxInstruction i) {
        return 8 | (i.has("rni") ? 0 : i.has("rmi") ? 1 : i.has("rpi") ? 2 : 3);
    }

    private static void toInteger(Lanes e, PtxInstruction i, PtxType to, PtxType from) {
        e.allow("rni", "rzi", "rmi", "rpi", "ftz", "sat");
        Code x = e.x;
        if (from != PtxType.F32 || to.bits() != 32 || e.result(0).type().bits() != 32) {
            throw e.unsupported();
        }
        e.copy(e.operand(1), from, 0, Lanes.S0);
        if (i.has("ftz")) {
            FloatLanes.flush(e, Lanes.S0, Lanes.S1);
        }
        if (!i.has("rzi")) {
            x.op(Vop.VROUNDPS, Lanes.S0, Place.reg(Lanes.S0), rounding(i));
        }
        Place limit = x.constant32(Float.floatToRawIntBits(0x1p31f));
        if (to.isSigned()) {
            // What is too large, too small or NaN gives 0x80000000.
            x.op(Vop.VCVTTPS2DQ, Lanes.S1, Place.reg(Lanes.S0));
            x.op(Vop.VCMPPS, Lanes.S2, Lanes.S0, limit, GREATER_EQUAL);
            x.op(Vop.VPXOR, Lanes.S1, Lanes.S1, Lanes.S2);
            x.op(Vop.VCMPPS, Lanes.S2, Lanes.S0, Place.reg(Lanes.S0), ORDERED);
            x.op(Vop.VPAND, Lanes.S1, Lanes.S1, Lanes.S2);
        } else {
            x.op(Vop.VMAXPS, Lanes.S0, Lanes.S0, x.constant32(0));
            x.op(Vop.VCMPPS, Lanes.S2, Lanes.S0, limit, GREATER_EQUAL);
            x.op(Vop.VPAND, Lanes.S3, Lanes.S2, limit);
            x.op(Vop.VSUBPS, Lanes.S3, Lanes.S0, Lanes.S3);
            x.op(Vop.VCVTTPS2DQ, Lanes.S1, Place.reg(Lanes.S3));
            x.op(Vop.VPAND, Lanes.S2, Lanes.S2, x.constant32(Integer.MIN_VALUE));
            x.op(Vop.VPXOR, Lanes.S1, Lanes.S1, Lanes.S2);
            x.op(Vop.VCMPPS, Lanes.S2, Lanes.S0, x.constant32(Float.floatToRawIntBits(0x1p32f)), GREATER_EQUAL);
            x.op(Vop.VPOR, Lanes.S1, Lanes.S1, Lanes.S2);
        }
        e.store(0, to, 0, Lanes.S1);
    }

    private static void floats(Lanes e, PtxInstruction i, PtxType to, PtxType from) {
        Code x = e.x;
        if (to == PtxType.F32 && from == PtxType.F16) {
            e.allow();
            halfToFloat(e);
        } else if (to == PtxType.F16 && from == PtxType.F32) {
            e.allow("rn");
            floatToHalf(e);
        } else if (to == PtxType.F64 && from == PtxType.F32) {
            e.allow();
            for (int half = 0; half < 2; half++) {
                int result = e.target(0, half, Lanes.S0);
                x.op(Vop.VCVTPS2PD, result, e.quarter(e.source(1, from, 0, Lanes.S0), half, Lanes.S0));
                e.store(0, to, half, result);
            }
        } else if (to == PtxType.F32 && from == PtxType.F64) {
            e.allow("rn", "sat");
            x.op(Vop.VCVTPD2PS, Lanes.S0, e.source(1, from, 0, Lanes.S0));
            x.op(Vop.VCVTPD2PS, Lanes.S1, e.source(1, from, 1, Lanes.S1));
            x.op(Vop.VINSERTF128, Lanes.S0, Lanes.S0, Place.reg(Lanes.S1), 1);
            int result = e.target(0, 0, Lanes.S0);
            x.load(result, Place.reg(Lanes.S0));
            FloatLanes.finish(e, i, to, 0, result);
        } else if (to == from && to != PtxType.F16) {
            e.allow("rni", "rzi", "rmi", "rpi", "ftz", "sat");
            boolean rounds = i.has("rni") || i.has("rzi") || i.has("rmi") || i.has("rpi");
            for (int half = 0; half < Lanes.halves(to); half++) {
                int a = FloatLanes.operand(e, i, 1, half, Lanes.S0, Lanes.S1);
                int result = e.target(0, half, Lanes.S0);
                if (rounds) {
                    x.op(to == PtxType.F64 ? Vop.VROUNDPD : Vop.VROUNDPS, result, Place.reg(a), rounding(i));
                } else {
                    x.load(result, Place.reg(a));
                }
                FloatLanes.finish(e, i, to, half, result);
            }
        } else {
            throw e.unsupported();
        }
    }

    private static void halfToFloat(Lanes e) {
        Code x = e.x;
        int a = e.sourceReg(1, PtxType.F16, 0, Lanes.S0);
        words(e, Lanes.S1, a);
        int result = e.target(0, 0, Lanes.S0);
        x.op(Vop.VCVTPH2PS, result, Place.reg(Lanes.S1));
        e.store(0, PtxType.F32, 0, result);
    }

    /** The low 16 bits of eight lanes, side by side in the low half; the others must be zero. */
    static void words(Lanes e, int to, int from) {
        e.x.op(Vop.VPACKUSDW, to, from, from);
        e.x.op(Vop.VPERMQ, to, Place.reg(to), 0x08);
    }

    private static void floatToHalf(Lanes e) {
        Code x = e.x;
        int a = e.sourceReg(1, PtxType.F32, 0, Lanes.S0);
        // Source and target are exchanged in this instruction.
        x.op(Vop.VCVTPS2PH, a, Place.reg(Lanes.S1), 0);
        x.op(Vop.VPMOVZXWD, Lanes.S1, Place.reg(Lanes.S1));
        x.op(Vop.VCMPPS, Lanes.S2, a, Place.reg(a), FloatLanes.NOT_A_NUMBER);
        x.blend(Vop.VBLENDVPS, Lanes.S1, Lanes.S1, x.constant32(0x7FFF), Lanes.S2);
        if (!(e.operand(0) instanceof Operand.Register)) {
            throw e.unsupported();
        }
        e.store(0, PtxType.F16, 0, Lanes.S1);
    }
}
