package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tandem.kernels.text.Excerpt;

/**
 * Handling of bad files: stop at the first, or leave them out and record each. Harmless irregularities are counted in
 * both cases. Thread-safe.
 */
public final class BadFiles {

    private final boolean skip;
    private final boolean decode;
    private static final int EXAMPLES = 3;

    private final List<DataException> skipped = new ArrayList<>();
    private final Map<String, Notice> notices = new TreeMap<>();
    /** Paths of unused files by reason. */
    private final Map<String, Set<String>> unused = new TreeMap<>();

    private final Set<Path> reported = new HashSet<>();

    /** The number of irregularities of one kind, and the first places in alphabetical order, independent of threads. */
    private static final class Notice {
        private int count;
        private boolean more;
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

    /** Leaves bad files out and records them. */
    public static BadFiles skip() {
        return new BadFiles(true, true);
    }

    /**
     * Leaves bad files out and records them, without decoding images to find damage: the caller decodes them itself.
     */
    public static BadFiles skipUndecoded() {
        return new BadFiles(true, false);
    }

    /** Whether this is the first call with this file, so that a file that is read once is reported once. */
    synchronized boolean first(Path file) {
        return reported.add(file);
    }

    /** Whether images are decoded while data is read. */
    boolean decodes() {
        return decode;
    }

    /**
     * Records the bad files found in one pass, in a deterministic order.
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
     * Counts an irregularity that was corrected.
     *
     * @param what description in the plural, such as {@code boxes extend over the border and were clipped}
     * @param where the place within the file, such as {@code annotation 7}
     */
    synchronized void notice(Path file, String what, String where) {
        Notice notice = notices.computeIfAbsent(file + ": %d " + what, key -> new Notice());
        notice.count++;
        notice.examples.add(where);
        if (notice.examples.size() > EXAMPLES) {
            notice.examples.pollLast();
            notice.more = true;
        }
    }

    /**
     * Records files of a data set that are not used; a file that was recorded before counts once.
     *
     * @param root folder of the data set
     * @param reason description in the plural, such as {@code annotation files have no image}
     * @param files their paths below the folder
     */
    synchronized void unused(Path root, String reason, Collection<String> files) {
        if (!files.isEmpty()) {
            unused.computeIfAbsent(root + ": %d " + reason, key -> new TreeSet<>())
                    .addAll(files);
        }
    }

    /** Paths of the unused files by reason, such as {@code annotation files have no image}. */
    public synchronized Map<String, List<String>> unusedFiles() {
        Map<String, List<String>> files = new TreeMap<>();
        unused.forEach((text, paths) -> files.computeIfAbsent(
                        text.substring(text.lastIndexOf(": %d ") + ": %d ".length()), key -> new ArrayList<>())
                .addAll(paths));
        return files;
    }

    /** One line for each kind of irregularity: the file, the number, the correction, and the first places. */
    public synchronized List<String> corrections() {
        List<String> lines = new ArrayList<>();
        notices.forEach((text, notice) -> lines.add(line(text, notice.count, notice.examples, notice.more)));
        return lines;
    }

    /** {@link #corrections} and one line for each reason for which files are not used. */
    public synchronized List<String> notices() {
        List<String> lines = new ArrayList<>(corrections());
        unused.forEach((text, files) -> lines.add(
                line(text, files.size(), files.stream().limit(EXAMPLES).toList(), files.size() > EXAMPLES)));
        return lines;
    }

    private static String line(String text, int count, Collection<String> examples, boolean more) {
        return text.replace(": %d ", ": " + count + " ") + " (" + Excerpt.of(String.join(", ", examples))
                + (more ? ", ..." : "") + ")";
    }
}
