package tandem.tools.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The C++ name of a function from its mangled name (Itanium C++ ABI), with template arguments and without parameters.
 * Names with parts that are not understood stay as they are.
 */
final class CppName {

    private static final Map<Character, String> BUILTIN = Map.ofEntries(
            Map.entry('v', "void"),
            Map.entry('b', "bool"),
            Map.entry('c', "char"),
            Map.entry('a', "signed char"),
            Map.entry('h', "unsigned char"),
            Map.entry('s', "short"),
            Map.entry('t', "unsigned short"),
            Map.entry('i', "int"),
            Map.entry('j', "unsigned int"),
            Map.entry('l', "long"),
            Map.entry('m', "unsigned long"),
            Map.entry('x', "long long"),
            Map.entry('y', "unsigned long long"),
            Map.entry('f', "float"),
            Map.entry('d', "double"));

    private static final class NotUnderstood extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotUnderstood() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int at;

    private CppName(String text) {
        this.text = text;
    }

    /** {@code saxpy<float, 4>} for {@code _Z5saxpyIfLi4EEvPfi}. */
    static String of(String mangled) {
        if (!mangled.startsWith("_Z")) {
            return mangled;
        }
        try {
            return new CppName(mangled.substring(2)).name();
        } catch (NotUnderstood e) {
            return mangled;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw new NotUnderstood();
        }
        return text.charAt(at);
    }

    private boolean take(String part) {
        boolean found = text.startsWith(part, at);
        at += found ? part.length() : 0;
        return found;
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        if (take("N")) {
            while (!take("E")) {
                if (peek() == 'I') {
                    name.append(templateArguments());
                } else {
                    name.append(name.length() == 0 ? "" : "::").append(word());
                }
            }
            return name.toString();
        }
        take("L");
        name.append(word());
        return at < text.length() && peek() == 'I'
                ? name.append(templateArguments()).toString()
                : name.toString();
    }

    private String word() {
        if (take("_GLOBAL__N_")) {
            return "(anonymous namespace)";
        }
        int length = 0;
        while (Character.isDigit(peek()) && length < 100_000) {
            length = 10 * length + peek() - '0';
            at++;
        }
        if (length == 0 || at + length > text.length()) {
            throw new NotUnderstood();
        }
        String word = text.substring(at, at + length);
        at += length;
        return word.startsWith("_GLOBAL__N_") ? "(anonymous namespace)" : word;
    }

    private String templateArguments() {
        List<String> arguments = new ArrayList<>();
        take("I");
        while (!take("E")) {
            arguments.add(argument());
        }
        return "<" + String.join(", ", arguments) + ">";
    }

    private String argument() {
        if (take("L")) {
            char type = peek();
            at++;
            int end = text.indexOf('E', at);
            if (end < 0 || !BUILTIN.containsKey(type)) {
                throw new NotUnderstood();
            }
            String value = text.substring(at, end).replace('n', '-');
            at = end + 1;
            return type == 'b' ? (value.equals("1") ? "true" : "false") : value;
        }
        if (take("P")) {
            return argument() + "*";
        }
        if (take("K")) {
            return "const " + argument();
        }
        String builtin = BUILTIN.get(peek());
        if (builtin != null) {
            at++;
            return builtin;
        }
        if (Character.isDigit(peek()) || peek() == 'N') {
            return name();
        }
        throw new NotUnderstood();
    }
}
