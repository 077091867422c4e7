package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the operands of one body's instructions. */
final class OperandParser {

    private final TokenStream tokens;
    private final List<PtxRegister> registers;

    /** @param registers receives the registers in the order of first mention */
    OperandParser(TokenStream tokens, List<PtxRegister> registers) {
        this.tokens = tokens;
        this.registers = registers;
    }

    /** Vectors within arguments, negated, in brackets: what PTX nests is far below this. */
    private static final int MAX_DEPTH = 16;

    private int depth;

    Operand operand(Scope scope) {
        Operand first = simple(scope);
        if (tokens.take("|")) {
            return new Operand.Pair(first, simple(scope));
        }
        return first;
    }

    private Operand simple(Scope scope) {
        if (depth == MAX_DEPTH) {
            throw tokens.error(tokens.peek(), "an operand is nested more than " + MAX_DEPTH + " deep");
        }
        depth++;
        Operand operand = nested(scope);
        depth--;
        return operand;
    }

    private Operand nested(Scope scope) {
        Token token = tokens.peek();
        if (tokens.take("!")) {
            return new Operand.Negated(simple(scope));
        }
        if (tokens.take("[")) {
            Operand base = simple(scope);
            long offset = offset();
            if (tokens.take(",")) {
                return texel(base, scope);
            }
            tokens.expect("]");
            if (base instanceof Operand.Symbol symbol) {
                return new Operand.Address(new Operand.Symbol(symbol.name(), 0), symbol.offset() + offset);
            }
            return new Operand.Address(base, offset);
        }
        if (tokens.take("{")) {
            return new Operand.Vector(list(scope, "}"));
        }
        if (tokens.take("(")) {
            return new Operand.Arguments(list(scope, ")"));
        }
        if (token.kind() == Token.Kind.NUMBER
                || token.is("-")
                || token.is("+")
                || token.is("~")
                || token.is("WARP_SZ")) {
            return literal();
        }
        return named(tokens.word("an operand"), scope);
    }

    private Operand texel(Operand handle, Scope scope) {
        Operand coordinates = simple(scope);
        tokens.expect("]");
        return new Operand.Texel(
                handle, coordinates instanceof Operand.Vector vector ? vector.elements() : List.of(coordinates));
    }

    private List<Operand> list(Scope scope, String end) {
        List<Operand> elements = new ArrayList<>();
        while (!tokens.take(end)) {
            if (!elements.isEmpty()) {
                tokens.expect(",");
            }
            elements.add(operand(scope));
        }
        return List.copyOf(elements);
    }

    private Operand named(Token word, Scope scope) {
        String name = word.text();
        if (name.equals("_")) {
            return new Operand.Sink();
        }
        PtxRegister register = scope.register(name, registers);
        if (register != null) {
            return new Operand.Register(register);
        }
        if (name.startsWith("%")) {
            if (name.indexOf('.') >= 0
                    || SPECIAL.contains(name)
                    || NUMBERED.matcher(name).matches()) {
                return new Operand.Special(name);
            }
            throw tokens.error(word, "register " + name + " is not declared");
        }
        return new Operand.Symbol(scope.variable(name), offset());
    }

    private static final Pattern NUMBERED = Pattern.compile("%(envreg|pm|reserved_smem_offset_)\\w+");

    private static final List<String> SPECIAL = List.of(
            "%laneid",
            "%warpid",
            "%nwarpid",
            "%smid",
            "%nsmid",
            "%gridid",
            "%lanemask_eq",
            "%lanemask_le",
            "%lanemask_lt",
            "%lanemask_ge",
            "%lanemask_gt",
            "%clock",
            "%clock_hi",
            "%clock64",
            "%globaltimer",
            "%globaltimer_lo",
            "%globaltimer_hi",
            "%dynamic_smem_size",
            "%total_smem_size");

    private long offset() {
        long offset = 0;
        while (tokens.peek().is("+") || tokens.peek().is("-")) {
            offset += tokens.integer();
        }
        return offset;
    }

    /** A number as an instruction or an initializer writes it. */
    Operand literal() {
        if (tokens.peek().is("-") && isFloat(tokens.peek(1))) {
            tokens.next();
            Operand.FloatLiteral literal = floating();
            return literal.single()
                    ? new Operand.FloatLiteral(literal.bits() ^ 0x8000_0000L, true)
                    : new Operand.FloatLiteral(literal.bits() ^ Long.MIN_VALUE, false);
        }
        return isFloat(tokens.peek()) ? floating() : new Operand.IntegerLiteral(tokens.integer());
    }

    private static boolean isFloat(Token token) {
        String text = token.text();
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        return token.kind() == Token.Kind.NUMBER
                && !hexadecimal
                && (text.startsWith("0f")
                        || text.startsWith("0F")
                        || text.startsWith("0d")
                        || text.startsWith("0D")
                        || text.indexOf('.') >= 0
                        || text.indexOf('e') >= 0);
    }

    private Operand.FloatLiteral floating() {
        Token token = tokens.next();
        String text = token.text();
        try {
            if (text.startsWith("0f") || text.startsWith("0F")) {
                return new Operand.FloatLiteral(Integer.parseUnsignedInt(text.substring(2), 16) & 0xFFFF_FFFFL, true);
            }
            if (text.startsWith("0d") || text.startsWith("0D")) {
                return new Operand.FloatLiteral(Long.parseUnsignedLong(text.substring(2), 16), false);
            }
            return new Operand.FloatLiteral(Double.doubleToRawLongBits(Double.parseDouble(text)), false);
        } catch (NumberFormatException e) {
            throw tokens.error(token, "'" + text + "' is not a floating-point constant");
        }
    }
}
