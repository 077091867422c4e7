package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;
import static tandem.kernels.translate.x86.Code.RCX;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * What the lanes of a warp compute together (PTX ISA, {@code shfl.sync}, {@code vote.sync}): a warp is four parts of
 * eight lanes that run together. Operands and results pass through the frame, as a result may replace an operand.
 */
final class WarpLanes {

    private static final int PARTS = 4;
    private static final int INPUT = 0;
    private static final int RESULT = 1;
    private static final int PREDICATE = 2;

    private WarpLanes() {}

    /** The operation where all lanes are active. */
    static void lower(Lanes e, PtxInstruction i) {
        e.instruction = i;
        if (i.opcode().equals("bar")) {
            return;
        }
        if (!butterfly(e, i)) {
            e.x.load(Lanes.S0, e.x.constant32(-1));
            e.x.store(Frame.at(Frame.PARTICIPANTS), Lanes.S0);
            exchange(e, i);
            for (int part = 0; part < PARTS; part++) {
                e.select(part);
                take(e, i);
            }
        }
        e.select(0);
    }

    /**
     * The operation at the end of a block for the lanes that wait there, up to its results in the frame.
     *
     * @param elsewhere the subroutine {@link #elsewhere}
     * @param end where the code goes when lanes are missing
     */
    static void exchange(Lanes e, BasicBlock block, Code.Label elsewhere, Code.Label end) {
        PtxInstruction i = block.last();
        e.instruction = i;
        for (int part = 0; part < PARTS; part++) {
            e.x.load(Lanes.S0, e.frame.pending(block, part));
            collect(e.x, Lanes.S0, part);
        }
        spread(e.x);
        e.x.store(Frame.at(Frame.PARTICIPANTS), Lanes.S0);
        requireAll(e, i, block, elsewhere, end);
        if (!i.opcode().equals("bar")) {
            exchange(e, i);
        }
    }

    /** Ends the kernel launch when lanes that the operation's mask names wait at other blocks. */
    private static void requireAll(Lanes e, PtxInstruction i, BasicBlock block, Code.Label elsewhere, Code.Label end) {
        Code x = e.x;
        Code.Label complete = new Code.Label();
        x.call(elsewhere);
        spread(x);
        x.op(Vop.VMOVUPS, Lanes.S1, Frame.at(Frame.PARTICIPANTS));
        x.op(Vop.VPANDN, Lanes.S0, Lanes.S1, Place.reg(Lanes.S0));
        x.op(Vop.VPXOR, Lanes.S1, Lanes.S1, Lanes.S1);
        int mask = i.operands().size() - 1;
        for (int part = 0; part < PARTS; part++) {
            e.select(part);
            x.op(Vop.VPAND, Lanes.S2, Lanes.S0, e.source(mask, PtxType.B32, 0, Lanes.S2));
            x.op(Vop.VPAND, Lanes.S2, Lanes.S2, e.frame.pending(block, part));
            x.op(Vop.VPOR, Lanes.S1, Lanes.S1, Lanes.S2);
        }
        x.op(Vop.VPTEST, Lanes.S1, Place.reg(Lanes.S1));
        x.jump(Code.EQUAL, complete);
        x.storeConstant(true, Frame.at(Frame.ERROR), i.line());
        x.jump(end);
        x.bind(complete);
    }

    /** A subroutine: the bits of all lanes that wait at blocks, in rcx. */
    static void elsewhere(Code x, Frame frame) {
        for (int part = 0; part < PARTS; part++) {
            Code.Label loop = new Code.Label();
            x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
            x.alu(true, Code.LEA, RAX, frame.firstPending(part));
            x.constant(Code.RDX, frame.pendingBytes() / 32);
            x.bind(loop);
            x.op(Vop.VPOR, Lanes.S0, Lanes.S0, new Place.Mem(RAX, 0));
            x.aluConstant(true, Code.ADD, RAX, 32);
            x.aluConstant(true, Code.SUB, Code.RDX, 1);
            x.jump(Code.NOT_EQUAL, loop);
            collect(x, Lanes.S0, part);
        }
        x.ret();
    }

    /** Adds the bits of a part's lanes to those in rcx. */
    private static void collect(Code x, int mask, int part) {
        x.op(Vop.VMOVMSKPS, part == 0 ? RCX : RAX, Place.reg(mask));
        if (part > 0) {
            x.shift(false, 4, RAX, 8 * part);
            x.alu(false, Code.OR, RCX, RAX);
        }
    }

    /** The number in rcx in all lanes of {@code S0}. */
    private static void spread(Code x) {
        x.op128(Vop.VMOVD, Lanes.S0, 0, Place.reg(RCX));
        x.op(Vop.VPBROADCASTD, Lanes.S0, Place.reg(Lanes.S0));
    }

    private static void exchange(Lanes e, PtxInstruction i) {
        switch (i.opcode()) {
            case "shfl" -> {
                for (int part = 0; part < PARTS; part++) {
                    e.select(part);
                    e.x.store(e.frame.warp(part, INPUT), e.sourceReg(1, PtxType.B32, 0, Lanes.S0));
                }
                for (int part = 0; part < PARTS; part++) {
                    e.select(part);
                    shuffle(e, i, part);
                }
            }
            case "vote" -> vote(e, i);
            default -> throw e.unsupported();
        }
    }

    /** The results of the current part from the frame. */
    static void take(Lanes e, PtxInstruction i) {
        e.instruction = i;
        if (i.opcode().equals("bar")) {
            return;
        }
        Operand target = e.operand(0);
        if (target instanceof Operand.Pair pair) {
            e.x.load(Lanes.S0, e.warp(PREDICATE));
            e.store(pair.second(), PtxType.PRED, 0, Lanes.S0);
            target = pair.first();
        }
        e.x.load(Lanes.S0, e.warp(RESULT));
        e.store(target, i.opcode().equals("vote") ? i.type() : PtxType.B32, 0, Lanes.S0);
    }

    private static boolean isNumber(Operand operand, long value) {
        return operand instanceof Operand.IntegerLiteral literal && (int) literal.value() == (int) value;
    }

    /** The usual case, in registers: every lane reads the lane whose number differs in constant bits. */
    private static boolean butterfly(Lanes e, PtxInstruction i) {
        if (!i.has("bfly")
                || !(e.operand(2) instanceof Operand.IntegerLiteral by)
                || !isNumber(e.operand(3), 31)
                || !isNumber(e.operand(4), -1)) {
            return false;
        }
        Operand target = e.operand(0) instanceof Operand.Pair pair ? pair.first() : e.operand(0);
        if (target.equals(e.operand(1))) {
            return false;
        }
        Code x = e.x;
        int bits = (int) by.value() & 31;
        for (int part = 0; part < PARTS; part++) {
            e.select(part ^ bits >> 3);
            Place from = e.source(1, PtxType.B32, 0, Lanes.S0);
            switch (bits & 7) {
                case 0 -> x.load(Lanes.S0, from);
                case 1 -> x.op(Vop.VPSHUFD, Lanes.S0, from, 0xB1);
                case 2 -> x.op(Vop.VPSHUFD, Lanes.S0, from, 0x4E);
                case 4 -> x.op(Vop.VPERMQ, Lanes.S0, from, 0x4E);
                default -> {
                    long[] four = new long[4];
                    for (int k = 0; k < 4; k++) {
                        four[k] = 2 * k ^ bits & 7 | (long) (2 * k + 1 ^ bits & 7) << 32;
                    }
                    x.load(Lanes.S1, x.constant(four));
                    x.op(Vop.VPERMD, Lanes.S0, Lanes.S1, from);
                }
            }
            e.select(part);
            e.store(target, PtxType.B32, 0, Lanes.S0);
            if (e.operand(0) instanceof Operand.Pair pair) {
                x.load(Lanes.S0, x.constant32(-1));
                e.store(pair.second(), PtxType.PRED, 0, Lanes.S0);
            }
        }
        return true;
    }

    /** What each lane of a part reads from the lanes of all parts. */
    private static void shuffle(Lanes e, PtxInstruction i, int part) {
        Code x = e.x;
        Place lane = MaskedCode.laneNumbers(x, part);
        Place five = x.constant32(31);
        int by = Lanes.S0;
        int source = Lanes.S1;
        int limit = Lanes.S2;
        int segment = Lanes.S4;
        e.copy(e.operand(3), PtxType.B32, 0, Lanes.S3);
        x.shift(Vop.VPSHIFTD, 2, segment, Lanes.S3, 8);
        x.op(Vop.VPAND, segment, segment, five);
        x.op(Vop.VPAND, Lanes.S3, Lanes.S3, five);
        x.op(Vop.VPANDN, Lanes.S3, segment, Place.reg(Lanes.S3));
        x.op(Vop.VPAND, limit, segment, lane);
        x.op(Vop.VPOR, limit, limit, Lanes.S3);
        e.copy(e.operand(2), PtxType.B32, 0, by);
        x.op(Vop.VPAND, by, by, five);
        if (i.has("up")) {
            x.load(source, lane);
            x.op(Vop.VPSUBD, source, source, by);
        } else if (i.has("idx")) {
            x.op(Vop.VPAND, source, segment, lane);
            x.op(Vop.VPANDN, by, segment, Place.reg(by));
            x.op(Vop.VPOR, source, source, by);
        } else {
            x.op(i.has("down") ? Vop.VPADDD : Vop.VPXOR, source, by, lane);
        }
        int outside = Lanes.S3;
        x.op(Vop.VPCMPGTD, outside, i.has("up") ? limit : source, i.has("up") ? source : limit);
        x.op(Vop.VPXOR, Lanes.S4, outside, x.constant32(-1));
        x.store(e.frame.warp(part, PREDICATE), Lanes.S4);
        // A lane that takes no part has no value: the reader keeps its own.
        e.copy(e.operand(4), PtxType.B32, 0, Lanes.S2);
        x.op(Vop.VPAND, Lanes.S2, Lanes.S2, Frame.at(Frame.PARTICIPANTS));
        x.op(Vop.VPSRLVD, Lanes.S2, Lanes.S2, source);
        x.op(Vop.VPXOR, Lanes.S2, Lanes.S2, x.constant32(-1));
        x.shift(Vop.VPSHIFTD, 6, Lanes.S2, Lanes.S2, 31);
        x.op(Vop.VPOR, outside, outside, Lanes.S2);
        x.op(Vop.VPERMD, Lanes.S4, source, e.frame.warp(0, INPUT));
        for (int other = 1; other < PARTS; other++) {
            x.op(Vop.VPERMD, Lanes.S0, source, e.frame.warp(other, INPUT));
            x.shift(Vop.VPSHIFTD, 2, Lanes.S2, source, 3);
            x.op(Vop.VPCMPEQD, Lanes.S2, Lanes.S2, x.constant32(other));
            x.blend(Vop.VBLENDVPS, Lanes.S4, Lanes.S4, Place.reg(Lanes.S0), Lanes.S2);
        }
        x.blend(Vop.VBLENDVPS, Lanes.S4, Lanes.S4, e.frame.warp(part, INPUT), outside);
        x.store(e.frame.warp(part, RESULT), Lanes.S4);
    }

    private static void vote(Lanes e, PtxInstruction i) {
        Code x = e.x;
        for (int part = 0; part < PARTS; part++) {
            e.select(part);
            collect(x, e.sourceReg(1, PtxType.PRED, 0, Lanes.S0), part);
        }
        spread(x);
        x.op(Vop.VPXOR, Lanes.S4, Lanes.S4, Lanes.S4);
        for (int part = 0; part < PARTS; part++) {
            e.select(part);
            e.copy(e.operand(2), PtxType.B32, 0, Lanes.S1);
            x.op(Vop.VPAND, Lanes.S1, Lanes.S1, Frame.at(Frame.PARTICIPANTS));
            x.op(Vop.VPAND, Lanes.S2, Lanes.S1, Lanes.S0);
            if (!i.has("ballot")) {
                x.op(Vop.VPCMPEQD, Lanes.S1, Lanes.S1, Lanes.S2);
                x.op(Vop.VPCMPEQD, Lanes.S2, Lanes.S2, Lanes.S4);
                if (i.has("any")) {
                    x.op(Vop.VPXOR, Lanes.S2, Lanes.S2, x.constant32(-1));
                } else if (i.has("uni")) {
                    x.op(Vop.VPOR, Lanes.S2, Lanes.S2, Lanes.S1);
                } else {
                    x.load(Lanes.S2, Place.reg(Lanes.S1));
                }
            }
            x.store(e.frame.warp(part, RESULT), Lanes.S2);
        }
    }
}
