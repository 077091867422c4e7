package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.List;

/** Reads declarations of variables and parameters. */
final class VariableParser {

    private final TokenStream tokens;
    private final OperandParser literals;

    VariableParser(TokenStream tokens) {
        this.tokens = tokens;
        this.literals = new OperandParser(tokens, new ArrayList<>());
    }

    /** Largest variable that is supported. */
    private static final long MAX_BYTES = 1 << 26;

    private static final long MAX_ALIGNMENT = 1 << 16;
    private static final int MAX_DIMENSIONS = 16;

    /** The attributes between the state space and the name. */
    private record Head(PtxType type, int alignment, int lanes) {}

    /** Reads from behind the state space to the semicolon; one declaration may name several variables. */
    List<PtxVariable> variables(String space) {
        Head head = head();
        List<PtxVariable> variables = new ArrayList<>();
        do {
            Token name = tokens.word("the name of a variable");
            long count = (long) head.lanes() * arraySize();
            List<Operand> initial = new ArrayList<>();
            if (tokens.take("=")) {
                initializer(initial, 0);
            }
            if (count < 0) {
                count = initial.size();
            }
            if (initial.size() > count) {
                throw tokens.error(
                        name, name.text() + " has " + count + " elements but " + initial.size() + " initial values");
            }
            if (count * head.type().bytes() > MAX_BYTES) {
                throw tokens.error(
                        name,
                        name.text() + " has " + count * head.type().bytes() + " bytes; at most " + MAX_BYTES
                                + " are supported");
            }
            variables.add(new PtxVariable(
                    name.line(),
                    space,
                    name.text(),
                    head.type(),
                    head.alignment(),
                    count * head.type().bytes(),
                    List.copyOf(initial)));
        } while (tokens.take(","));
        tokens.expect(";");
        return variables;
    }

    /** Reads a parameter list in parentheses. */
    List<PtxParameter> parameters() {
        List<PtxParameter> parameters = new ArrayList<>();
        long end = 0;
        tokens.expect("(");
        while (!tokens.take(")")) {
            if (!parameters.isEmpty()) {
                tokens.expect(",");
            }
            Token space = tokens.expect(".param");
            Head head = head();
            String name = tokens.word("the name of a parameter").text();
            long bytes = arraySize() * head.type().bytes();
            if (bytes <= 0) {
                throw tokens.error(space, "parameter " + name + " has no size");
            }
            long offset = (end + head.alignment() - 1) / head.alignment() * head.alignment();
            end = offset + bytes;
            if (end > 32764) {
                throw tokens.error(space, "the parameters take more than the 32764 bytes that PTX allows");
            }
            parameters.add(new PtxParameter(name, head.type(), (int) offset, (int) bytes, head.alignment()));
        }
        return parameters;
    }

    private Head head() {
        PtxType type = null;
        int alignment = 0;
        int lanes = 1;
        while (tokens.peek().text().startsWith(".")) {
            Token word = tokens.next();
            switch (word.text()) {
                case ".align" -> {
                    long bytes = tokens.integer();
                    if (bytes < 1 || bytes > MAX_ALIGNMENT || Long.bitCount(bytes) != 1) {
                        throw tokens.error(
                                word, "alignment " + bytes + " is not a power of two up to " + MAX_ALIGNMENT);
                    }
                    alignment = (int) bytes;
                }
                case ".ptr", ".global", ".const", ".shared", ".local", ".attribute" -> {
                    if (tokens.peek().is("(")) {
                        while (!tokens.next().is(")")) {
                            if (tokens.peek().kind() == Token.Kind.END) {
                                throw tokens.error(word, "an attribute is not closed");
                            }
                        }
                    }
                }
                case ".v2" -> lanes = 2;
                case ".v4" -> lanes = 4;
                default -> {
                    // .ptr .align N follows the type and states the alignment of what is pointed at, not of the
                    // parameter.
                    type = PtxType.find(word.text().substring(1));
                    if (type == null || type == PtxType.PRED) {
                        throw tokens.error(word, "'" + word.text() + "' is not the type of a variable");
                    }
                    if (tokens.take(".ptr")) {
                        skipPointee();
                    }
                }
            }
        }
        if (type == null) {
            throw tokens.error(
                    tokens.peek(),
                    "expected the type of a variable but found '"
                            + tokens.peek().text() + "'");
        }
        return new Head(type, alignment == 0 ? type.bytes() * lanes : alignment, lanes);
    }

    private void skipPointee() {
        while (tokens.peek().text().startsWith(".")) {
            if (tokens.next().is(".align")) {
                tokens.integer();
            }
        }
    }

    /** Elements that the brackets behind a name give: 1 without brackets, negative when a bracket pair is empty. */
    private long arraySize() {
        long count = 1;
        while (tokens.take("[")) {
            if (tokens.take("]")) {
                count = -count;
            } else {
                Token at = tokens.peek();
                long size = tokens.integer();
                if (size < 0 || size > Integer.MAX_VALUE) {
                    throw tokens.error(at, "array of " + size + " elements");
                }
                // Signed: an array without a first size has a negative count.
                if (size > 0 && Math.abs(count) > MAX_BYTES / size) {
                    throw tokens.error(at, "an array of more than " + MAX_BYTES + " elements");
                }
                count *= size;
                tokens.expect("]");
            }
        }
        return count;
    }

    private void initializer(List<Operand> elements, int depth) {
        Token first = tokens.peek();
        if (depth > MAX_DIMENSIONS) {
            throw tokens.error(first, "an initializer is nested more than " + MAX_DIMENSIONS + " deep");
        }
        if (tokens.take("{")) {
            do {
                initializer(elements, depth + 1);
            } while (tokens.take(","));
            tokens.expect("}");
        } else if (tokens.peek().kind() == Token.Kind.WORD && !tokens.peek().is("WARP_SZ")) {
            Token name = tokens.next();
            if (name.is("generic") && tokens.take("(")) {
                name = tokens.word("the name of a variable");
                tokens.expect(")");
            }
            elements.add(new Operand.Symbol(name.text(), tokens.peek().is("+") ? tokens.integer() : 0));
        } else {
            elements.add(literals.literal());
        }
    }
}
