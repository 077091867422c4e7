package tandem.kernels.text;

/** Shortens text from files for messages, which stay readable whatever a damaged file contains. */
public final class Excerpt {

    private static final int HEAD = 2_400;
    private static final int TAIL = 600;
    private static final int MARK = 60;

    private Excerpt() {}

    /** The text itself, or, if it has more than 3,060 characters, its start and its end. */
    public static String of(String text) {
        if (text == null || text.length() <= HEAD + TAIL + MARK) {
            return text;
        }
        return text.substring(0, HEAD) + " ... (" + (text.length() - HEAD - TAIL) + " characters left out) ... "
                + text.substring(text.length() - TAIL);
    }
}
