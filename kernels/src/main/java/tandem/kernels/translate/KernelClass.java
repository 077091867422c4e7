package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.PassDump;
import tandem.kernels.translate.graph.ResumePoint;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.KernelCode;

/** Writes the class of a kernel: a method per resume point, and one that picks among them. */
final class KernelClass implements Opcodes {

    private static final String PACKAGE = Type.getInternalName(KernelCode.class).replace("KernelCode", "");

    private KernelClass() {}

    /** A class, and how large its methods are. Only one whose methods are small enough for the JVM has a class file. */
    record Written(ClassWriter writer, List<MethodSize> sizes) {

        byte[] classFile() {
            return writer.toByteArray();
        }
    }

    /** @param limit bytes above which a method will be cut, so that its class needs no frames */
    static Written write(KernelGraph graph, ModuleMemory memory, Mode mode, int limit) {
        Written draft = write(graph, memory, mode, new ClassWriter(0));
        return draft.sizes().stream().anyMatch(size -> size.bytes() > limit)
                ? draft
                : write(graph, memory, mode, new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS));
    }

    private static Written write(KernelGraph graph, ModuleMemory memory, Mode mode, ClassWriter writer) {
        String name = PACKAGE + "Kernel_" + graph.entry().name().replaceAll("[^A-Za-z0-9_]", "_");
        writer.visit(V17, ACC_FINAL | ACC_SUPER, name, null, "java/lang/Object", new String[] {
            Type.getInternalName(KernelCode.class)
        });
        constructor(writer);
        dispatch(writer, name, graph.points());
        List<MethodSize> sizes = new ArrayList<>();
        for (ResumePoint point : graph.points()) {
            sizes.add(new SegmentEmitter(graph, point, memory, mode).emit(writer));
        }
        writer.visitEnd();
        PassDump.show("methods", graph.entry(), sizes);
        return new Written(writer, sizes);
    }

    private static void constructor(ClassWriter writer) {
        MethodVisitor method = writer.visitMethod(0, "<init>", "()V", null, null);
        method.visitCode();
        method.visitVarInsn(ALOAD, 0);
        method.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        method.visitInsn(RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private static void dispatch(ClassWriter writer, String name, List<ResumePoint> points) {
        MethodVisitor method = writer.visitMethod(
                ACC_PUBLIC, "segment", "(I" + Type.getDescriptor(BlockContext.class) + "II)V", null, null);
        method.visitCode();
        Label[] labels = points.stream().map(point -> new Label()).toArray(Label[]::new);
        Label end = new Label();
        method.visitVarInsn(ILOAD, 1);
        method.visitTableSwitchInsn(0, points.size() - 1, end, labels);
        for (ResumePoint point : points) {
            method.visitLabel(labels[point.number()]);
            method.visitVarInsn(ALOAD, 2);
            method.visitVarInsn(ILOAD, 3);
            method.visitVarInsn(ILOAD, 4);
            method.visitMethodInsn(
                    INVOKESTATIC, name, SegmentEmitter.methodName(point), SegmentEmitter.DESCRIPTOR, false);
            method.visitInsn(RETURN);
        }
        method.visitLabel(end);
        method.visitInsn(RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }
}
