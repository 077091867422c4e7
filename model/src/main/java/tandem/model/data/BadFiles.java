package tandem.model.data;

import java.util.ArrayList;
import java.util.List;

/** What to do about bad files: stop at the first, or leave them out and remember each. Used by one thread. */
public final class BadFiles {

    private final boolean skip;
    private final List<DataException> skipped = new ArrayList<>();

    private BadFiles(boolean skip) {
        this.skip = skip;
    }

    /** Stops at the first bad file. */
    public static BadFiles stop() {
        return new BadFiles(false);
    }

    /** Leaves bad files out and remembers them. */
    public static BadFiles skip() {
        return new BadFiles(true);
    }

    /** Whether bad files are left out. */
    public boolean skips() {
        return skip;
    }

    /**
     * Takes the bad files found in one pass, in a fixed order.
     *
     * @throws DataException the first of them, when bad files are not skipped
     */
    public void found(List<DataException> bad) {
        if (!skip && !bad.isEmpty()) {
            throw bad.get(0);
        }
        skipped.addAll(bad);
    }

    /** One line for each file left out, to print at the end. */
    public List<String> lines() {
        return skipped.stream().map(DataException::getMessage).distinct().toList();
    }
}
