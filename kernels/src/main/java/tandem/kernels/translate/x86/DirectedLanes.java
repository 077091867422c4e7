package tandem.kernels.translate.x86;

import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/** Rounding towards minus infinity in lanes, as {@link tandem.kernels.translate.machine.FloatRounding} does it. */
final class DirectedLanes {

    private static final int LESS = 0x11;
    private static final int GREATER = 0x1E;

    private DirectedLanes() {}

    /**
     * {@code fma.rm.f32}: the sum in double with its error, rounded to float, and one step down where that is above.
     */
    static void fusedDown(Lanes e, PtxInstruction i) {
        Code x = e.x;
        if (i.has("ftz")) {
            throw e.unsupported();
        }
        for (int half = 1; half >= 0; half--) {
            x.op(Vop.VCVTPS2PD, Lanes.S0, e.quarter(e.source(1, PtxType.F32, 0, Lanes.S0), half, Lanes.S0));
            x.op(Vop.VCVTPS2PD, Lanes.S1, e.quarter(e.source(2, PtxType.F32, 0, Lanes.S1), half, Lanes.S1));
            x.op(Vop.VMULPD, Lanes.S0, Lanes.S0, Lanes.S1);
            x.op(Vop.VCVTPS2PD, Lanes.S1, e.quarter(e.source(3, PtxType.F32, 0, Lanes.S1), half, Lanes.S1));
            sumDown(e);
            if (half == 1) {
                x.op(Vop.VEXTRACTF128, Lanes.S0, Frame.at(Frame.DATA), 0);
            }
        }
        x.op(Vop.VINSERTF128, Lanes.S0, Lanes.S0, Frame.at(Frame.DATA), 1);
        int to = e.target(0, 0, Lanes.S0);
        x.load(to, Place.reg(Lanes.S0));
        FloatLanes.finish(e, i, PtxType.F32, 0, to);
    }

    /** Four floats in the low half of {@code S0}: the sum of the doubles in S0 and S1, rounded down. Uses S2 to S4. */
    private static void sumDown(Lanes e) {
        Code x = e.x;
        Place sign = x.constant64(Long.MIN_VALUE);
        int a = Lanes.S0;
        int b = Lanes.S1;
        int sum = Lanes.S2;
        x.op(Vop.VADDPD, sum, a, b);
        // A sum of exactly zero is negative when one of the two is.
        x.op(Vop.VPOR, Lanes.S3, a, b);
        x.op(Vop.VPAND, Lanes.S3, Lanes.S3, sign);
        x.op(Vop.VCMPPD, Lanes.S4, sum, x.constant64(0), 0);
        x.blend(Vop.VBLENDVPD, Lanes.S3, sum, Place.reg(Lanes.S3), Lanes.S4);
        x.store(Frame.at(Frame.DATA + 32), Lanes.S3);
        // error = (a - (sum - part)) + (b - part) with part = sum - a; zero where the sum is.
        x.op(Vop.VSUBPD, Lanes.S3, sum, a);
        x.op(Vop.VSUBPD, b, b, Lanes.S3);
        x.op(Vop.VSUBPD, Lanes.S3, sum, Lanes.S3);
        x.op(Vop.VSUBPD, a, a, Lanes.S3);
        x.op(Vop.VADDPD, a, a, b);
        x.op(Vop.VPANDN, a, Lanes.S4, a);
        int error = a;
        x.load(sum, Frame.at(Frame.DATA + 32));
        x.op(Vop.VCVTPD2PS, Lanes.S1, Place.reg(sum));
        x.op(Vop.VCVTPS2PD, Lanes.S3, Place.reg(Lanes.S1));
        x.op(Vop.VCMPPD, error, error, x.constant64(0), LESS);
        x.op(Vop.VCMPPD, Lanes.S4, Lanes.S3, Place.reg(sum), 0);
        x.op(Vop.VPAND, error, error, Lanes.S4);
        x.op(Vop.VCMPPD, Lanes.S4, Lanes.S3, Place.reg(sum), GREATER);
        x.op(Vop.VPOR, error, error, Lanes.S4);
        e.pack(error, error, error);
        // The bits of the next float down: one less, or one more for negative numbers.
        x.shift(Vop.VPSHIFTD, 4, Lanes.S3, Lanes.S1, 31);
        x.op(Vop.VPXOR, Lanes.S3, Lanes.S3, x.constant32(-1));
        x.op(Vop.VPOR, Lanes.S3, Lanes.S3, x.constant32(1));
        x.op(Vop.VPAND, Lanes.S3, Lanes.S3, error);
        x.op(Vop.VPADDD, Lanes.S0, Lanes.S1, Lanes.S3);
    }
}
