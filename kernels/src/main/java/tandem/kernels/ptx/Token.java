package tandem.kernels.ptx;

/** A word (with its dots and, within modifiers, double colons), a number, a string or one punctuation character. */
record Token(Kind kind, String text, int line, int start, int end) {

    enum Kind {
        WORD,
        NUMBER,
        STRING,
        PUNCTUATION,
        END
    }

    boolean is(String expected) {
        return kind != Kind.STRING && text.equals(expected);
    }
}
