package tandem.kernels.ptx;

import java.util.List;
import java.util.Set;

/**
 * One instruction. What follows the opcode is split into types, whose order counts, and all other modifiers, whose
 * order does not.
 *
 * @param line line of the PTX file, from 1
 * @param text the instruction as written, white space collapsed
 * @param guard predicate it runs under, or null
 * @param guardNegated whether it runs when the guard is false
 * @param opcode for instance {@code ld}
 * @param modifiers for instance {@code global}, {@code nc}, {@code v4}
 * @param types for instance {@code f32}, in the order written
 * @param operands destinations first
 */
public record PtxInstruction(
        int line,
        String text,
        PtxRegister guard,
        boolean guardNegated,
        String opcode,
        Set<String> modifiers,
        List<PtxType> types,
        List<Operand> operands)
        implements Statement {

    /** Whether the modifier (without dot) was given. */
    public boolean has(String modifier) {
        return modifiers.contains(modifier);
    }

    /** The last type, which for most instructions is the only one. */
    public PtxType type() {
        return types.get(types.size() - 1);
    }

    /** The same instruction with other operands. */
    public PtxInstruction withOperands(List<Operand> replaced) {
        return new PtxInstruction(line, text, guard, guardNegated, opcode, modifiers, types, List.copyOf(replaced));
    }

    @Override
    public String toString() {
        return text;
    }
}
