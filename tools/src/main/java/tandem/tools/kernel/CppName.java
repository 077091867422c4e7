package tandem.tools.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The C++ name of a function from its mangled name (Itanium C++ ABI, section 5.1), with template arguments and without
 * parameters. Names with parts that are not understood stay as they are.
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

    private static final Map<Character, String> SUFFIX = Map.of('j', "u", 'l', "l", 'm', "ul", 'x', "ll", 'y', "ull");

    private static final class NotUnderstood extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotUnderstood() {
            super(null, null, false, false);
        }
    }

    private final String text;
    /** What {@code S_}, {@code S0_}, ... stand for, in their order. */
    private final List<String> earlier = new ArrayList<>();

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
            return new CppName(mangled.substring(2)).name(false);
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

    /** A name; that of a type, and every prefix of one, may be referred to later. */
    private String name(boolean type) {
        if (take("N")) {
            return nested(type);
        }
        String name;
        if (peek() == 'S' && !text.startsWith("St", at)) {
            name = substitution();
        } else {
            take("L");
            name = take("St") ? "std::" + word() : word();
            if (type || at < text.length() && peek() == 'I') {
                earlier.add(name);
            }
        }
        if (at < text.length() && peek() == 'I') {
            name += templateArguments();
            if (type) {
                earlier.add(name);
            }
        }
        return name;
    }

    private String nested(boolean type) {
        String name = "";
        while (!take("E")) {
            if (name.isEmpty() && take("St")) {
                name = "std";
                continue;
            }
            if (name.isEmpty() && peek() == 'S') {
                name = substitution();
                continue;
            }
            name = peek() == 'I' ? name + templateArguments() : name + (name.isEmpty() ? "" : "::") + word();
            if (type || peek() != 'E') {
                earlier.add(name);
            }
        }
        return name;
    }

    /** {@code S_} is the first part that may be referred to, {@code S0_} the second, in base 36. */
    private String substitution() {
        int end = text.indexOf('_', at);
        if (!take("S") || end < 0 || !text.substring(at, end).matches("[0-9A-Z]{0,3}")) {
            throw new NotUnderstood();
        }
        int number = end == at ? 0 : 1 + Integer.parseInt(text.substring(at, end), 36);
        at = end + 1;
        if (number >= earlier.size()) {
            throw new NotUnderstood();
        }
        return earlier.get(number);
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
            return type == 'b' ? (value.equals("1") ? "true" : "false") : value + SUFFIX.getOrDefault(type, "");
        }
        if (take("P")) {
            return remembered(argument() + "*");
        }
        if (take("K")) {
            return remembered("const " + argument());
        }
        String builtin = BUILTIN.get(peek());
        if (builtin != null) {
            at++;
            return builtin;
        }
        if (Character.isDigit(peek()) || peek() == 'N' || peek() == 'S') {
            return name(true);
        }
        throw new NotUnderstood();
    }

    private String remembered(String type) {
        earlier.add(type);
        return type;
    }
}
