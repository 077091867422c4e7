package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.POP;
import static org.objectweb.asm.Opcodes.POP2;

import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.Atomics;
import tandem.kernels.translate.machine.CheckedMemory;

/** Atomic operations and fences (PTX ISA, sections 9.7.13.4 to 9.7.13.8). */
final class AtomicForms {

    private static final String ORDERINGS = " ~relaxed|acquire|release|acq_rel|cta|cluster|gpu|sys";

    private AtomicForms() {}

    static void register(FormTable table) {
        both(table, "add", "u32|s32|u64|f32|f64", 1);
        both(table, "min", "u32|s32|u64|s64", 1);
        both(table, "max", "u32|s32|u64|s64", 1);
        both(table, "and", "b32|b64", 1);
        both(table, "or", "b32|b64", 1);
        both(table, "xor", "b32|b64", 1);
        both(table, "inc", "u32", 1);
        both(table, "dec", "u32", 1);
        table.add("atom", "b32|b64", "?global|shared exch" + ORDERINGS, 3, (e, i) -> atomic(e, i, "exch", 1, true));
        table.add("atom", "b32|b64", "?global|shared cas" + ORDERINGS, 4, (e, i) -> atomic(e, i, "cas", 2, true));
        table.add("membar", "", "cta|gl|sys", 0, AtomicForms::fence);
        table.add("fence", "", "?sc|acq_rel cta|cluster|gpu|sys", 0, AtomicForms::fence);
    }

    private static void both(FormTable table, String operation, String types, int values) {
        String modifiers = "?global|shared " + operation + ORDERINGS;
        table.add("atom", types, modifiers, values + 2, (e, i) -> atomic(e, i, operation, values, true));
        table.add(
                "red",
                types,
                "?global|shared " + operation + " ~relaxed|release|cta|cluster|gpu|sys",
                values + 1,
                (e, i) -> atomic(e, i, operation, values, false));
    }

    private static void atomic(Emitter e, PtxInstruction i, String operation, int values, boolean returns) {
        int first = returns ? 1 : 0;
        PtxType type = i.type();
        Kind kind = Kind.of(type);
        Operand.Address address = Addresses.operand(e, i, first);
        String space = Addresses.space(e, i, address);
        Addresses.push(e, address, space, 0);
        if (e.frame().checks() >= 0) {
            Addresses.checkedAtomic(e, i, space, type.bytes());
        }
        for (int value = 1; value <= values; value++) {
            e.load(first + value, type);
        }
        boolean unsigned = !type.isSigned() && (operation.equals("min") || operation.equals("max"));
        e.call(
                Atomics.class,
                operation + (unsigned ? "Unsigned" : ""),
                "(J" + String.valueOf(kind.descriptor()).repeat(values) + ")" + kind.descriptor());
        if (returns) {
            e.store(0, type);
        } else {
            e.op(kind.size() == 2 ? POP2 : POP);
        }
    }

    private static void fence(Emitter e, PtxInstruction i) {
        if (e.frame().checks() >= 0) {
            e.push(i.has("cta") ? 1 : 0);
            e.push(i.line());
            e.frame().pushThread();
            e.method().visitVarInsn(ALOAD, e.frame().checks());
            e.call(CheckedMemory.class, "fence", "(IIILtandem/kernels/translate/machine/CheckedMemory;)V");
        }
        e.frame().pushUnsafe();
        e.method().visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(Unsafe.class), "fullFence", "()V", false);
    }
}
