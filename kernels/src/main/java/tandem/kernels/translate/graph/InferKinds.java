package tandem.kernels.translate.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.forms.Kind;

/**
 * Pass {@code kinds}: decides how the JVM holds each register. Newer compilers keep floats in untyped registers: one
 * that is used more often as a float than as an integer is held as a float.
 */
public final class InferKinds {

    private InferKinds() {}

    public static Map<PtxRegister, Kind> run(List<PtxRegister> registers, List<BasicBlock> blocks) {
        Map<PtxRegister, Integer> balance = new HashMap<>();
        for (BasicBlock block : blocks) {
            for (PtxInstruction instruction : block.instructions) {
                if (instruction.types().size() == 1 && instruction.type().kind() != PtxType.Kind.BITS) {
                    int weight = instruction.type().isFloat() ? 1 : -1;
                    for (Operand operand : instruction.operands()) {
                        count(operand, instruction.type(), weight, balance);
                    }
                }
            }
        }
        Map<PtxRegister, Kind> kinds = new HashMap<>();
        for (PtxRegister register : registers) {
            Kind kind = Kind.of(register.type());
            if (balance.getOrDefault(register, 0) > 0) {
                kind = register.type() == PtxType.B32
                        ? Kind.FLOAT
                        : register.type() == PtxType.B64 ? Kind.DOUBLE : kind;
            }
            kinds.put(register, kind);
        }
        return kinds;
    }

    private static void count(Operand operand, PtxType type, int weight, Map<PtxRegister, Integer> balance) {
        if (operand instanceof Operand.Vector vector) {
            vector.elements().forEach(element -> count(element, type, weight, balance));
        } else if (operand instanceof Operand.Register register
                && register.register().type().bits() == type.bits()) {
            balance.merge(register.register(), weight, Integer::sum);
        }
    }
}
