package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.IFEQ;
import static org.objectweb.asm.Opcodes.IFNE;

import org.objectweb.asm.Label;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.Trap;

/** Branches and exits (PTX ISA, section 9.7.12). */
final class ControlForms {

    private ControlForms() {}

    static void register(FormTable table) {
        table.add("bra", "", "?uni", 1, ControlForms::branch);
        Emission exit = (e, i) -> e.method().visitJumpInsn(GOTO, e.frame().exit());
        table.add("ret", "", "?uni", 0, exit);
        table.add("exit", "", "", 0, exit);
        table.add("trap", "", "", 0, (e, i) -> {
            if (e.frame().checks() >= 0) {
                e.push(i.line());
                e.frame().pushThread();
                e.method().visitVarInsn(ALOAD, e.frame().checks());
                e.call(CheckedMemory.class, "trap", "(IILtandem/kernels/translate/machine/CheckedMemory;)V");
            } else {
                e.method().visitLdcInsn(e.error("the kernel trapped").getMessage());
                e.frame().pushThread();
                e.call(Trap.class, "raise", "(Ljava/lang/String;I)V");
            }
            e.method().visitJumpInsn(GOTO, e.frame().exit());
        });
        // Threads run one after another between suspension points: each is alone in the mask, as independent scheduling
        // allows.
        table.add("activemask", "b32", "", 1, (e, i) -> {
            e.frame().pushSpecial("%lanemask_eq");
            e.store(0, PtxType.B32);
        });
    }

    private static void branch(Emitter e, PtxInstruction i) {
        Label target = e.frame().target(((Operand.Symbol) i.operands().get(0)).name());
        if (i.guard() == null) {
            e.method().visitJumpInsn(GOTO, target);
        } else {
            e.load(new Operand.Register(i.guard()), PtxType.PRED);
            e.method().visitJumpInsn(i.guardNegated() ? IFEQ : IFNE, target);
        }
    }
}
