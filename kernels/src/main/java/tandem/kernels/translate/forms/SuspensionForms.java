package tandem.kernels.translate.forms;

import java.util.List;
import java.util.Locale;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.Suspension;
import tandem.kernels.translate.machine.Suspension.Operation;

/**
 * Instructions at which threads wait for each other (PTX ISA, sections 9.7.9.6 and 9.7.13). Their bytecode puts the
 * operands into the thread's record; the scheduler does the rest, and the results are taken from the record when the
 * thread continues.
 */
public final class SuspensionForms implements Opcodes {

    private SuspensionForms() {}

    static void register(FormTable table) {
        Emission handOver = SuspensionForms::handOver;
        table.add("bar", "", "?cta sync", 2, 1, handOver);
        table.add("bar", "", "warp sync", 1, handOver);
        table.add("bar", "u32", "?cta red popc", 4, 1, handOver);
        table.add("bar", "pred", "?cta red and|or", 4, 1, handOver);
        table.add("barrier", "", "?cta sync ?aligned", 2, 1, handOver);
        table.add("barrier", "u32", "?cta red popc ?aligned", 4, 1, handOver);
        table.add("barrier", "pred", "?cta red and|or ?aligned", 4, 1, handOver);
        table.add("shfl", "b32", "sync up|down|bfly|idx", 5, handOver);
        table.add("vote", "pred", "sync all|any|uni", 3, handOver);
        table.add("vote", "b32", "sync ballot", 3, handOver);
        table.add("match", "b32|b64", "any|all sync", 3, handOver);
        table.add("redux", "u32|s32", "sync add|min|max", 3, handOver);
        table.add("redux", "b32", "sync and|or|xor", 3, handOver);
    }

    /** What the scheduler needs of the instruction. */
    public static Suspension describe(PtxInstruction i) {
        if (MatrixForms.isCollective(i)) {
            return new Suspension(i.line(), i.text(), Operation.MATRICES, -1, MatrixForms.describe(i));
        }
        Operation operation = operation(i);
        List<Operand> operands = i.operands();
        boolean plain = operation == Operation.BAR_SYNC
                && operands.size() == 1
                && operands.get(0) instanceof Operand.IntegerLiteral;
        int barrier = plain ? (int) ((Operand.IntegerLiteral) operands.get(0)).value() : -1;
        return new Suspension(i.line(), i.text(), operation, barrier, null);
    }

    private static Operation operation(PtxInstruction i) {
        if (i.opcode().startsWith("bar")) {
            return i.has("warp")
                    ? Operation.WARP_SYNC
                    : i.has("sync")
                            ? Operation.BAR_SYNC
                            : Operation.valueOf("BAR_RED_" + chosen(i, "popc", "and", "or"));
        }
        String operation = chosen(
                i, "up", "down", "bfly", "idx", "all", "any", "uni", "ballot", "add", "min", "max", "and", "or", "xor");
        boolean ordered = operation.equals("MIN") || operation.equals("MAX");
        String sign = !ordered ? "" : i.type().isSigned() ? "_SIGNED" : "_UNSIGNED";
        return Operation.valueOf(i.opcode().toUpperCase(Locale.ROOT) + "_" + operation + sign);
    }

    private static String chosen(PtxInstruction i, String... options) {
        for (String option : options) {
            if (i.has(option)) {
                return option.toUpperCase(Locale.ROOT);
            }
        }
        throw new IllegalStateException(i.text());
    }

    private static void handOver(Emitter e, PtxInstruction i) {
        Suspension suspension = describe(i);
        if (i.opcode().startsWith("bar") && !i.has("warp")) {
            checkBarrier(e, i);
            if (suspension.barrier() >= 0) {
                return;
            }
            boolean reduces = i.has("red");
            int first = reduces ? 1 : 0;
            boolean counts = i.operands().size() > first + (reduces ? 2 : 1);
            put(e, i.operands().get(first), PtxType.U32, Suspension.FIRST);
            put(
                    e,
                    counts ? i.operands().get(first + 1) : new Operand.IntegerLiteral(0),
                    PtxType.U32,
                    Suspension.SECOND);
            if (reduces) {
                put(e, i.operands().get(i.operands().size() - 1), PtxType.PRED, Suspension.THIRD);
            }
            return;
        }
        int[] slots = i.opcode().equals("shfl")
                ? new int[] {Suspension.FIRST, Suspension.SECOND, Suspension.THIRD}
                : i.opcode().equals("bar") ? new int[0] : new int[] {Suspension.FIRST};
        int operand = i.opcode().equals("bar") ? 0 : 1;
        for (int slot : slots) {
            PtxType type = i.opcode().equals("vote") ? PtxType.PRED : i.type();
            put(e, i.operands().get(operand++), slot == Suspension.FIRST ? type : PtxType.U32, slot);
        }
        put(e, i.operands().get(operand), PtxType.U32, Suspension.MASK);
    }

    private static void checkBarrier(Emitter e, PtxInstruction i) {
        Operand number = i.operands().get(i.has("red") ? 1 : 0);
        if (number instanceof Operand.IntegerLiteral literal && (literal.value() < 0 || literal.value() > 15)) {
            throw e.error("barriers are numbered 0 to 15");
        }
    }

    /** Writes an operand into the thread's record. */
    static void put(Emitter e, Operand operand, PtxType type, int offset) {
        pushSlot(e, offset);
        e.load(operand, type);
        if (type.bits() < 64) {
            e.op(I2L);
        }
        putLong(e);
    }

    /** Pushes what is needed in front of a value that {@link #putLong} writes. */
    static void pushSlot(Emitter e, int offset) {
        e.frame().pushUnsafe();
        e.frame().pushRecord();
        e.push((long) offset);
        e.op(LADD);
    }

    /** Writes the long on the stack. */
    static void putLong(Emitter e) {
        e.method().visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(Unsafe.class), "putLong", "(JJ)V", false);
    }

    /** Pushes a long of the thread's record. */
    static void getLong(Emitter e, int offset) {
        pushSlot(e, offset);
        e.method().visitMethodInsn(INVOKEVIRTUAL, Type.getInternalName(Unsafe.class), "getLong", "(J)J", false);
    }

    private static void get(Emitter e, int offset) {
        getLong(e, offset);
        e.op(L2I);
    }

    /** Takes the results from the thread's record. */
    static void results(Emitter e, PtxInstruction i) {
        if (MatrixForms.isCollective(i)) {
            MatrixForms.results(e, i);
            return;
        }
        if (i.opcode().startsWith("bar") && !i.has("red")) {
            return;
        }
        PtxType type = i.type() == PtxType.PRED ? PtxType.PRED : PtxType.B32;
        Operand target = i.operands().get(0);
        if (target instanceof Operand.Pair pair) {
            get(e, Suspension.PREDICATE);
            e.store(pair.second(), PtxType.PRED);
            target = pair.first();
        }
        get(e, Suspension.RESULT);
        e.store(target, type);
    }
}
