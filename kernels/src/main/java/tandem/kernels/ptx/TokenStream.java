package tandem.kernels.ptx;

import java.util.List;

/** The tokens of a file and how far they are read. */
final class TokenStream {

    private final String file;
    private final String text;
    private final List<Token> tokens;
    private int position;

    TokenStream(String file, String text) {
        this.file = file;
        this.text = text;
        this.tokens = Lexer.tokens(file, text);
    }

    String file() {
        return file;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(position + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(position);
        if (token.kind() != Token.Kind.END) {
            position++;
        }
        return token;
    }

    /**
     * Goes behind the next body in braces or, if a semicolon comes first, behind that; false at the end of the file.
     */
    boolean skipDeclaration() {
        int depth = 0;
        while (peek().kind() != Token.Kind.END) {
            Token token = next();
            if (token.is("{")) {
                depth++;
            } else if (token.is("}") && --depth <= 0 || token.is(";") && depth == 0) {
                return true;
            }
        }
        return false;
    }

    /** How many tokens are read. */
    int position() {
        return position;
    }

    /** Goes back to a position. */
    void reset(int to) {
        position = to;
    }

    /** Takes the next token when it is {@code text}. */
    boolean take(String expected) {
        if (peek().is(expected)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(String expected) {
        Token token = peek();
        if (!token.is(expected)) {
            throw error(token, "expected '" + expected + "' but found '" + token.text() + "'");
        }
        return next();
    }

    Token word(String what) {
        Token token = peek();
        if (token.kind() != Token.Kind.WORD) {
            throw error(token, "expected " + what + " but found '" + token.text() + "'");
        }
        return next();
    }

    /**
     * An integer constant with an optional sign or complement; hexadecimal, octal, binary or decimal, optionally with
     * U.
     */
    long integer() {
        boolean negative = false;
        long sum = 0;
        while (true) {
            boolean complement = take("~");
            if (complement) {
                sum += negative ? 1 : -1;
            }
            if (complement || take("-")) {
                negative = !negative;
            } else if (!take("+")) {
                return negative ? sum - magnitude() : sum + magnitude();
            }
        }
    }

    private long magnitude() {
        Token token = next();
        if (token.is("WARP_SZ")) {
            return 32;
        }
        String digits = token.text();
        if (digits.endsWith("U")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        try {
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                return Long.parseUnsignedLong(digits.substring(2), 16);
            }
            if (digits.startsWith("0b") || digits.startsWith("0B")) {
                return Long.parseUnsignedLong(digits.substring(2), 2);
            }
            if (digits.length() > 1 && digits.startsWith("0")) {
                return Long.parseUnsignedLong(digits.substring(1), 8);
            }
            return Long.parseUnsignedLong(digits, 10);
        } catch (NumberFormatException e) {
            throw error(token, "expected an integer but found '" + token.text() + "'");
        }
    }

    /** The source from one token to another, white space collapsed. */
    String source(Token first, Token last) {
        return text.substring(first.start(), last.end()).replaceAll("\\s+", " ");
    }

    PtxException error(Token token, String message) {
        return new PtxException(file, token.line(), message);
    }
}
