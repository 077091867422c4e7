package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.I2L;
import static org.objectweb.asm.Opcodes.IADD;
import static org.objectweb.asm.Opcodes.ICONST_1;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.ISUB;
import static org.objectweb.asm.Opcodes.LADD;
import static org.objectweb.asm.Opcodes.LCONST_1;
import static org.objectweb.asm.Opcodes.LSUB;

import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.machine.IntegerMath;

/**
 * Arithmetic with the carry flag (PTX ISA, section 9.7.2). Sums and differences share one flag, as in the machine code
 * that NVIDIA's assembler makes: a difference is a + ~b + 1, so the flag is 1 when nothing was borrowed, and
 * {@code subc} computes a + ~b + flag. The flag is a local of the method and does not outlive a suspension.
 */
final class CarryForms {

    private static final String TYPES = "u32|s32|u64|s64";

    private CarryForms() {}

    static void register(FormTable table) {
        table.add("add", TYPES, "cc", 3, (e, i) -> sum(e, i, false));
        table.add("addc", TYPES, "?cc", 3, (e, i) -> sum(e, i, false));
        table.add("sub", TYPES, "cc", 3, (e, i) -> sum(e, i, true));
        table.add("subc", TYPES, "?cc", 3, (e, i) -> sum(e, i, true));
        table.add("mad", TYPES, "lo|hi cc", 4, (e, i) -> sum(e, i, false));
        table.add("madc", TYPES, "lo|hi ?cc", 4, (e, i) -> sum(e, i, false));
    }

    private static void sum(Emitter e, PtxInstruction i, boolean subtract) {
        Kind kind = Kind.of(i.type());
        boolean wide = kind == Kind.LONG;
        boolean product = i.operands().size() == 4;
        int first = e.frame().temporary(kind);
        int second = e.frame().temporary(kind);
        int result = e.frame().temporary(kind);
        if (product) {
            IntegerForms.product(e, i);
        } else {
            e.load(1, i.type());
        }
        e.method().visitVarInsn(kind.store(), first);
        e.load(product ? 3 : 2, i.type());
        e.method().visitVarInsn(kind.store(), second);
        e.method().visitVarInsn(kind.load(), first);
        e.method().visitVarInsn(kind.load(), second);
        int operation = subtract ? (wide ? LSUB : ISUB) : wide ? LADD : IADD;
        e.op(operation);
        if (i.opcode().endsWith("c")) {
            e.method().visitVarInsn(ILOAD, e.frame().carry());
            if (wide) {
                e.op(I2L);
            }
            e.op(wide ? LADD : IADD);
            if (subtract) {
                e.op(wide ? LCONST_1 : ICONST_1);
                e.op(operation);
            }
        }
        e.method().visitVarInsn(kind.store(), result);
        if (i.has("cc")) {
            e.method().visitVarInsn(kind.load(), first);
            e.method().visitVarInsn(kind.load(), second);
            e.method().visitVarInsn(kind.load(), result);
            e.call(IntegerMath.class, subtract ? "differenceCarry" : "carry", wide ? "(JJJ)I" : "(III)I");
            e.method().visitVarInsn(ISTORE, e.frame().carry());
        }
        e.method().visitVarInsn(kind.load(), result);
        e.store(0, i.type());
    }
}
