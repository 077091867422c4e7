package tandem.kernels.translate.x86;

import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/** Comparison and selection in lanes (PTX ISA, section 9.7.6). */
final class CompareLanes {

    /** Comparisons of floats with their number in {@code vcmpps}; none of them signals. */
    private static final Map<String, Integer> FLOAT = Map.ofEntries(
            Map.entry("eq", 0x00),
            Map.entry("ne", 0x0C),
            Map.entry("lt", 0x11),
            Map.entry("le", 0x12),
            Map.entry("gt", 0x1E),
            Map.entry("ge", 0x1D),
            Map.entry("equ", 0x08),
            Map.entry("neu", 0x04),
            Map.entry("ltu", 0x19),
            Map.entry("leu", 0x1A),
            Map.entry("gtu", 0x16),
            Map.entry("geu", 0x15),
            Map.entry("num", 0x07),
            Map.entry("nan", 0x03));

    private CompareLanes() {}

    static void lower(Lanes e, PtxInstruction i) {
        if (i.opcode().equals("selp")) {
            select(e, i);
            return;
        }
        if (i.types().size() != 1 || !(e.operand(0) instanceof Operand.Register)) {
            throw e.unsupported();
        }
        PtxType type = i.type();
        String relation = null;
        for (String modifier : i.modifiers()) {
            if (FLOAT.containsKey(modifier) || Set.of("lo", "ls", "hi", "hs").contains(modifier)) {
                relation = modifier;
            } else if (!Set.of("and", "or", "xor", "ftz").contains(modifier)) {
                throw e.unsupported();
            }
        }
        if (relation == null) {
            throw e.unsupported();
        }
        if (type.isFloat()) {
            floats(e, i, type, FLOAT.get(relation));
        } else {
            integers(e, type, relation);
        }
        combine(e, i);
        int to = e.target(0, 0, Lanes.S0);
        e.x.load(to, Place.reg(Lanes.S0));
        e.store(0, PtxType.PRED, 0, to);
    }

    private static void combine(Lanes e, PtxInstruction i) {
        boolean combines = i.has("and") || i.has("or") || i.has("xor");
        if (combines != (i.operands().size() == 4)) {
            throw e.unsupported();
        }
        if (combines) {
            e.x.op(
                    i.has("and") ? Vop.VPAND : i.has("or") ? Vop.VPOR : Vop.VPXOR,
                    Lanes.S0,
                    Lanes.S0,
                    e.source(3, PtxType.PRED, 0, Lanes.S1));
        }
    }

    /** The result in {@code S0}. */
    private static void floats(Lanes e, PtxInstruction i, PtxType type, int relation) {
        if (type == PtxType.F32) {
            int a = FloatLanes.operand(e, i, 1, 0, Lanes.S0, Lanes.S2);
            int b = FloatLanes.operand(e, i, 2, 0, Lanes.S1, Lanes.S2);
            e.x.op(Vop.VCMPPS, Lanes.S0, a, Place.reg(b), relation);
            return;
        }
        if (type != PtxType.F64) {
            throw e.unsupported();
        }
        for (int half = 0; half < 2; half++) {
            int to = half == 0 ? Lanes.S2 : Lanes.S3;
            int a = e.sourceReg(1, type, half, Lanes.S0);
            e.x.op(Vop.VCMPPD, to, a, e.source(2, type, half, Lanes.S1), relation);
        }
        e.pack(Lanes.S0, Lanes.S2, Lanes.S3);
    }

    private static void integers(Lanes e, PtxType type, String relation) {
        Code x = e.x;
        boolean wide = type.bits() == 64;
        boolean signed = type.isSigned() || type.bits() == 16;
        boolean equality = relation.equals("eq") || relation.equals("ne");
        // a < b is b > a, and a <= b is not a > b.
        boolean swapped =
                relation.equals("lt") || relation.equals("lo") || relation.equals("ge") || relation.equals("hs");
        boolean negated = !relation.equals("eq")
                && !relation.equals("gt")
                && !relation.equals("hi")
                && !relation.equals("lt")
                && !relation.equals("lo");
        for (int half = 0; half < Lanes.halves(type); half++) {
            int to = !wide ? Lanes.S0 : half == 0 ? Lanes.S4 : Lanes.S2;
            int a = e.sourceReg(swapped ? 2 : 1, type, half, Lanes.S0);
            int b = e.sourceReg(swapped ? 1 : 2, type, half, Lanes.S1);
            if (equality) {
                x.op(wide ? Vop.VPCMPEQQ : Vop.VPCMPEQD, to, a, b);
            } else if (wide) {
                greater64(e, to, a, b, signed, Lanes.S3);
            } else if (signed) {
                x.op(Vop.VPCMPGTD, to, a, b);
            } else {
                // a > b unless the minimum of both is a.
                x.op(Vop.VPMINUD, Lanes.S2, a, b);
                x.op(Vop.VPCMPEQD, to, Lanes.S2, a);
                x.op(Vop.VPXOR, to, to, x.constant32(-1));
            }
        }
        if (wide) {
            e.pack(Lanes.S0, Lanes.S4, Lanes.S2);
        }
        if (negated) {
            x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, x.constant32(-1));
        }
    }

    /** Where a is above b as 64-bit integers; {@code to} differs from both, {@code scratch} is overwritten. */
    static void greater64(Lanes e, int to, int a, int b, boolean signed, int scratch) {
        if (signed) {
            e.x.op(Vop.VPCMPGTQ, to, a, b);
            return;
        }
        Place sign = e.x.constant64(Long.MIN_VALUE);
        e.x.op(Vop.VPXOR, scratch, a, sign);
        e.x.op(Vop.VPXOR, to, b, sign);
        e.x.op(Vop.VPCMPGTQ, to, scratch, to);
    }

    private static void select(Lanes e, PtxInstruction i) {
        e.allow();
        PtxType type = i.type();
        boolean wide = type.bits() == 64;
        for (int half = 0; half < Lanes.halves(type); half++) {
            int mask = e.mask(e.operand(3), half, wide, Lanes.S2);
            Place a = e.source(1, type, half, Lanes.S0);
            int b = e.sourceReg(2, type, half, Lanes.S1);
            int to = e.target(0, half, Lanes.S0);
            e.x.blend(wide ? Vop.VBLENDVPD : Vop.VBLENDVPS, to, b, a, mask);
            if (type.isSigned() && type.bits() == 16) {
                e.narrow(Place.reg(to), PtxType.U16, to);
            }
            e.store(0, type, half, to);
        }
    }
}
