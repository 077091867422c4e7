package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.Emitter;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.ResumePoint;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;

/**
 * Writes the method of one resume point: what is the same for all threads, then a loop over threads around the blocks
 * that they may run until they exit or leave for another resume point.
 */
final class SegmentEmitter implements Opcodes {

    static final String DESCRIPTOR = "(" + Type.getDescriptor(BlockContext.class) + "II)V";

    private final KernelGraph graph;
    private final ResumePoint point;
    private final ModuleMemory memory;
    private final Mode mode;
    private final List<BasicBlock> blocks;
    private final Map<BasicBlock, Label> labels = new HashMap<>();

    SegmentEmitter(KernelGraph graph, ResumePoint point, ModuleMemory memory, Mode mode) {
        this.graph = graph;
        this.point = point;
        this.memory = memory;
        this.mode = mode;
        this.blocks = point.reach();
    }

    static String methodName(ResumePoint point) {
        return "segment" + point.number();
    }

    /** Writes the method and returns the sizes of its parts. */
    MethodSize emit(ClassVisitor type) {
        // The first run goes nowhere: it finds out which windows and special registers the segment needs.
        SegmentFrame draft = new SegmentFrame(graph, memory, mode, new LinkedHashSet<>());
        body(new MethodVisitor(ASM9) {}, draft);
        MethodVisitor method = type.visitMethod(ACC_PRIVATE | ACC_STATIC, methodName(point), DESCRIPTOR, null, null);
        method.visitCode();
        body(method, new SegmentFrame(graph, memory, mode, draft.wanted()));
        Label end = new Label();
        method.visitLabel(end);
        method.visitMaxs(0, 0);
        method.visitEnd();
        Map<BasicBlock, Integer> sizes = new HashMap<>();
        for (int b = 0; b < blocks.size(); b++) {
            Label next = b + 1 < blocks.size() ? labels.get(blocks.get(b + 1)) : end;
            sizes.put(
                    blocks.get(b), next.getOffset() - labels.get(blocks.get(b)).getOffset());
        }
        return new MethodSize(point, end.getOffset(), sizes);
    }

    private void body(MethodVisitor method, SegmentFrame frame) {
        labels.clear();
        blocks.forEach(block -> labels.put(block, new Label()));
        Emitter emitter = new Emitter(graph.entry().file(), method, frame);
        List<PtxInstruction> invariants = neededInvariants();
        List<PtxRegister> own = new ArrayList<>();
        invariants.forEach(instruction -> own.addAll(Effects.writes(instruction)));
        List<PtxRegister> undefined = point.from() == null ? graph.restored(point) : List.of();
        own.addAll(graph.restored(point));
        if (point.suspension() != null) {
            own.addAll(Effects.writes(point.suspension()));
        }
        frame.begin(emitter, labels);
        AssignSlots.Result slots = AssignSlots.run(graph, blocks, own, frame.firstFree());
        frame.assign(slots);
        frame.invariant(true);
        for (PtxInstruction instruction : invariants) {
            frame.clearTemporaries();
            emitter.instruction(instruction);
        }
        frame.invariant(false);
        ThreadLoop loop = new ThreadLoop(graph, point, emitter, frame);
        loop.begin();
        for (PtxRegister register : undefined) {
            zero(emitter, graph.kinds().get(register));
            method.visitVarInsn(graph.kinds().get(register).store(), frame.slot(register));
        }
        loop.restore();
        blocks(emitter, frame, loop);
        loop.end();
    }

    private static void zero(Emitter emitter, Kind kind) {
        emitter.op(
                kind == Kind.INT ? ICONST_0 : kind == Kind.LONG ? LCONST_0 : kind == Kind.FLOAT ? FCONST_0 : DCONST_0);
    }

    private void blocks(Emitter emitter, SegmentFrame frame, ThreadLoop loop) {
        for (int b = 0; b < blocks.size(); b++) {
            BasicBlock block = blocks.get(b);
            emitter.method().visitLabel(labels.get(block));
            if (mode == Mode.OBSERVED) {
                emitter.push(block.index);
                emitter.push(
                        block.instructions.isEmpty()
                                ? block.line
                                : block.instructions.get(0).line());
                frame.pushThread();
                emitter.method().visitVarInsn(ALOAD, frame.checks());
                emitter.call(CheckedMemory.class, "block", "(IIILtandem/kernels/translate/machine/CheckedMemory;)V");
            }
            for (PtxInstruction instruction : block.instructions) {
                frame.clearTemporaries();
                emitter.instruction(instruction);
            }
            if (block.leaves()) {
                loop.leave(block);
            } else if (block.next != null && (b + 1 == blocks.size() || blocks.get(b + 1) != block.next)) {
                emitter.method().visitJumpInsn(GOTO, labels.get(block.next));
            }
        }
    }

    /** The invariants that this segment reads, in the order in which they must be computed. */
    private List<PtxInstruction> neededInvariants() {
        Set<PtxRegister> needed = new LinkedHashSet<>();
        for (BasicBlock block : blocks) {
            block.instructions.forEach(instruction -> needed.addAll(Effects.reads(instruction)));
        }
        List<Map.Entry<PtxRegister, PtxInstruction>> all =
                new ArrayList<>(graph.invariants().entrySet());
        List<PtxInstruction> chosen = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (needed.contains(all.get(i).getKey())) {
                chosen.add(0, all.get(i).getValue());
                needed.addAll(Effects.reads(all.get(i).getValue()));
            }
        }
        return chosen;
    }
}
