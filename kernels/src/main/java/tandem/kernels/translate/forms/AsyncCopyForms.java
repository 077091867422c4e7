package tandem.kernels.translate.forms;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.AsyncCopy;
import tandem.kernels.translate.machine.CheckedMemory;

/**
 * Asynchronous copies from global to shared memory and groups of them (PTX ISA, "Data Movement and Conversion
 * Instructions: cp.async"). Without checks they are made at once; checked mode watches that threads wait for them.
 */
final class AsyncCopyForms implements Opcodes {

    private AsyncCopyForms() {}

    static void register(FormTable table) {
        String spaces = " shared|shared::cta global ~L2::64B|L2::128B|L2::256B";
        table.add("cp", "", "async ca" + spaces, 4, 1, AsyncCopyForms::copy);
        table.add("cp", "", "async cg" + spaces, 4, 1, AsyncCopyForms::copy);
        table.add("cp", "", "async commit_group", 0, (e, i) -> {
            if (e.frame().checks() >= 0) {
                e.method().visitVarInsn(ALOAD, e.frame().checks());
                e.frame().pushThread();
                checks(e, "copyGroup", "(I)V");
            }
        });
        table.add("cp", "", "async wait_group", 1, (e, i) -> {
            if (!(i.operands().get(0) instanceof Operand.IntegerLiteral groups) || groups.value() < 0) {
                throw e.error("takes a constant number of groups");
            }
            await(e, (int) groups.value());
        });
        table.add("cp", "", "async wait_all", 0, (e, i) -> await(e, -1));
    }

    private static void checks(Emitter e, String name, String descriptor) {
        e.method().visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(CheckedMemory.class), name, descriptor, false);
    }

    private static void await(Emitter e, int open) {
        if (e.frame().checks() >= 0) {
            e.method().visitVarInsn(ALOAD, e.frame().checks());
            e.push(open);
            e.frame().pushThread();
            checks(e, "awaitCopies", "(II)V");
        }
    }

    private static void copy(Emitter e, PtxInstruction i) {
        if (!(i.operands().get(2) instanceof Operand.IntegerLiteral literal)
                || literal.value() != 16 && (i.has("cg") || literal.value() != 4 && literal.value() != 8)) {
            throw e.error(i.has("cg") ? "copies 16 bytes" : "copies 4, 8 or 16 bytes");
        }
        int bytes = (int) literal.value();
        boolean checked = e.frame().checks() >= 0;
        if (checked) {
            e.method().visitVarInsn(ALOAD, e.frame().checks());
        }
        Addresses.push(e, Addresses.operand(e, i, 0), "shared", 0);
        Addresses.push(e, Addresses.operand(e, i, 1), "global", 0);
        e.push(bytes);
        pushSourceBytes(e, i, bytes);
        if (checked) {
            e.push(i.line());
            e.frame().pushThread();
            checks(e, "copy", "(JJIIII)V");
        } else {
            e.call(AsyncCopy.class, "copy", "(JJII)V");
        }
    }

    /** The fourth operand is how many bytes are read, or a predicate that says that none are. */
    private static void pushSourceBytes(Emitter e, PtxInstruction i, int bytes) {
        if (i.operands().size() < 4) {
            e.push(bytes);
            return;
        }
        Operand source = i.operands().get(3);
        boolean ignored = source instanceof Operand.Negated
                || source instanceof Operand.Register register
                        && register.register().type() == PtxType.PRED;
        if (!ignored) {
            e.load(source, PtxType.U32);
            return;
        }
        Label none = new Label();
        Label end = new Label();
        e.load(source, PtxType.PRED);
        e.method().visitJumpInsn(IFNE, none);
        e.push(bytes);
        e.method().visitJumpInsn(GOTO, end);
        e.method().visitLabel(none);
        e.push(0);
        e.method().visitLabel(end);
    }
}
