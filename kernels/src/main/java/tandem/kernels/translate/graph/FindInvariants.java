package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;

/**
 * Pass {@code invariants}: takes instructions out of the blocks whose result is the same for all threads of a block:
 * loads of parameters, and pure instructions on constants, block-wide special registers and other invariants. They run
 * once per block, in front of the loop over threads.
 */
public final class FindInvariants {

    private static final Set<String> BLOCK_WIDE = Set.of(
            "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%ntid.x", "%ntid.y", "%ntid.z");

    private final Map<PtxRegister, PtxInstruction> invariants = new LinkedHashMap<>();
    private final Map<PtxRegister, Integer> writes = new HashMap<>();
    private final Set<String> parameters = new HashSet<>();

    private FindInvariants(PtxEntry entry) {
        entry.parameters().forEach(parameter -> parameters.add(parameter.name()));
    }

    /** The invariant registers with the instructions that compute them, in an order that respects their dependences. */
    public static Map<PtxRegister, PtxInstruction> run(PtxEntry entry, List<BasicBlock> blocks) {
        FindInvariants pass = new FindInvariants(entry);
        List<PtxInstruction> all = new ArrayList<>();
        blocks.forEach(block -> all.addAll(block.instructions));
        for (PtxInstruction instruction : all) {
            Effects.writes(instruction).forEach(register -> pass.writes.merge(register, 1, Integer::sum));
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (PtxInstruction instruction : all) {
                changed |= pass.consider(instruction);
            }
        }
        Set<PtxInstruction> hoisted = Collections.newSetFromMap(new IdentityHashMap<>());
        hoisted.addAll(pass.invariants.values());
        for (BasicBlock block : blocks) {
            block.instructions.removeIf(hoisted::contains);
        }
        return pass.invariants;
    }

    private boolean consider(PtxInstruction instruction) {
        if (instruction.guard() != null
                || instruction.operands().size() < 2
                || !(instruction.operands().get(0) instanceof Operand.Register target)) {
            return false;
        }
        PtxRegister register = target.register();
        boolean parameter = instruction.opcode().equals("ld")
                && instruction.has("param")
                && !instruction.has("v2")
                && !instruction.has("v4")
                && instruction.operands().get(1) instanceof Operand.Address address
                && address.base() instanceof Operand.Symbol symbol
                && parameters.contains(symbol.name());
        if (invariants.containsKey(register)
                || writes.getOrDefault(register, 0) != 1
                || !parameter && !Effects.isPure(instruction)) {
            return false;
        }
        for (Operand source : Effects.sources(instruction)) {
            if (!parameter && !isInvariant(source)) {
                return false;
            }
        }
        invariants.put(register, instruction);
        return true;
    }

    private boolean isInvariant(Operand operand) {
        if (operand instanceof Operand.Register register) {
            return invariants.containsKey(register.register());
        }
        if (operand instanceof Operand.Special special) {
            return BLOCK_WIDE.contains(special.name());
        }
        return operand instanceof Operand.IntegerLiteral
                || operand instanceof Operand.FloatLiteral
                || operand instanceof Operand.Symbol
                || operand instanceof Operand.Vector vector
                        && vector.elements().stream().allMatch(this::isInvariant)
                || operand instanceof Operand.Negated negated && isInvariant(negated.operand());
    }
}
