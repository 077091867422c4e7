package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/**
 * Pass {@code constants}: where a register is written once, by a move of a constant or of an address, its readers take
 * the constant instead, and the move goes.
 */
public final class PropagateConstants {

    private final Map<PtxRegister, Operand> constants = new HashMap<>();

    private PropagateConstants() {}

    public static void run(List<BasicBlock> blocks) {
        PropagateConstants pass = new PropagateConstants();
        pass.find(blocks);
        for (BasicBlock block : blocks) {
            block.instructions.removeIf(instruction -> isConstantMove(instruction)
                    && pass.constants.containsKey(Effects.writes(instruction).get(0)));
            block.instructions.replaceAll(pass::replace);
        }
    }

    private void find(List<BasicBlock> blocks) {
        Map<PtxRegister, Integer> writes = new HashMap<>();
        for (BasicBlock block : blocks) {
            for (PtxInstruction instruction : block.instructions) {
                Effects.writes(instruction).forEach(register -> writes.merge(register, 1, Integer::sum));
            }
        }
        for (BasicBlock block : blocks) {
            for (PtxInstruction instruction : block.instructions) {
                if (isConstantMove(instruction)
                        && writes.get(Effects.writes(instruction).get(0)) == 1) {
                    PtxRegister register = Effects.writes(instruction).get(0);
                    constants.put(register, asBits(instruction.operands().get(1), instruction.type()));
                }
            }
        }
    }

    private static boolean isConstantMove(PtxInstruction instruction) {
        if (!instruction.opcode().equals("mov")
                || instruction.guard() != null
                || instruction.operands().size() != 2
                || instruction.type() == PtxType.PRED
                || !(instruction.operands().get(0) instanceof Operand.Register)) {
            return false;
        }
        Operand source = instruction.operands().get(1);
        return source instanceof Operand.IntegerLiteral
                || source instanceof Operand.FloatLiteral
                || source instanceof Operand.Symbol;
    }

    /** The constant as the bits it has in the register, whatever type it is read as. */
    private static Operand asBits(Operand source, PtxType type) {
        if (source instanceof Operand.FloatLiteral literal) {
            if (type == PtxType.F32 && !literal.single()) {
                return new Operand.FloatLiteral(Float.floatToRawIntBits((float) literal.value()) & 0xFFFF_FFFFL, true);
            }
            if (type == PtxType.F64 && literal.single()) {
                return new Operand.FloatLiteral(Double.doubleToRawLongBits(literal.value()), false);
            }
        }
        if (source instanceof Operand.IntegerLiteral literal && type.bits() == 32) {
            return new Operand.IntegerLiteral((int) literal.value());
        }
        return source;
    }

    private PtxInstruction replace(PtxInstruction instruction) {
        List<Operand> sources = Effects.sources(instruction);
        int results = instruction.operands().size() - sources.size();
        List<Operand> replaced = new ArrayList<>(instruction.operands().subList(0, results));
        boolean changed = false;
        for (Operand source : sources) {
            Operand now = replace(source);
            changed |= now != source;
            replaced.add(now);
        }
        return changed ? instruction.withOperands(replaced) : instruction;
    }

    private Operand replace(Operand operand) {
        if (operand instanceof Operand.Register register) {
            return constants.getOrDefault(register.register(), operand);
        }
        if (operand instanceof Operand.Vector vector) {
            return new Operand.Vector(
                    vector.elements().stream().map(this::replace).toList());
        }
        if (operand instanceof Operand.Texel texel) {
            return new Operand.Texel(
                    replace(texel.handle()),
                    texel.coordinates().stream().map(this::replace).toList());
        }
        if (operand instanceof Operand.Address address
                && address.base() instanceof Operand.Register register
                && constants.containsKey(register.register())) {
            Operand base = constants.get(register.register());
            return base instanceof Operand.Symbol symbol
                    ? new Operand.Address(new Operand.Symbol(symbol.name(), 0), symbol.offset() + address.offset())
                    : new Operand.Address(base, address.offset());
        }
        return operand;
    }
}
