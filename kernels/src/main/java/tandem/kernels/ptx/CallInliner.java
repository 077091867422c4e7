package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces the calls of one body by the bodies of the functions called. Registers, labels and local variables of a
 * function get new names for every call; its parameters and results become the variables that the caller names.
 * Whatever was declared {@code .param} in a body is by then a local variable.
 */
final class CallInliner {

    private static final int DEEPEST = 32;

    /**
     * Statements, registers and variables that calls may add to a body. Each of 30 functions that calls the next one
     * twice would add 2^30.
     */
    private static final int MAX_ADDED = 1 << 17;

    /** Functions that the CUDA driver provides, with the number of their results and parameters. */
    private static final Map<String, Integer> SYSTEM = Map.of("__assertfail", 5, "vprintf", 3);

    private final String file;
    private final Map<String, PtxFunction> functions;
    private final Map<String, PtxException> refused;
    private final List<PtxRegister> registers;
    private final List<PtxVariable> variables;
    private final List<Statement> result = new ArrayList<>();
    private final Set<PtxVariable> shared;
    private final Set<String> expanded = new HashSet<>();
    private int calls;
    private int added;

    /**
     * @param refused functions that could not be read
     * @param registers of the body; receives those of the functions
     * @param variables of the body; receives those of the functions
     */
    CallInliner(
            String file,
            Map<String, PtxFunction> functions,
            Map<String, PtxException> refused,
            List<PtxRegister> registers,
            List<PtxVariable> variables) {
        this.file = file;
        this.functions = functions;
        this.refused = refused;
        this.registers = registers;
        this.variables = variables;
        this.shared = functions.isEmpty() ? Set.of() : new HashSet<>(variables);
    }

    List<Statement> inline(List<Statement> body) {
        body.forEach(statement -> add(statement, 0));
        return result;
    }

    private void add(Statement statement, int depth) {
        if (statement instanceof PtxInstruction call && call.opcode().equals("call")) {
            inline(call, depth);
        } else {
            result.add(statement);
        }
    }

    private PtxException error(PtxInstruction call, String message) {
        return new PtxException(file, call.line(), "'" + call.text() + "': " + message);
    }

    private void inline(PtxInstruction call, int depth) {
        List<Operand> operands = call.operands();
        boolean returns = !operands.isEmpty() && operands.get(0) instanceof Operand.Arguments;
        int target = returns ? 1 : 0;
        if (operands.size() <= target || !(operands.get(target) instanceof Operand.Symbol name)) {
            throw error(call, "only calls of functions by name are supported");
        }
        PtxFunction function = functions.get(name.name());
        if (function == null && SYSTEM.containsKey(name.name())) {
            PtxInstruction system = system(call, name.name());
            if (system.operands().size() == SYSTEM.get(name.name())) {
                result.add(system);
                return;
            }
        }
        if (refused.containsKey(name.name())) {
            throw refused.get(name.name()).with(" (function " + name.name() + ")");
        }
        if (function == null) {
            throw error(call, "the file has no body of function " + name.name());
        }
        if (depth == DEEPEST) {
            throw error(call, "calls nest more than " + DEEPEST + " deep: recursion is not supported");
        }
        added += 1
                + function.body().size()
                + function.registers().size()
                + function.variables().size();
        if (added > MAX_ADDED) {
            throw error(call, "calls add more than " + MAX_ADDED + " statements, registers and variables to one body");
        }
        Map<String, String> names = new HashMap<>();
        bind(call, returns ? operands.get(0) : new Operand.Arguments(List.of()), function.results(), names);
        bind(
                call,
                operands.size() > target + 1 ? operands.get(target + 1) : new Operand.Arguments(List.of()),
                function.parameters(),
                names);
        expand(function, call, names, depth);
    }

    /** A call of a function without a body as an instruction on the variables of the call, those of results first. */
    private static PtxInstruction system(PtxInstruction call, String name) {
        List<Operand> variables = new ArrayList<>();
        for (Operand operand : call.operands()) {
            if (operand instanceof Operand.Arguments arguments) {
                arguments.elements().forEach(element -> variables.add(new Operand.Address(element, 0)));
            }
        }
        return new PtxInstruction(
                call.line(),
                call.text(),
                call.guard(),
                call.guardNegated(),
                name,
                Set.of(),
                List.of(),
                List.copyOf(variables));
    }

    private void bind(
            PtxInstruction call, Operand arguments, List<PtxParameter> parameters, Map<String, String> names) {
        if (!(arguments instanceof Operand.Arguments list) || list.elements().size() != parameters.size()) {
            throw error(call, "the function takes " + parameters.size() + " arguments or results, not " + arguments);
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!(list.elements().get(i) instanceof Operand.Symbol variable)) {
                throw error(call, "arguments and results must be .param variables");
            }
            names.put(parameters.get(i).name(), variable.name());
        }
    }

    private void expand(PtxFunction function, PtxInstruction call, Map<String, String> names, int depth) {
        String suffix = "@" + calls++;
        Map<PtxRegister, PtxRegister> renamed = new HashMap<>();
        for (PtxRegister register : function.registers()) {
            PtxRegister copy = new PtxRegister(register.name() + suffix, register.type(), registers.size());
            registers.add(copy);
            renamed.put(register, copy);
        }
        boolean first = expanded.add(function.name());
        for (PtxVariable variable : function.variables()) {
            if (variable.space().equals("local")) {
                names.put(variable.name(), variable.name() + suffix);
                variables.add(new PtxVariable(
                        variable.line(),
                        "local",
                        variable.name() + suffix,
                        variable.type(),
                        variable.alignment(),
                        variable.bytes(),
                        variable.initial()));
            } else if (first && shared.add(variable)) {
                variables.add(variable);
            }
        }
        for (Statement statement : function.body()) {
            if (statement instanceof PtxLabel label) {
                names.put(label.name(), label.name() + suffix);
            }
        }
        String end = function.name() + suffix;
        if (call.guard() != null) {
            result.add(branch(call, call.guard(), !call.guardNegated(), end));
        }
        for (Statement statement : function.body()) {
            if (statement instanceof PtxLabel label) {
                result.add(new PtxLabel(label.line(), label.name() + suffix));
            } else {
                add(copy((PtxInstruction) statement, renamed, names, end), depth + 1);
            }
        }
        result.add(new PtxLabel(call.line(), end));
    }

    private static PtxInstruction branch(PtxInstruction at, PtxRegister guard, boolean negated, String target) {
        return new PtxInstruction(
                at.line(),
                at.text(),
                guard,
                negated,
                "bra",
                Set.of(),
                List.of(),
                List.of(new Operand.Symbol(target, 0)));
    }

    private static PtxInstruction copy(
            PtxInstruction instruction,
            Map<PtxRegister, PtxRegister> registers,
            Map<String, String> names,
            String end) {
        PtxRegister guard = instruction.guard() == null ? null : registers.get(instruction.guard());
        if (instruction.opcode().equals("ret")) {
            return branch(instruction, guard, instruction.guardNegated(), end);
        }
        return new PtxInstruction(
                instruction.line(),
                instruction.text(),
                guard,
                instruction.guardNegated(),
                instruction.opcode(),
                instruction.modifiers(),
                instruction.types(),
                instruction.operands().stream()
                        .map(operand -> copy(operand, registers, names))
                        .toList());
    }

    private static Operand copy(Operand operand, Map<PtxRegister, PtxRegister> registers, Map<String, String> names) {
        if (operand instanceof Operand.Register register) {
            return new Operand.Register(registers.get(register.register()));
        } else if (operand instanceof Operand.Symbol symbol) {
            return new Operand.Symbol(names.getOrDefault(symbol.name(), symbol.name()), symbol.offset());
        } else if (operand instanceof Operand.Address address) {
            return new Operand.Address(copy(address.base(), registers, names), address.offset());
        } else if (operand instanceof Operand.Texel texel) {
            return new Operand.Texel(
                    copy(texel.handle(), registers, names), copy(texel.coordinates(), registers, names));
        } else if (operand instanceof Operand.Vector vector) {
            return new Operand.Vector(copy(vector.elements(), registers, names));
        } else if (operand instanceof Operand.Arguments arguments) {
            return new Operand.Arguments(copy(arguments.elements(), registers, names));
        } else if (operand instanceof Operand.Pair pair) {
            return new Operand.Pair(copy(pair.first(), registers, names), copy(pair.second(), registers, names));
        } else if (operand instanceof Operand.Negated negated) {
            return new Operand.Negated(copy(negated.operand(), registers, names));
        }
        return operand;
    }

    private static List<Operand> copy(
            List<Operand> operands, Map<PtxRegister, PtxRegister> registers, Map<String, String> names) {
        return operands.stream().map(operand -> copy(operand, registers, names)).toList();
    }
}
