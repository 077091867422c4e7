package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to do about bad files: stop at the first, or leave them out and remember each. Small oddities that do no harm
 * are counted either way. Thread-safe.
 */
public final class BadFiles {

    private final boolean skip;
    private final boolean decode;
    private static final int EXAMPLES = 3;

    private final List<DataException> skipped = new ArrayList<>();
    private final Map<String, Notice> notices = new TreeMap<>();

    /**
     * How often something was noticed, and the first few places in alphabetical order, so that threads do not matter.
     */
    private static final class Notice {
        private int count;
        private final TreeSet<String> examples = new TreeSet<>();
    }

    private BadFiles(boolean skip, boolean decode) {
        this.skip = skip;
        this.decode = decode;
    }

    /** Stops at the first bad file. */
    public static BadFiles stop() {
        return new BadFiles(false, false);
    }

    /** Leaves bad files out and remembers them. */
    public static BadFiles skip() {
        return new BadFiles(true, true);
    }

    /**
     * Leaves bad files out and remembers them, without decoding pictures to find damage: the caller decodes them all
     * itself.
     */
    public static BadFiles skipUndecoded() {
        return new BadFiles(true, false);
    }

    /** Whether pictures are decoded while data is read. */
    boolean decodes() {
        return decode;
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
    public synchronized void found(List<DataException> bad) {
        if (!skip && !bad.isEmpty()) {
            throw bad.get(0);
        }
        skipped.addAll(bad);
    }

    /** One line for each file left out, to print at the end. */
    public synchronized List<String> lines() {
        return skipped.stream().map(DataException::getMessage).distinct().toList();
    }

    /**
     * Counts an oddity that was put right.
     *
     * @param what what was done, in the plural, such as {@code boxes reach over the border and were cut there}
     * @param where the place within the file, such as {@code annotation 7}
     */
    synchronized void notice(Path file, String what, String where) {
        Notice notice = notices.computeIfAbsent(file + ": %d " + what, key -> new Notice());
        notice.count++;
        notice.examples.add(where);
        if (notice.examples.size() > EXAMPLES) {
            notice.examples.pollLast();
        }
    }

    /** One line for each kind of oddity: the file, how many, what was done, and the first places. */
    public synchronized List<String> notices() {
        List<String> lines = new ArrayList<>();
        notices.forEach((text, notice) -> lines.add(text.replace(": %d ", ": " + notice.count + " ") + " ("
                + String.join(", ", notice.examples) + (notice.count > notice.examples.size() ? ", ..." : "") + ")"));
        return lines;
    }
}
