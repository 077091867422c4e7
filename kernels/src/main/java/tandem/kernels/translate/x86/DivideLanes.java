package tandem.kernels.translate.x86;

import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/**
 * Division of 32-bit integers in lanes: the quotient of two of them, computed in double and rounded towards zero, is
 * exact. A division by zero and its remainder give all ones.
 */
final class DivideLanes {

    private DivideLanes() {}

    static void lower(Lanes e, PtxInstruction i, PtxType type) {
        e.allow();
        if (type.bits() != 32) {
            throw e.unsupported();
        }
        Code x = e.x;
        int a = e.sourceReg(1, type, 0, Lanes.S0);
        int b = e.sourceReg(2, type, 0, Lanes.S1);
        boolean signed = type.isSigned();
        quotients(e, a, b, 0, signed);
        x.load(Lanes.S4, Place.reg(Lanes.S2));
        quotients(e, a, b, 1, signed);
        x.op(Vop.VINSERTF128, Lanes.S4, Lanes.S4, Place.reg(Lanes.S2), 1);
        if (!signed) {
            // Only a division by one gives a quotient that a signed conversion cannot hold.
            x.op(Vop.VPCMPEQD, Lanes.S2, b, x.constant32(1));
            x.blend(Vop.VBLENDVPS, Lanes.S4, Lanes.S4, Place.reg(a), Lanes.S2);
        }
        x.op(Vop.VPXOR, Lanes.S2, Lanes.S2, Lanes.S2);
        x.op(Vop.VPCMPEQD, Lanes.S2, Lanes.S2, b);
        x.op(Vop.VPOR, Lanes.S4, Lanes.S4, Lanes.S2);
        int to = e.target(0, 0, Lanes.S3);
        if (i.opcode().equals("div")) {
            x.load(to, Place.reg(Lanes.S4));
        } else {
            x.op(Vop.VPMULLD, Lanes.S4, Lanes.S4, b);
            x.op(Vop.VPSUBD, to, a, Lanes.S4);
            x.op(Vop.VPOR, to, to, Lanes.S2);
        }
        e.store(0, type, 0, to);
    }

    /** Four quotients in the low half of {@code S2}; overwrites {@code S3}. */
    private static void quotients(Lanes e, int a, int b, int half, boolean signed) {
        toDouble(e, Lanes.S2, a, half, signed);
        toDouble(e, Lanes.S3, b, half, signed);
        e.x.op(Vop.VDIVPD, Lanes.S2, Lanes.S2, Lanes.S3);
        e.x.op(Vop.VCVTTPD2DQ, Lanes.S2, Place.reg(Lanes.S2));
    }

    /** Four integers as doubles. */
    static void toDouble(Lanes e, int to, int from, int half, boolean signed) {
        Code x = e.x;
        if (signed) {
            x.op(Vop.VCVTDQ2PD, to, e.quarter(Place.reg(from), half, to));
            return;
        }
        // x - 2^31 as a signed integer, then 2^31 more: exact.
        x.op(Vop.VPXOR, to, from, x.constant32(Integer.MIN_VALUE));
        x.op(Vop.VCVTDQ2PD, to, e.quarter(Place.reg(to), half, to));
        x.op(Vop.VADDPD, to, to, x.constant64(Double.doubleToRawLongBits(0x1p31)));
    }
}
