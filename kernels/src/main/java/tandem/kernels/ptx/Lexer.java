package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens, without comments. */
final class Lexer {

    private final String file;
    private final String text;
    private int position;
    private int line = 1;

    private Lexer(String file, String text) {
        this.file = file;
        this.text = text;
    }

    static List<Token> tokens(String file, String text) {
        Lexer lexer = new Lexer(file, text);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
        } while (token.kind() != Token.Kind.END);
        return tokens;
    }

    private Token next() {
        skipBlanks();
        int start = position;
        if (start >= text.length()) {
            return new Token(Token.Kind.END, "end of file", line, start, start);
        }
        char first = text.charAt(start);
        if (isWordStart(first)) {
            endOfWord();
            return token(Token.Kind.WORD, start);
        }
        if (Character.isDigit(first)) {
            endOfNumber();
            return token(Token.Kind.NUMBER, start);
        }
        if (first == '"') {
            position = text.indexOf('"', start + 1) + 1;
            if (position == 0) {
                throw new PtxException(file, line, "a string is not closed");
            }
            return token(Token.Kind.STRING, start);
        }
        if ("{}()[]<>,;:@!|+-=*~/&^?".indexOf(first) < 0) {
            throw new PtxException(file, line, "unexpected character '" + first + "'");
        }
        position++;
        return token(Token.Kind.PUNCTUATION, start);
    }

    private Token token(Token.Kind kind, int start) {
        return new Token(kind, text.substring(start, position), line, start, position);
    }

    private void skipBlanks() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '\n') {
                line++;
                position++;
            } else if (Character.isWhitespace(c)) {
                position++;
            } else if (text.startsWith("//", position)) {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", position)) {
                int end = text.indexOf("*/", position + 2);
                if (end < 0) {
                    throw new PtxException(file, line, "a comment is not closed");
                }
                line += (int) text.substring(position, end)
                        .chars()
                        .filter(x -> x == '\n')
                        .count();
                position = end + 2;
            } else {
                return;
            }
        }
    }

    private void endOfWord() {
        position++;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (isWordPart(c)) {
                position++;
            } else if (c == '.' && position + 1 < text.length() && isWordPart(text.charAt(position + 1))) {
                position += 2;
            } else if (text.startsWith("::", position)
                    && position + 2 < text.length()
                    && isWordPart(text.charAt(position + 2))) {
                position += 3;
            } else {
                return;
            }
        }
    }

    private void endOfNumber() {
        while (position < text.length()) {
            char c = text.charAt(position);
            boolean exponentSign =
                    (c == '+' || c == '-') && "eE".indexOf(text.charAt(position - 1)) >= 0 && isDecimal(position - 1);
            if (!Character.isLetterOrDigit(c) && c != '.' && !exponentSign) {
                return;
            }
            position++;
        }
    }

    /** Whether the number that ends before {@code end} is written in decimal, so that an e in it starts an exponent. */
    private boolean isDecimal(int end) {
        int start = end;
        while (start > 0 && (Character.isLetterOrDigit(text.charAt(start - 1)) || text.charAt(start - 1) == '.')) {
            start--;
        }
        return text.substring(start, end).chars().allMatch(c -> Character.isDigit(c) || c == '.');
    }

    private static boolean isWordStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c == '%' || c == '.';
    }

    private static boolean isWordPart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$';
    }
}
