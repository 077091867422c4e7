package tandem.kernels.translate.x86;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;

/**
 * Joins loads of four adjacent 32-bit numbers to one of {@code v4}, and stores likewise: four lanes then read rows of
 * 16 bytes. Compilers write such loads where they have unrolled a loop in which each thread goes along a row of its
 * own. A load moves up to the first of them, a store down to the last.
 */
final class JoinAccesses {

    private static final int COUNT = 4;
    /** How far behind the first access the others are looked for. */
    private static final int MAX_DISTANCE = 64;

    private final List<PtxInstruction> instructions;
    private final Predicate<PtxRegister> apart;

    private JoinAccesses(List<PtxInstruction> instructions, Predicate<PtxRegister> apart) {
        this.instructions = instructions;
        this.apart = apart;
    }

    /** @param apart whether the addresses in a register lie apart in the lanes */
    static void run(List<BasicBlock> blocks, Predicate<PtxRegister> apart) {
        for (BasicBlock block : blocks) {
            new JoinAccesses(block.instructions, apart).run();
        }
    }

    private void run() {
        for (int first = 0; first < instructions.size(); first++) {
            PtxInstruction i = instructions.get(first);
            if (isCandidate(i)) {
                List<Integer> found = others(first);
                if (found != null) {
                    join(found, i.opcode().equals("ld"));
                }
            }
        }
    }

    private boolean isCandidate(PtxInstruction i) {
        boolean load = i.opcode().equals("ld");
        if (!load && !i.opcode().equals("st") || i.guard() != null || i.types().size() != 1) {
            return false;
        }
        if (!i.has("global")
                || i.type().bits() != 32
                || i.modifiers().stream().anyMatch(m -> !Set.of("global", "nc").contains(m))) {
            return false;
        }
        return address(i).base() instanceof Operand.Register base
                && base.register().type().bits() == 64
                && apart.test(base.register())
                && value(i) instanceof Operand.Register value
                && value.register().type().bits() == 32;
    }

    private static Operand.Address address(PtxInstruction i) {
        return (Operand.Address) i.operands().get(i.opcode().equals("ld") ? 1 : 0);
    }

    private static Operand value(PtxInstruction i) {
        return i.operands().get(i.opcode().equals("ld") ? 0 : 1);
    }

    /** The positions of accesses to four adjacent numbers, that of the lowest address first; null if there are none. */
    private List<Integer> others(int first) {
        PtxInstruction start = instructions.get(first);
        boolean load = start.opcode().equals("ld");
        Integer[] found = new Integer[2 * COUNT - 1];
        Set<PtxRegister> touched = new HashSet<>();
        int end = Math.min(instructions.size(), first + MAX_DISTANCE);
        for (int k = first; k < end; k++) {
            PtxInstruction i = instructions.get(k);
            boolean same = i.opcode().equals(start.opcode())
                    && i.modifiers().equals(start.modifiers())
                    && i.types().equals(start.types())
                    && isCandidate(i)
                    && address(i).base().equals(address(start).base());
            if (same) {
                long distance = address(i).offset() - address(start).offset();
                int index = (int) (distance / 4) + COUNT - 1;
                PtxRegister value = ((Operand.Register) value(i)).register();
                boolean fits = Math.abs(distance) < 4 * COUNT && distance % 4 == 0 && found[index] == null;
                if (!fits || load && touched.contains(value)) {
                    return null;
                }
                found[index] = k;
                for (int low = 0; low < COUNT; low++) {
                    List<Integer> four = complete(found, low);
                    if (four != null) {
                        return load || valuesKept(four, k) ? four : null;
                    }
                }
            } else if (conflicts(i, start)) {
                return null;
            }
            touched.addAll(Effects.reads(i));
            touched.addAll(Effects.writes(i));
            if (Effects.writes(i).contains(((Operand.Register) address(start).base()).register())) {
                return null;
            }
        }
        return null;
    }

    private static List<Integer> complete(Integer[] found, int low) {
        List<Integer> four = new ArrayList<>();
        for (int k = low; k < low + COUNT; k++) {
            if (found[k] == null) {
                return null;
            }
            four.add(found[k]);
        }
        return four;
    }

    /** Whether no value that is stored changes before the last of the stores. */
    private boolean valuesKept(List<Integer> four, int last) {
        for (int position : four) {
            PtxRegister value = ((Operand.Register) value(instructions.get(position))).register();
            for (int k = position + 1; k <= last; k++) {
                if (Effects.writes(instructions.get(k)).contains(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the access must not move over the instruction. */
    private static boolean conflicts(PtxInstruction i, PtxInstruction access) {
        boolean constant =
                i.opcode().equals("ld") && (i.has("nc") || i.has("param") || i.has("const") || i.has("shared"));
        if (access.opcode().equals("st")) {
            return !constant && !Effects.isPure(i);
        }
        boolean harmless = i.opcode().equals("ld") && !i.has("volatile") && !i.has("acquire")
                || access.has("nc") && i.opcode().equals("st") && (i.has("global") || i.has("shared"));
        return !harmless && !Effects.isPure(i);
    }

    private void join(List<Integer> four, boolean load) {
        PtxInstruction low = instructions.get(four.get(0));
        Set<String> modifiers = new HashSet<>(low.modifiers());
        modifiers.add("v4");
        Operand vector = new Operand.Vector(
                four.stream().map(k -> value(instructions.get(k))).toList());
        PtxInstruction joined = new PtxInstruction(
                low.line(),
                low.text(),
                null,
                false,
                low.opcode(),
                modifiers,
                low.types(),
                load ? List.of(vector, address(low)) : List.of(address(low), vector));
        List<Integer> sorted = four.stream().sorted().toList();
        instructions.set(load ? sorted.get(0) : sorted.get(COUNT - 1), joined);
        List<Integer> rest = load ? sorted.subList(1, COUNT) : sorted.subList(0, COUNT - 1);
        for (int k = rest.size() - 1; k >= 0; k--) {
            instructions.remove((int) rest.get(k));
        }
    }
}
