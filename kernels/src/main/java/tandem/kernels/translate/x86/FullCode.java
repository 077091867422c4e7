package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * The code of a kernel for groups whose eight lanes are all active and take the same path. Where the lanes part at a
 * branch, or a check fails, it saves its registers in the frame, notes which lanes wait at which block, and goes on in
 * the code for some lanes.
 */
final class FullCode {

    private final Code x;
    private final Frame frame;
    private final LaneProgram program;
    private final LaneAnalysis shapes;
    private final MaskedCode masked;
    private final Code.Label nextGroup;
    private final FullLanes lanes;
    private final ScalarForms scalars;
    private final Map<BasicBlock, Code.Label> labels;
    private final Code.Label start = new Code.Label();
    private final WaitPoints points;
    private final int waitValue;
    private final Map<WaitPoints.Point, Code.Label> resumes;
    private final List<Runnable> stubs = new ArrayList<>();

    /**
     * @param waitValue what a group's record says where the group waits at a barrier with its registers as they are
     *     here
     * @param nextGroup where a group that has ended or waits goes
     */
    FullCode(
            Code code,
            Symbols symbols,
            Frame frame,
            LaneProgram program,
            LaneAnalysis shapes,
            MaskedCode masked,
            WaitPoints points,
            int waitValue,
            Code.Label nextGroup) {
        this.points = points;
        this.waitValue = waitValue;
        this.resumes = points.all().stream().collect(Collectors.toMap(point -> point, point -> new Code.Label()));
        this.x = code;
        this.frame = frame;
        this.program = program;
        this.shapes = shapes;
        this.masked = masked;
        this.nextGroup = nextGroup;
        this.lanes = new FullLanes(code, symbols, frame, program, shapes);
        this.scalars = new ScalarForms(lanes);
        this.labels = program.blocks().stream().collect(Collectors.toMap(block -> block, block -> new Code.Label()));
    }

    /** Where a group starts. */
    Code.Label start() {
        return start;
    }

    /** Writes an instruction that neither branches nor ends a thread. */
    void lower(PtxInstruction i, Code.Label fail) {
        if (LaneProgram.isWarp(i)) {
            WarpLanes.lower(lanes, i);
        } else if (shapes.scalar(i)) {
            scalars.lower(i, fail);
        } else {
            for (int part = 0; part < frame.parts(); part++) {
                lanes.part = part;
                VectorForms.lower(lanes, i);
            }
            lanes.part = 0;
        }
    }

    void write() {
        x.bind(start);
        program.zeroed().forEach(lanes::zero);
        for (BasicBlock block : program.blocks()) {
            x.bind(labels.get(block));
            for (PtxInstruction i : block.instructions) {
                if (!VectorWriter.isControl(i)) {
                    Guard guard = shapes.guard(i);
                    lower(i, guard == Guard.NONE ? null : failure(block, guard));
                }
            }
            end(block);
        }
        points.all().forEach(this::resume);
        stubs.forEach(Runnable::run);
    }

    /** Where a group continues behind a barrier; the address of its record is in rax. */
    Code.Label behind(WaitPoints.Point point) {
        return resumes.get(point);
    }

    private void resume(WaitPoints.Point point) {
        x.bind(resumes.get(point));
        point.live().forEach(register -> lanes.recall(register, points));
        x.jump(labels.get(point.next()));
    }

    /** The group waits at the barrier that ends the block. */
    private void suspend(BasicBlock block) {
        WaitPoints.Point point = points.of(block);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORD));
        point.live().forEach(register -> lanes.keep(register, points));
        for (int part = 0; part < frame.parts(); part++) {
            x.storeConstant(false, new Place.Mem(RAX, (long) part * points.bytes() + point.word()), waitValue);
        }
        x.alu(false, Code.OR, Frame.at(Frame.WAITING), 1 << point.number());
        x.jump(nextGroup);
    }

    private void end(BasicBlock block) {
        if (block.suspends) {
            suspend(block);
            return;
        }
        if (block.target != null && block.next != null) {
            branch(block);
        }
        BasicBlock next = block.target != null && block.next == null ? block.target : block.next;
        if (next == null) {
            x.jump(nextGroup);
        } else if (next != VectorWriter.behind(program.blocks(), block)) {
            x.jump(labels.get(next));
        }
    }

    private void branch(BasicBlock block) {
        PtxInstruction i = block.last();
        lanes.instruction = i;
        Operand guard = new Operand.Register(i.guard());
        if (shapes.of(i.guard()).scalar()) {
            scalars.load(RAX, guard, PtxType.PRED);
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(i.guardNegated() ? Code.EQUAL : Code.NOT_EQUAL, labels.get(block.target));
            return;
        }
        bits(guard, RAX, Vop.VPAND);
        Code.Label all = labels.get(block.target);
        Code.Label none = new Code.Label();
        Code.Label some = new Code.Label();
        if (frame.parts() > 1) {
            bits(guard, Code.RCX, Vop.VPOR);
            x.alu(false, Code.CMP, RAX, Code.RCX);
            x.jump(Code.NOT_EQUAL, some);
        }
        x.alu(false, Code.TEST, RAX, RAX);
        x.jump(Code.EQUAL, i.guardNegated() ? all : none);
        x.aluConstant(false, Code.CMP, RAX, 0xFF);
        x.jump(Code.NOT_EQUAL, some);
        if (!i.guardNegated()) {
            x.jump(all);
        }
        x.bind(none);
        stubs.add(() -> {
            x.bind(some);
            part(block, i);
        });
    }

    /** The bits of a predicate in a general register, those of all parts combined. */
    private void bits(Operand guard, int to, Vop combine) {
        Place mask = lanes.source(guard, PtxType.PRED, 0, Lanes.S0);
        int number = mask instanceof Place.Reg register ? register.number() : Lanes.S0;
        x.load(number, mask);
        for (lanes.part = 1; lanes.part < frame.parts(); lanes.part++) {
            x.op(combine, Lanes.S0, number, lanes.source(guard, PtxType.PRED, 0, Lanes.S1));
            number = Lanes.S0;
        }
        lanes.part = 0;
        x.op(Vop.VMOVMSKPS, to, Place.reg(number));
    }

    /**
     * Writes the return of all lanes from the code for some: to {@code otherwise} where a register does not have the
     * shape that is assumed here.
     */
    void comeBack(BasicBlock block, Code.Label otherwise) {
        List<PtxRegister> live = program.liveIn(block);
        x.load(Lanes.S2, x.constant32(-1));
        live.forEach(lanes::compareShape);
        x.op(Vop.VMOVMSKPS, RAX, Place.reg(Lanes.S2));
        x.aluConstant(false, Code.CMP, RAX, 0xFF);
        x.jump(Code.NOT_EQUAL, otherwise);
        x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
        for (int part = 0; part < frame.parts(); part++) {
            x.store(frame.pending(block, part), Lanes.S0);
        }
        live.forEach(lanes::restore);
        x.jump(labels.get(block));
    }

    /** The lanes part: some wait at the target of the branch, the others behind it. */
    private void part(BasicBlock block, PtxInstruction i) {
        for (lanes.part = 0; lanes.part < frame.parts(); lanes.part++) {
            Place mask = lanes.source(new Operand.Register(i.guard()), PtxType.PRED, 0, Lanes.S0);
            x.load(Lanes.S1, mask);
            x.op(Vop.VPXOR, Lanes.S2, Lanes.S1, x.constant32(-1));
            x.store(frame.pending(block.target, lanes.part), i.guardNegated() ? Lanes.S2 : Lanes.S1);
            x.store(frame.pending(block.next, lanes.part), i.guardNegated() ? Lanes.S1 : Lanes.S2);
        }
        lanes.part = 0;
        Set<PtxRegister> live = new LinkedHashSet<>(program.liveIn(block.target));
        live.addAll(program.liveIn(block.next));
        live.forEach(lanes::save);
        masked.enter(block.target.index < block.next.index ? block.target : block.next);
    }

    /** Where a check at the start of a block goes when it fails: all lanes wait at that block. */
    private Code.Label failure(BasicBlock block, Guard guard) {
        Code.Label label = new Code.Label();
        stubs.add(() -> {
            x.bind(label);
            if (guard == Guard.QUOTIENT) {
                x.storeConstant(true, Frame.at(Frame.WITHOUT_QUOTIENTS), 1);
            }
            x.load(Lanes.S1, x.constant32(-1));
            for (int part = 0; part < frame.parts(); part++) {
                x.store(frame.pending(block, part), Lanes.S1);
            }
            program.liveIn(block).forEach(lanes::save);
            masked.enter(block);
        });
        return label;
    }
}
