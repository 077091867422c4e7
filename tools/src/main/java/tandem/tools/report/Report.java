package tandem.tools.report;

import java.util.List;

/**
 * What a page says, in plain text: the writer escapes everything.
 *
 * @param title of the page
 * @param summary one sentence under it: what was run, on what
 * @param headlines the few figures to be seen first
 * @param sections the rest, in order
 */
public record Report(String title, String summary, List<Headline> headlines, List<Section> sections) {

    /** Fixes the lists. */
    public Report {
        headlines = List.copyOf(headlines);
        sections = List.copyOf(sections);
    }

    /**
     * A figure to be seen first.
     *
     * @param name such as {@code AP50}
     * @param value as it is to be shown
     * @param note a few words on what it means
     */
    public record Headline(String name, String value, String note) {}
}
