package tandem.tools.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the text and tables of a {@link Report} as Markdown; charts and images are only in the HTML form, captions of
 * images in both.
 */
public final class MarkdownReport {

    private MarkdownReport() {}

    /** Writes the file. */
    public static void write(Path file, Report report) throws IOException {
        Files.writeString(file, render(report));
    }

    /** The report as text. */
    static String render(Report report) {
        StringBuilder text = new StringBuilder("# " + report.title() + "\n\n" + report.summary() + "\n");
        for (Report.Headline headline : report.headlines()) {
            text.append("\n- ")
                    .append(headline.name())
                    .append(": **")
                    .append(headline.value())
                    .append("** (")
                    .append(headline.note())
                    .append(')');
        }
        if (!report.headlines().isEmpty()) {
            text.append('\n');
        }
        for (Section section : report.sections()) {
            if (section instanceof Section.Table table) {
                heading(text, table);
                row(text, table.columns());
                text.append("| ---")
                        .append(" | --:".repeat(table.columns().size() - 1))
                        .append(" |\n");
                table.rows().forEach(cells -> row(text, cells));
                note(text, table.note());
            } else if (section instanceof Section.Notes notes) {
                heading(text, notes);
                notes.lines().forEach(line -> text.append("- ").append(line).append('\n'));
            } else if (section instanceof Section.Settings settings) {
                heading(text, settings);
                row(text, List.of("name", "value", "from"));
                text.append("| --- | --- | --- |\n");
                settings.rows().forEach(one -> row(text, List.of(one.name(), one.value(), one.origin())));
                note(text, settings.note());
            } else if (section instanceof Section.Gallery gallery) {
                heading(text, gallery);
                gallery.strips()
                        .forEach(strip ->
                                text.append("- ").append(strip.caption()).append('\n'));
                note(text, gallery.note());
            } else if (section instanceof Section.Text paragraphs) {
                heading(text, paragraphs);
                paragraphs
                        .paragraphs()
                        .forEach(one -> text.append("- **")
                                .append(one.subject())
                                .append(".** ")
                                .append(one.text())
                                .append('\n'));
            } else if (section instanceof Section.Facts facts) {
                heading(text, facts);
                facts.facts()
                        .forEach((name, value) -> text.append("- ")
                                .append(name)
                                .append(": ")
                                .append(value)
                                .append('\n'));
            }
        }
        return text.toString();
    }

    private static void note(StringBuilder text, String note) {
        if (!note.isEmpty()) {
            text.append('\n').append(note).append('\n');
        }
    }

    private static void heading(StringBuilder text, Section section) {
        text.append("\n## ").append(section.title()).append("\n\n");
    }

    private static void row(StringBuilder text, List<String> cells) {
        cells.forEach(cell -> text.append("| ").append(cell.replace("|", "\\|")).append(' '));
        text.append("|\n");
    }
}
