package tandem.kernels.ptx;

import tandem.kernels.text.Excerpt;

/** What is wrong with a piece of PTX, or with what it did while it ran, and on which line. */
public class PtxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;
    private final String reason;

    /** @param line 1-based line of {@code file}; 0 when the whole file is meant */
    public PtxException(String file, int line, String message) {
        super(file + (line > 0 ? ":" + line : "") + ": " + Excerpt.of(message));
        this.file = file;
        this.line = line;
        this.reason = message;
    }

    /** The same, with something added to the message. */
    PtxException with(String addition) {
        return new PtxException(file, line, reason + addition);
    }

    /** The same, with the name of the entry in the message. */
    public PtxException inEntry(String name) {
        return with(" (entry " + name + ")");
    }

    /** Name of the PTX file, as given to {@link PtxModule#parse}. */
    public String file() {
        return file;
    }

    /** Line of the PTX file, 1-based; 0 when the whole file is meant. */
    public int line() {
        return line;
    }
}
