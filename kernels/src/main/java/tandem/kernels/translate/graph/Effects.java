package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;

/** Which registers an instruction reads and writes, and whether it does anything else. */
public final class Effects {

    private static final Set<String> WITHOUT_RESULT = Set.of(
            "__assertfail",
            "vprintf",
            "nanosleep",
            "st",
            "red",
            "bra",
            "ret",
            "exit",
            "trap",
            "membar",
            "fence",
            "prefetch",
            "cp",
            "sust");
    private static final Set<String> SUSPENDING =
            Set.of("bar", "barrier", "shfl", "vote", "match", "redux", "mma", "ldmatrix");
    private static final Set<String> IMPURE = Set.of(
            "ld",
            "st",
            "red",
            "atom",
            "bra",
            "ret",
            "exit",
            "trap",
            "membar",
            "fence",
            "prefetch",
            "__assertfail",
            "vprintf",
            "nanosleep",
            "activemask",
            "cp",
            "wmma",
            "tex",
            "tld4",
            "txq",
            "suld",
            "sust",
            "addc",
            "subc",
            "madc");

    private Effects() {}

    /** Whether the thread may have to wait for others. */
    public static boolean suspends(PtxInstruction instruction) {
        return SUSPENDING.contains(instruction.opcode())
                || instruction.opcode().equals("wmma") && instruction.has("mma");
    }

    /** Whether the result depends on the operands alone, the same for all threads, and nothing else is changed. */
    public static boolean isPure(PtxInstruction instruction) {
        boolean ownWindow = instruction.opcode().equals("cvta") && instruction.has("local");
        return !ownWindow && !instruction.has("cc") && !IMPURE.contains(instruction.opcode()) && !suspends(instruction);
    }

    private static boolean hasResult(PtxInstruction instruction) {
        if (instruction.opcode().equals("bar") || instruction.opcode().equals("barrier")) {
            return instruction.has("red");
        }
        return !WITHOUT_RESULT.contains(instruction.opcode())
                && !(instruction.opcode().equals("wmma") && instruction.has("store"));
    }

    /** Registers written. */
    public static List<PtxRegister> writes(PtxInstruction instruction) {
        List<PtxRegister> registers = new ArrayList<>();
        if (hasResult(instruction) && !instruction.operands().isEmpty()) {
            collect(instruction.operands().get(0), registers);
        }
        return registers;
    }

    /** Registers read, the guard included. */
    public static List<PtxRegister> reads(PtxInstruction instruction) {
        List<PtxRegister> registers = new ArrayList<>();
        if (instruction.guard() != null) {
            registers.add(instruction.guard());
        }
        for (Operand operand : sources(instruction)) {
            collect(operand, registers);
        }
        return registers;
    }

    /** The operands that are read. */
    public static List<Operand> sources(PtxInstruction instruction) {
        return instruction
                .operands()
                .subList(
                        Math.min(instruction.operands().size(), hasResult(instruction) ? 1 : 0),
                        instruction.operands().size());
    }

    private static void collect(Operand operand, List<PtxRegister> registers) {
        if (operand instanceof Operand.Register register) {
            registers.add(register.register());
        } else if (operand instanceof Operand.Address address) {
            collect(address.base(), registers);
        } else if (operand instanceof Operand.Texel texel) {
            collect(texel.handle(), registers);
            texel.coordinates().forEach(element -> collect(element, registers));
        } else if (operand instanceof Operand.Vector vector) {
            vector.elements().forEach(element -> collect(element, registers));
        } else if (operand instanceof Operand.Pair pair) {
            collect(pair.first(), registers);
            collect(pair.second(), registers);
        } else if (operand instanceof Operand.Negated negated) {
            collect(negated.operand(), registers);
        }
    }
}
