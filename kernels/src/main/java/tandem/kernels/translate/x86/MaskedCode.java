package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;

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
 * back is taken as soon as a lane takes it, so that lanes that parted meet again.
 */
final class MaskedCode {

    private final Code x;
    private final Frame frame;
    private final LaneProgram program;
    private final Code.Label nextGroup;
    private final Code.Label laneIndex;
    private final boolean usesThreadIndex;
    private final MaskedLanes lanes;
    private final WaitPoints points;
    private final Map<WaitPoints.Point, Code.Label> resumes;
    private final Map<BasicBlock, Code.Label> labels;

    MaskedCode(
            Code code,
            Symbols symbols,
            Frame frame,
            LaneProgram program,
            WaitPoints points,
            Code.Label nextGroup,
            Code.Label laneIndex) {
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
        this.lanes = new MaskedLanes(code, symbols, frame, program, local);
        this.usesThreadIndex = program.blocks().stream()
                .flatMap(block -> block.instructions.stream())
                .flatMap(i -> i.operands().stream())
                .anyMatch(operand -> operand instanceof Operand.Special special
                        && special.name().startsWith("%tid."));
    }

    /** Writes the start of a group with its first lanes, as many as a general register has. */
    void start(int count) {
        x.op128(Vop.VMOVD, Lanes.S0, 0, Place.reg(count));
        x.op(Vop.VPBROADCASTD, Lanes.S0, Place.reg(Lanes.S0));
        x.op(Vop.VPCMPGTD, Lanes.S0, Lanes.S0, x.constant(1L << 32, 2 | 3L << 32, 4 | 5L << 32, 6 | 7L << 32));
        x.store(frame.pending(program.blocks().get(0)), Lanes.S0);
        for (PtxRegister register : program.zeroed()) {
            x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
            for (int half = 0; half < Lanes.halves(register.type()); half++) {
                x.store(frame.vector(register, half), Lanes.S0);
            }
        }
        enter(program.blocks().get(0));
    }

    /** Writes the jump to the lowest block at which lanes wait. */
    void enter(BasicBlock lowest) {
        if (usesThreadIndex) {
            x.call(laneIndex);
        }
        x.jump(labels.get(lowest));
    }

    void write() {
        for (BasicBlock block : program.blocks()) {
            x.bind(labels.get(block));
            BasicBlock behind = VectorWriter.behind(program.blocks(), block);
            activate(block, behind == null ? nextGroup : labels.get(behind));
            for (PtxInstruction i : block.instructions) {
                if (!VectorWriter.isControl(i)) {
                    VectorForms.lower(lanes, i);
                }
            }
            end(block);
        }
        points.all().forEach(this::resume);
    }

    /** Where the lanes whose bits are in rcx continue behind a barrier; the address of their record is in rax. */
    Code.Label behind(WaitPoints.Point point) {
        return resumes.get(point);
    }

    private void resume(WaitPoints.Point point) {
        x.bind(resumes.get(point));
        for (PtxRegister register : point.live()) {
            for (int half = 0; half < Lanes.halves(register.type()); half++) {
                x.load(Lanes.S0, new Place.Mem(RAX, points.offset(register, half)));
                x.store(frame.vector(register, half), Lanes.S0);
            }
        }
        Place bits = x.constant(1 | 2L << 32, 4 | 8L << 32, 16 | 32L << 32, 64 | 128L << 32);
        x.op128(Vop.VMOVD, Lanes.S0, 0, Place.reg(Code.RCX));
        x.op(Vop.VPBROADCASTD, Lanes.S0, Place.reg(Lanes.S0));
        x.op(Vop.VPAND, Lanes.S0, Lanes.S0, bits);
        x.op(Vop.VPCMPEQD, Lanes.S0, Lanes.S0, bits);
        x.store(frame.pending(point.next()), Lanes.S0);
        enter(point.next());
    }

    /** The active lanes wait at the barrier that ends the block; others may still run. */
    private void suspend(BasicBlock block) {
        WaitPoints.Point point = points.of(block);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORD));
        for (PtxRegister register : point.live()) {
            boolean wide = register.type().bits() == 64;
            for (int half = 0; half < Lanes.halves(register.type()); half++) {
                Place.Mem to = new Place.Mem(RAX, points.offset(register, half));
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
        Place.Mem word = new Place.Mem(RAX, point.word());
        x.alu(false, Code.MOV, Code.RCX, word);
        x.alu(false, Code.OR, Code.RCX, MemoryLanes.ACTIVE_BITS);
        x.alu(false, Code.MOV_STORE, Code.RCX, word);
        x.alu(false, Code.OR, Frame.at(Frame.WAITING), 1 << point.number());
    }

    private void activate(BasicBlock block, Code.Label otherwise) {
        x.load(MaskedLanes.ACTIVE, frame.pending(block));
        x.op(Vop.VMOVMSKPS, MemoryLanes.ACTIVE_BITS, Place.reg(MaskedLanes.ACTIVE));
        x.alu(false, Code.TEST, MemoryLanes.ACTIVE_BITS, MemoryLanes.ACTIVE_BITS);
        x.jump(Code.EQUAL, otherwise);
        x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
        x.store(frame.pending(block), Lanes.S0);
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
            back(block, block.target);
            back(block, block.next);
        } else if (block.target != null || block.next != null) {
            BasicBlock next = block.target != null ? block.target : block.next;
            wait(next, MaskedLanes.ACTIVE);
            back(block, next);
        }
        if (VectorWriter.behind(program.blocks(), block) == null) {
            x.jump(nextGroup);
        }
    }

    private void wait(BasicBlock block, int lanes) {
        x.op(Vop.VPOR, Lanes.S3, lanes, frame.pending(block));
        x.store(frame.pending(block), Lanes.S3);
    }

    /** Jumps to a block in front of the current one where lanes wait. */
    private void back(BasicBlock from, BasicBlock to) {
        if (to.index <= from.index) {
            x.load(Lanes.S3, frame.pending(to));
            x.op(Vop.VMOVMSKPS, RAX, Place.reg(Lanes.S3));
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(Code.NOT_EQUAL, labels.get(to));
        }
    }
}
