package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * The code of a kernel for groups of which some lanes are inactive or take another path. Each block has a mask of lanes
 * that wait to run it. Blocks run in the order of the code, those without waiting lanes are passed over, and a branch
 * back is taken as soon as a lane takes it, so that lanes that parted meet again. Where all of them meet, they return
 * to the code for all lanes. The parts that run together take turns in each block.
 */
final class MaskedCode {

    /** General registers with the record of the current part, and the end of the parts. */
    private static final int RECORD = 9;

    private static final int END = 10;

    private final Code x;
    private final Frame frame;
    private final LaneProgram program;
    private final Code.Label nextGroup;
    private final Code.Label laneIndex;
    private final Code.Label end;
    private final Code.Label elsewhere = new Code.Label();
    private final boolean usesThreadIndex;
    private final MaskedLanes lanes;
    private final WaitPoints points;
    private final Map<WaitPoints.Point, Code.Label> resumes;
    private final Map<BasicBlock, Code.Label> labels;
    private final Map<BasicBlock, Code.Label> entered;
    private final Map<BasicBlock, Code.Label> returns = new HashMap<>();

    MaskedCode(
            Code code,
            Symbols symbols,
            Frame frame,
            LaneProgram program,
            WaitPoints points,
            Code.Label nextGroup,
            Code.Label laneIndex,
            Code.Label end) {
        this.end = end;
        this.points = points;
        this.resumes = points.all().stream().collect(Collectors.toMap(point -> point, point -> new Code.Label()));
        this.x = code;
        this.frame = frame;
        this.program = program;
        this.nextGroup = nextGroup;
        this.laneIndex = laneIndex;
        this.labels = program.blocks().stream().collect(Collectors.toMap(block -> block, block -> new Code.Label()));
        Set<PtxRegister> local = new HashSet<>(program.entry().registers());
        program.blocks().forEach(block -> program.liveIn(block).forEach(local::remove));
        this.entered = program.blocks().stream().collect(Collectors.toMap(block -> block, block -> new Code.Label()));
        program.meetings().forEach(block -> returns.put(block, new Code.Label()));
        this.lanes = new MaskedLanes(code, symbols, frame, program, local);
        this.usesThreadIndex = program.blocks().stream()
                .flatMap(block -> block.instructions.stream())
                .flatMap(i -> i.operands().stream())
                .anyMatch(operand -> operand instanceof Operand.Special special
                        && special.name().startsWith("%tid."));
    }

    /** Writes the start of a group with its first lanes, as many as a general register has. */
    void start(int count) {
        x.op128(Vop.VMOVD, Lanes.S1, 0, Place.reg(count));
        x.op(Vop.VPBROADCASTD, Lanes.S1, Place.reg(Lanes.S1));
        for (int part = 0; part < frame.parts(); part++) {
            x.op(Vop.VPCMPGTD, Lanes.S0, Lanes.S1, laneNumbers(x, part));
            x.store(frame.pending(program.blocks().get(0), part), Lanes.S0);
            for (PtxRegister register : program.zeroed()) {
                x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
                for (int half = 0; half < Lanes.halves(register.type()); half++) {
                    x.store(frame.vector(register, half, part), Lanes.S0);
                }
            }
        }
        enter(program.blocks().get(0));
    }

    /** The numbers of a part's lanes among those that run together. */
    static Place.Mem laneNumbers(Code x, int part) {
        long[] four = new long[4];
        for (int k = 0; k < 4; k++) {
            four[k] = 8L * part + 2 * k | 8L * part + 2 * k + 1 << 32;
        }
        return x.constant(four);
    }

    /** Writes the jump to the lowest block at which lanes wait. */
    void enter(BasicBlock lowest) {
        if (usesThreadIndex) {
            x.call(laneIndex);
        }
        x.jump(entered.get(lowest));
    }

    /** Where the code goes when all lanes meet at one of {@link LaneProgram#meetings}. */
    Code.Label meeting(BasicBlock block) {
        return returns.get(block);
    }

    /** Where a block begins when its lanes do not return. */
    Code.Label entered(BasicBlock block) {
        return entered.get(block);
    }

    void write() {
        for (BasicBlock block : program.blocks()) {
            x.bind(labels.get(block));
            BasicBlock behind = VectorWriter.behind(program.blocks(), block);
            Code.Label otherwise = behind == null ? nextGroup : labels.get(behind);
            if (returns.containsKey(block)) {
                waiting(block, Vop.VPAND);
                x.aluConstant(false, Code.CMP, RAX, 0xFF);
                x.jump(Code.EQUAL, returns.get(block));
            }
            x.bind(entered.get(block));
            if (frame.parts() > 1) {
                waiting(block, Vop.VPOR);
                x.alu(false, Code.TEST, RAX, RAX);
                x.jump(Code.EQUAL, otherwise);
            }
            if (LaneProgram.isWarp(block)) {
                WarpLanes.exchange(lanes, block, elsewhere, end);
            }
            everyPart(block, otherwise);
            if (block.target != null) {
                back(block, block.target);
            }
            if (block.next != null && !block.suspends) {
                back(block, block.next);
            }
            if (behind == null) {
                x.jump(nextGroup);
            }
        }
        points.all().forEach(this::resume);
        x.bind(elsewhere);
        if (program.blocks().stream().anyMatch(LaneProgram::isWarp)) {
            WarpLanes.elsewhere(x, frame);
        }
    }

    /** The bits of the lanes that wait at a block in rax, those of all parts combined. */
    private void waiting(BasicBlock block, Vop combine) {
        x.load(Lanes.S0, frame.pending(block, 0));
        for (int part = 1; part < frame.parts(); part++) {
            x.op(combine, Lanes.S0, Lanes.S0, frame.pending(block, part));
        }
        x.op(Vop.VMOVMSKPS, RAX, Place.reg(Lanes.S0));
    }

    /** A block for the lanes of each part that wait there. */
    private void everyPart(BasicBlock block, Code.Label otherwise) {
        boolean loops = frame.parts() > 1;
        Code.Label loop = new Code.Label();
        Code.Label skip = new Code.Label();
        x.alu(true, Code.LEA, Frame.PART, frame.part(0));
        if (block.suspends) {
            x.alu(true, Code.MOV, RECORD, Frame.at(Frame.RECORD));
        }
        if (loops) {
            x.alu(true, Code.LEA, END, frame.part(frame.parts()));
            x.bind(loop);
        }
        activate(block, loops ? skip : otherwise);
        for (PtxInstruction i : block.instructions) {
            if (LaneProgram.isWarp(i)) {
                WarpLanes.take(lanes, i);
            } else if (!VectorWriter.isControl(i)) {
                VectorForms.lower(lanes, i);
            }
        }
        end(block);
        if (loops) {
            x.bind(skip);
            x.aluConstant(true, Code.ADD, Frame.PART, frame.partBytes());
            if (block.suspends) {
                x.aluConstant(true, Code.ADD, RECORD, points.bytes());
            }
            x.alu(true, Code.CMP, Frame.PART, END);
            x.jump(Code.NOT_EQUAL, loop);
        }
    }

    /** Where lanes continue behind a barrier; the address of their record is in rax. */
    Code.Label behind(WaitPoints.Point point) {
        return resumes.get(point);
    }

    private void resume(WaitPoints.Point point) {
        x.bind(resumes.get(point));
        Place bits = x.constant(1 | 2L << 32, 4 | 8L << 32, 16 | 32L << 32, 64 | 128L << 32);
        for (int part = 0; part < frame.parts(); part++) {
            for (PtxRegister register : point.live()) {
                for (int half = 0; half < Lanes.halves(register.type()); half++) {
                    x.load(Lanes.S0, points.place(register, half, part));
                    x.store(frame.vector(register, half, part), Lanes.S0);
                }
            }
            x.op(Vop.VPBROADCASTD, Lanes.S0, new Place.Mem(RAX, (long) part * points.bytes() + point.roundWord()));
            x.op(Vop.VPAND, Lanes.S0, Lanes.S0, bits);
            x.op(Vop.VPCMPEQD, Lanes.S0, Lanes.S0, bits);
            x.store(frame.pending(point.next(), part), Lanes.S0);
        }
        if (usesThreadIndex) {
            x.call(laneIndex);
        }
        x.jump(labels.get(point.next()));
    }

    /** The active lanes wait at the barrier that ends the block; others may still run. */
    private void suspend(BasicBlock block) {
        WaitPoints.Point point = points.of(block);
        for (PtxRegister register : point.live()) {
            boolean wide = register.type().bits() == 64;
            for (int half = 0; half < Lanes.halves(register.type()); half++) {
                Place.Mem to = new Place.Mem(RECORD, points.offset(register, half));
                x.load(Lanes.S0, frame.vector(register, half));
                x.blend(
                        wide ? Vop.VBLENDVPD : Vop.VBLENDVPS,
                        Lanes.S0,
                        Lanes.S0,
                        to,
                        wide ? MaskedLanes.INACTIVE_WIDE + half : MaskedLanes.INACTIVE);
                x.store(to, Lanes.S0);
            }
        }
        Place.Mem word = new Place.Mem(RECORD, point.word());
        x.alu(false, Code.MOV, Code.RCX, word);
        x.alu(false, Code.OR, Code.RCX, MemoryLanes.ACTIVE_BITS);
        x.alu(false, Code.MOV_STORE, Code.RCX, word);
        x.alu(false, Code.OR, Frame.at(Frame.WAITING), 1 << point.number());
    }

    private void activate(BasicBlock block, Code.Label otherwise) {
        x.load(MaskedLanes.ACTIVE, Frame.pending(block));
        x.op(Vop.VMOVMSKPS, MemoryLanes.ACTIVE_BITS, Place.reg(MaskedLanes.ACTIVE));
        x.alu(false, Code.TEST, MemoryLanes.ACTIVE_BITS, MemoryLanes.ACTIVE_BITS);
        x.jump(Code.EQUAL, otherwise);
        x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
        x.store(Frame.pending(block), Lanes.S0);
        int inactive = MaskedLanes.INACTIVE;
        x.op(Vop.VPXOR, inactive, MaskedLanes.ACTIVE, x.constant32(-1));
        for (int half = 0; half < 2; half++) {
            int wide = MaskedLanes.INACTIVE_WIDE + half;
            x.op(Vop.VPMOVSXDQ, wide, lanes.quarter(Place.reg(inactive), half, wide));
        }
    }

    private void end(BasicBlock block) {
        if (block.suspends) {
            suspend(block);
        } else if (block.target != null && block.next != null) {
            PtxInstruction i = block.last();
            lanes.instruction = i;
            Place mask = lanes.source(new Operand.Register(i.guard()), PtxType.PRED, 0, Lanes.S0);
            x.load(Lanes.S0, mask);
            x.op(Vop.VPAND, Lanes.S1, Lanes.S0, Place.reg(MaskedLanes.ACTIVE));
            x.op(Vop.VPANDN, Lanes.S2, Lanes.S0, Place.reg(MaskedLanes.ACTIVE));
            wait(block.target, i.guardNegated() ? Lanes.S2 : Lanes.S1);
            wait(block.next, i.guardNegated() ? Lanes.S1 : Lanes.S2);
        } else if (block.target != null || block.next != null) {
            wait(block.target != null ? block.target : block.next, MaskedLanes.ACTIVE);
        }
    }

    private void wait(BasicBlock block, int lanes) {
        x.op(Vop.VPOR, Lanes.S3, lanes, Frame.pending(block));
        x.store(Frame.pending(block), Lanes.S3);
    }

    /** Jumps to a block in front of the current one where lanes wait. */
    private void back(BasicBlock from, BasicBlock to) {
        if (to.index <= from.index) {
            waiting(to, Vop.VPOR);
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(Code.NOT_EQUAL, labels.get(to));
        }
    }
}
