package tandem.kernels.translate.x86;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/**
 * Products of integers in lanes, with a sum or without: the low half, the high half, or both (PTX ISA, section 9.7.1).
 */
final class MultiplyLanes {

    private MultiplyLanes() {}

    static void lower(Lanes e, PtxInstruction i, PtxType type) {
        boolean sum = i.opcode().equals("mad");
        if (i.has("wide")) {
            e.allow("wide");
            PtxType result = type == PtxType.U32
                    ? PtxType.U64
                    : type == PtxType.S32 ? PtxType.S64 : type == PtxType.U16 ? PtxType.U32 : PtxType.S32;
            for (int half = 0; half < Lanes.halves(result); half++) {
                int product = Lanes.S0;
                if (type.bits() == 32) {
                    wide(e, e.operand(1), e.operand(2), type, half);
                } else {
                    int a = e.sourceReg(1, type, 0, Lanes.S0);
                    e.x.op(Vop.VPMULLD, Lanes.S0, a, e.source(2, type, 0, Lanes.S1));
                }
                addAndStore(e, result, half, product, sum);
            }
            return;
        }
        if (i.has("hi")) {
            e.allow("hi");
            if (type.bits() != 32) {
                throw e.unsupported();
            }
            high(e, type);
            addAndStore(e, type, 0, Lanes.S0, sum);
            return;
        }
        e.allow("lo");
        for (int half = 0; half < Lanes.halves(type); half++) {
            int a = e.sourceReg(1, type, half, Lanes.S0);
            if (type.bits() == 64) {
                low64(e, a, e.sourceReg(2, type, half, Lanes.S1));
            } else {
                e.x.op(Vop.VPMULLD, Lanes.S0, a, e.source(2, type, half, Lanes.S1));
            }
            addAndStore(e, type, half, Lanes.S0, sum);
        }
    }

    private static void addAndStore(Lanes e, PtxType type, int half, int product, boolean sum) {
        int to = e.target(0, half, Lanes.S2);
        if (sum) {
            e.x.op(type.bits() == 64 ? Vop.VPADDQ : Vop.VPADDD, to, product, e.source(3, type, half, Lanes.S3));
        } else {
            e.x.load(to, Place.reg(product));
        }
        VectorForms.finish(e, type, half, to);
    }

    /** The products of four lanes of 32 bits, as 64 bits in {@code S0}. */
    static void wide(Lanes e, Operand a, Operand b, PtxType type, int half) {
        Vop extend = type.isSigned() ? Vop.VPMOVSXDQ : Vop.VPMOVZXDQ;
        e.x.op(extend, Lanes.S0, e.quarter(e.source(a, type, 0, Lanes.S0), half, Lanes.S0));
        e.x.op(extend, Lanes.S1, e.quarter(e.source(b, type, 0, Lanes.S1), half, Lanes.S1));
        e.x.op(type.isSigned() ? Vop.VPMULDQ : Vop.VPMULUDQ, Lanes.S0, Lanes.S0, Lanes.S1);
    }

    /** The low 64 bits of the product of two vectors, in {@code S0}; overwrites {@code S2} and {@code S3}. */
    private static void low64(Lanes e, int a, int b) {
        Code x = e.x;
        x.shift(Vop.VPSHIFTQ, 2, Lanes.S2, a, 32);
        x.op(Vop.VPMULUDQ, Lanes.S2, Lanes.S2, b);
        x.shift(Vop.VPSHIFTQ, 2, Lanes.S3, b, 32);
        x.op(Vop.VPMULUDQ, Lanes.S3, Lanes.S3, a);
        x.op(Vop.VPADDQ, Lanes.S2, Lanes.S2, Lanes.S3);
        x.shift(Vop.VPSHIFTQ, 6, Lanes.S2, Lanes.S2, 32);
        x.op(Vop.VPMULUDQ, Lanes.S0, a, b);
        x.op(Vop.VPADDQ, Lanes.S0, Lanes.S0, Lanes.S2);
    }

    /** The high 32 bits of the products, in {@code S0}: of even and odd lanes apart. */
    private static void high(Lanes e, PtxType type) {
        Code x = e.x;
        Vop multiply = type.isSigned() ? Vop.VPMULDQ : Vop.VPMULUDQ;
        int a = e.sourceReg(1, type, 0, Lanes.S0);
        int b = e.sourceReg(2, type, 0, Lanes.S1);
        x.shift(Vop.VPSHIFTQ, 2, Lanes.S2, a, 32);
        x.shift(Vop.VPSHIFTQ, 2, Lanes.S3, b, 32);
        x.op(multiply, Lanes.S2, Lanes.S2, Lanes.S3);
        x.op(multiply, Lanes.S0, a, b);
        x.shift(Vop.VPSHIFTQ, 2, Lanes.S0, Lanes.S0, 32);
        x.op(Vop.VPBLENDD, Lanes.S0, Lanes.S0, Place.reg(Lanes.S2), 0xAA);
    }
}
