package tandem.kernels.translate.x86;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxVariable;

/** The variables and parameters that a kernel names. */
final class Symbols {

    private final Map<String, PtxParameter> parameters = new HashMap<>();
    private final Map<String, PtxVariable> variables = new HashMap<>();
    private final Map<String, Long> shared;
    private final ToLongFunction<String> module;

    /** @param module address of a variable of the module; 0 when it has none of that name */
    Symbols(PtxEntry entry, ToLongFunction<String> module) {
        entry.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
        entry.variables().forEach(variable -> variables.put(variable.name(), variable));
        this.shared = entry.layout("shared");
        this.module = module;
        if (entry.localBytes() > 0) {
            throw new UnsupportedForm("local memory");
        }
    }

    boolean isParameter(String name) {
        return parameters.containsKey(name);
    }

    /** Bytes from the start of the parameters. */
    long parameterOffset(Operand.Symbol symbol) {
        return parameters.get(symbol.name()).offset() + symbol.offset();
    }

    /** Whether the variable is in the block's shared memory. */
    boolean isShared(String name) {
        return shared.containsKey(name);
    }

    /** The address of a variable; of one in shared memory from the start of that. */
    long address(Operand.Symbol symbol) {
        if (shared.containsKey(symbol.name())) {
            return shared.get(symbol.name()) + symbol.offset();
        }
        long address = isParameter(symbol.name()) || variables.containsKey(symbol.name())
                ? 0
                : module.applyAsLong(symbol.name());
        if (address == 0) {
            throw new UnsupportedForm("the address of " + symbol.name());
        }
        return address + symbol.offset();
    }
}
