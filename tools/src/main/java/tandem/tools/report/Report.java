package tandem.tools.report;

import java.util.List;

/**
 * The contents of a report, as plain text: the writer escapes it.
 *
 * @param title the title
 * @param summary one sentence under the title: what was run, on which data
 * @param headlines the most important figures, shown first
 * @param sections the sections, in order
 */
public record Report(String title, String summary, List<Headline> headlines, List<Section> sections) {

    /** Copies the lists. */
    public Report {
        headlines = List.copyOf(headlines);
        sections = List.copyOf(sections);
    }

    /**
     * An important figure.
     *
     * @param name such as {@code AP50}
     * @param value as it is shown
     * @param note a short explanation
     */
    public record Headline(String name, String value, String note) {}
}
