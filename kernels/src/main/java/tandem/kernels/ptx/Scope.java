package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The registers, variables and labels that a pair of braces declares, and those around it. */
final class Scope {

    /** A declaration {@code %r<count>} (names %r0 ... %r(count-1)), or one plain name when count is negative. */
    private record Declaration(String prefix, int count, PtxType type) {

        boolean covers(String name) {
            if (count < 0) {
                return name.equals(prefix);
            }
            if (!name.startsWith(prefix) || name.length() == prefix.length() || name.length() > prefix.length() + 9) {
                return false;
            }
            String digits = name.substring(prefix.length());
            return digits.chars().allMatch(Character::isDigit)
                    && (digits.length() == 1 || digits.charAt(0) != '0')
                    && Integer.parseInt(digits) < count;
        }
    }

    private final Scope outer;
    private final int number;
    private final int depth;
    private final List<Declaration> declarations = new ArrayList<>();
    private final Map<String, PtxRegister> registers = new HashMap<>();
    private final Map<String, String> labels = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    Scope(Scope outer, int number) {
        this.outer = outer;
        this.number = number;
        this.depth = outer == null ? 0 : outer.depth + 1;
    }

    /** Number of scopes around this one. */
    int depth() {
        return depth;
    }

    Scope outer() {
        return outer;
    }

    void declare(String prefix, int count, PtxType type) {
        declarations.add(new Declaration(prefix, count, type));
    }

    /** The register called so in this scope or one around it, or null; {@code all} receives those mentioned first. */
    PtxRegister register(String name, List<PtxRegister> all) {
        PtxRegister register = registers.get(name);
        if (register != null) {
            return register;
        }
        for (Declaration declaration : declarations) {
            if (declaration.covers(name)) {
                PtxRegister declared = new PtxRegister(name, declaration.type(), all.size());
                all.add(declared);
                registers.put(name, declared);
                return declared;
            }
        }
        return outer == null ? null : outer.register(name, all);
    }

    /** Declares a variable and returns the name that is unique in the body. */
    String declareVariable(String name) {
        String unique = outer == null ? name : name + "#" + number;
        variables.put(name, unique);
        return unique;
    }

    /** The unique name of the variable called so in this scope or one around it; the name itself when none is. */
    String variable(String name) {
        String unique = variables.get(name);
        return unique != null ? unique : outer == null ? name : outer.variable(name);
    }

    /**
     * Declares a label and returns the name that is unique in the body, or null when the scope has one of that name.
     */
    String declareLabel(String name) {
        String unique = outer == null ? name : name + "#" + number;
        return labels.putIfAbsent(name, unique) == null ? unique : null;
    }

    /** The unique name of the label called so in this scope or one around it, or null. */
    String label(String name) {
        String unique = labels.get(name);
        return unique != null || outer == null ? unique : outer.label(name);
    }
}
