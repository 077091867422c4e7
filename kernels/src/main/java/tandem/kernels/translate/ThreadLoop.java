package tandem.kernels.translate;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.Emitter;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.ResumePoint;
import tandem.kernels.translate.machine.BlockContext;

/**
 * Writes the loop over threads. A kernel that never suspends gets three nested loops over z, y and x of the whole
 * block; one that does gets one loop over a range of threads, which skips those that wait elsewhere, restores registers
 * from the thread's record and saves them when the thread leaves.
 */
final class ThreadLoop implements Opcodes {

    private static final String[] AXES = {"z", "y", "x"};

    private final KernelGraph graph;
    private final ResumePoint point;
    private final Emitter emitter;
    private final SegmentFrame frame;
    private final MethodVisitor method;
    private final Label[] tests = {new Label(), new Label(), new Label()};
    private final Label[] tops = {new Label(), new Label(), new Label()};
    private final Label nextThread = new Label();
    private final Label exit = new Label();
    private int state;

    ThreadLoop(KernelGraph graph, ResumePoint point, Emitter emitter, SegmentFrame frame) {
        this.graph = graph;
        this.point = point;
        this.emitter = emitter;
        this.frame = frame;
        this.method = emitter.method();
        frame.exit(exit);
    }

    private boolean nested() {
        return !graph.suspends() && frame.checks() < 0;
    }

    void begin() {
        if (nested()) {
            beginNested();
        } else {
            beginLinear();
        }
        if (frame.uses("carry")) {
            emitter.push(0);
            method.visitVarInsn(ISTORE, frame.carry());
        }
    }

    private void field(String name, String descriptor) {
        method.visitVarInsn(ALOAD, SegmentFrame.CONTEXT);
        method.visitFieldInsn(GETFIELD, Type.getInternalName(BlockContext.class), name, descriptor);
    }

    private int axis(int a) {
        return frame.local("%tid." + AXES[a], 1);
    }

    private int extent(int a) {
        return frame.local("extent " + AXES[a], 1);
    }

    private void beginNested() {
        for (int a = 0; a < 3; a++) {
            field("ntid" + Character.toUpperCase(AXES[a].charAt(0)), "I");
            method.visitVarInsn(ISTORE, extent(a));
        }
        for (int a = 0; a < 3; a++) {
            emitter.push(0);
            method.visitVarInsn(ISTORE, axis(a));
            method.visitJumpInsn(GOTO, tests[a]);
            method.visitLabel(tops[a]);
        }
        if (frame.uses("thread")) {
            method.visitVarInsn(ILOAD, axis(0));
            method.visitVarInsn(ILOAD, extent(1));
            emitter.op(IMUL);
            method.visitVarInsn(ILOAD, axis(1));
            emitter.op(IADD);
            method.visitVarInsn(ILOAD, extent(2));
            emitter.op(IMUL);
            method.visitVarInsn(ILOAD, axis(2));
            emitter.op(IADD);
            method.visitVarInsn(ISTORE, frame.local("thread", 1));
        }
        if (frame.uses("local")) {
            // No value outlives a thread, so all threads use the same local memory.
            field("local", "J");
            method.visitVarInsn(LSTORE, frame.local("local", 2));
        }
    }

    private void beginLinear() {
        if (graph.suspends()) {
            state = frame.local("state", 1);
            field("state", "[I");
            method.visitVarInsn(ASTORE, state);
        }
        int thread = frame.local("thread", 1);
        method.visitVarInsn(ILOAD, SegmentFrame.FROM);
        method.visitVarInsn(ISTORE, thread);
        method.visitJumpInsn(GOTO, tests[2]);
        method.visitLabel(tops[2]);
        if (graph.suspends()) {
            method.visitVarInsn(ALOAD, state);
            method.visitVarInsn(ILOAD, thread);
            emitter.op(IALOAD);
            emitter.push(point.number());
            method.visitJumpInsn(IF_ICMPNE, nextThread);
            perThread("saved", graph.recordBytes());
            method.visitVarInsn(LSTORE, frame.local("record", 2));
        }
        if (frame.uses("local")) {
            perThread("local", frame.localBytes());
            method.visitVarInsn(LSTORE, frame.local("local", 2));
        }
        threadIndex();
    }

    private void perThread(String base, int stride) {
        field(base, "J");
        method.visitVarInsn(ILOAD, frame.local("thread", 1));
        emitter.push(stride);
        emitter.op(IMUL, I2L, LADD);
    }

    /** Computes those of tid.x, y and z that are used from the linear number. */
    private void threadIndex() {
        boolean flat = !frame.uses("%tid.y") && !frame.uses("%tid.z");
        if (flat && !frame.uses("%tid.x")) {
            return;
        }
        Label general = new Label();
        Label done = new Label();
        field("ntidY", "I");
        field("ntidZ", "I");
        emitter.op(IMUL);
        emitter.push(1);
        method.visitJumpInsn(IF_ICMPNE, general);
        method.visitVarInsn(ILOAD, frame.local("thread", 1));
        method.visitVarInsn(ISTORE, axis(2));
        emitter.push(0);
        method.visitVarInsn(ISTORE, axis(1));
        emitter.push(0);
        method.visitVarInsn(ISTORE, axis(0));
        method.visitJumpInsn(GOTO, done);
        method.visitLabel(general);
        method.visitVarInsn(ILOAD, frame.local("thread", 1));
        for (int a = 2; a > 0; a--) {
            emitter.op(DUP);
            field(a == 2 ? "ntidX" : "ntidY", "I");
            emitter.op(IREM);
            method.visitVarInsn(ISTORE, axis(a));
            field(a == 2 ? "ntidX" : "ntidY", "I");
            emitter.op(IDIV);
        }
        method.visitVarInsn(ISTORE, axis(0));
        method.visitLabel(done);
    }

    /** Brings back what the thread saved, and what the instruction it waited at gave it. */
    void restore() {
        if (point.from() == null) {
            return;
        }
        for (PtxRegister register : graph.restored(point)) {
            Kind kind = graph.kinds().get(register);
            load(kind, graph.saved().get(register));
            method.visitVarInsn(kind.store(), frame.slot(register));
        }
        if (point.suspension() != null) {
            emitter.results(point.suspension());
        }
    }

    private void pushRecord(int offset) {
        frame.pushUnsafe();
        frame.pushRecord();
        emitter.push((long) offset);
        emitter.op(LADD);
    }

    private void load(Kind kind, int offset) {
        pushRecord(offset);
        method.visitMethodInsn(
                INVOKEVIRTUAL,
                Type.getInternalName(Unsafe.class),
                "get" + name(kind),
                "(J)" + kind.descriptor(),
                false);
    }

    private static String name(Kind kind) {
        return kind == Kind.INT ? "Int" : kind == Kind.LONG ? "Long" : kind == Kind.FLOAT ? "Float" : "Double";
    }

    /** Ends a block from which the thread continues at another resume point: saves its registers and its state. */
    void leave(BasicBlock block) {
        ResumePoint to = graph.points().stream()
                .filter(p -> p.from() == block)
                .findFirst()
                .orElseThrow();
        for (PtxRegister register : graph.restored(to)) {
            Kind kind = graph.kinds().get(register);
            pushRecord(graph.saved().get(register));
            method.visitVarInsn(kind.load(), frame.slot(register));
            method.visitMethodInsn(
                    INVOKEVIRTUAL,
                    Type.getInternalName(Unsafe.class),
                    "put" + name(kind),
                    "(J" + kind.descriptor() + ")V",
                    false);
        }
        setState(block.suspends ? ~to.number() : to.number());
        method.visitJumpInsn(GOTO, nextThread);
    }

    private void setState(int value) {
        method.visitVarInsn(ALOAD, state);
        method.visitVarInsn(ILOAD, frame.local("thread", 1));
        emitter.push(value);
        emitter.op(IASTORE);
    }

    void end() {
        method.visitLabel(exit);
        if (graph.suspends()) {
            setState(BlockContext.EXITED);
        }
        method.visitLabel(nextThread);
        if (!nested()) {
            method.visitIincInsn(frame.local("thread", 1), 1);
            method.visitLabel(tests[2]);
            method.visitVarInsn(ILOAD, frame.local("thread", 1));
            method.visitVarInsn(ILOAD, SegmentFrame.TO);
            method.visitJumpInsn(IF_ICMPLT, tops[2]);
        } else {
            for (int a = 2; a >= 0; a--) {
                method.visitIincInsn(axis(a), 1);
                method.visitLabel(tests[a]);
                method.visitVarInsn(ILOAD, axis(a));
                method.visitVarInsn(ILOAD, extent(a));
                method.visitJumpInsn(IF_ICMPLT, tops[a]);
            }
        }
        emitter.op(RETURN);
    }
}
