package tandem.kernels.translate.forms;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.DeviceOutput;

/**
 * Calls of functions that the CUDA driver provides: {@code __assertfail} and {@code vprintf}. Their operands are the
 * {@code .param} variables of the call, of which those for results come first.
 */
final class SystemForms implements Opcodes {

    private SystemForms() {}

    static void register(FormTable table) {
        table.add("__assertfail", "", "", 5, (e, i) -> {
            argument(e, i, 0, "Long");
            argument(e, i, 1, "Long");
            argument(e, i, 2, "Int");
            argument(e, i, 3, "Long");
            if (e.frame().checks() >= 0) {
                e.call(DeviceOutput.class, "assertion", "(JJIJ)Ljava/lang/String;");
                e.push(i.line());
                e.frame().pushThread();
                e.method().visitVarInsn(ALOAD, e.frame().checks());
                e.call(
                        CheckedMemory.class,
                        "assertion",
                        "(Ljava/lang/String;IILtandem/kernels/translate/machine/CheckedMemory;)V");
                e.method().visitJumpInsn(GOTO, e.frame().exit());
            } else {
                e.frame().pushThread();
                e.call(DeviceOutput.class, "assertFailed", "(JJIJI)V");
            }
        });
        table.add("nanosleep", "u32", "", 1, (e, i) -> {});
        table.add("vprintf", "", "", 3, (e, i) -> {
            e.frame().pushUnsafe();
            Addresses.push(e, address(e, i, 0), "local", 0);
            argument(e, i, 1, "Long");
            argument(e, i, 2, "Long");
            e.frame().pushThread();
            e.call(DeviceOutput.class, "print", "(JJI)I");
            e.method().visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(Unsafe.class), "putInt", "(JI)V", false);
        });
    }

    private static Operand.Address address(Emitter e, PtxInstruction i, int index) {
        return Addresses.operand(e, i, index);
    }

    /** Pushes the value of an argument. */
    private static void argument(Emitter e, PtxInstruction i, int index, String type) {
        e.frame().pushUnsafe();
        Addresses.push(e, address(e, i, index), "local", 0);
        e.method()
                .visitMethodInsn(
                        INVOKEVIRTUAL,
                        Type.getInternalName(Unsafe.class),
                        "get" + type,
                        type.equals("Long") ? "(J)J" : "(J)I",
                        false);
    }
}
