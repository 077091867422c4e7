package tandem.tools.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import tandem.model.figure.Chart;

/** Writes a {@link Report} as one HTML file. Its content security policy forbids scripts and external resources. */
public final class HtmlReport {

    private static final int CHART_WIDTH = 520;
    private static final int CHART_HEIGHT = 300;

    private static final String STYLE = """
            :root { color-scheme: light; }
            body { margin: 0; background: #fafafa; color: #222; font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
            main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
            h1 { font-size: 26px; margin: 0 0 4px; }
            h2 { font-size: 18px; margin: 40px 0 12px; padding-top: 12px; border-top: 1px solid #ddd; }
            p { margin: 0 0 12px; max-width: 76ch; }
            .summary, .note, .headline .note { color: #555; }
            .headlines { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
            .headline { background: #fff; border: 1px solid #ddd; border-radius: 6px; padding: 12px 16px; min-width: 130px; flex: 1 1 130px; }
            .headline .name { color: #555; }
            .headline .value { font-size: 28px; font-weight: 600; font-variant-numeric: tabular-nums; }
            .headline .note { font-size: 13px; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; background: #fff; border: 1px solid #ddd; font-variant-numeric: tabular-nums; }
            th, td { padding: 5px 14px; text-align: right; border-bottom: 1px solid #eee; }
            th { font-weight: 600; background: #f3f3f3; }
            th:first-child, td:first-child, table.facts td { text-align: left; }
            table.facts td:first-child { color: #555; white-space: nowrap; vertical-align: top; }
            table.facts td:last-child { overflow-wrap: anywhere; }
            .note { font-size: 13px; margin-top: 8px; }
            .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 12px; }
            .chart { background: #fff; border: 1px solid #ddd; padding: 8px; }
            svg, img { display: block; max-width: 100%; height: auto; }
            figure { margin: 0 0 20px; }
            figcaption { color: #555; font-size: 13px; margin-top: 4px; }
            @media print { body { background: #fff; } h2, figure, .chart { break-inside: avoid; } }
            """;

    private final StringBuilder html = new StringBuilder();

    private HtmlReport() {}

    /** Writes the report. */
    public static void write(Path file, Report report) throws IOException {
        Files.writeString(file, render(report));
    }

    /** The report as HTML text that is also well-formed XML. */
    static String render(Report report) {
        HtmlReport page = new HtmlReport();
        page.page(report);
        return page.html.toString();
    }

    private void page(Report report) {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" ")
                .append("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"/>\n");
        element("title", null, report.title());
        html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
        element("h1", null, report.title());
        element("p", "summary", report.summary());
        if (!report.headlines().isEmpty()) {
            html.append("<div class=\"headlines\">\n");
            for (Report.Headline headline : report.headlines()) {
                html.append("<div class=\"headline\">\n");
                element("div", "name", headline.name());
                element("div", "value", headline.value());
                element("div", "note", headline.note());
                html.append("</div>\n");
            }
            html.append("</div>\n");
        }
        for (Section section : report.sections()) {
            html.append("<section>\n");
            element("h2", null, section.title());
            section(section);
            html.append("</section>\n");
        }
        html.append("</main>\n</body>\n</html>\n");
    }

    private void section(Section section) {
        if (section instanceof Section.Facts facts) {
            html.append("<div class=\"scroll\"><table class=\"facts\">\n");
            facts.facts().forEach((name, value) -> row("td", List.of(name, value)));
            html.append("</table></div>\n");
        } else if (section instanceof Section.Table table) {
            html.append("<div class=\"scroll\"><table>\n<thead>\n");
            row("th", table.columns());
            html.append("</thead>\n<tbody>\n");
            table.rows().forEach(cells -> row("td", cells));
            html.append("</tbody>\n</table></div>\n");
            note(table.note());
        } else if (section instanceof Section.Charts charts) {
            html.append("<div class=\"charts\">\n");
            for (Chart chart : charts.charts()) {
                html.append("<div class=\"chart\">")
                        .append(chart.toSvg(CHART_WIDTH, CHART_HEIGHT))
                        .append("</div>\n");
            }
            html.append("</div>\n");
            note(charts.note());
        } else if (section instanceof Section.Figures figures) {
            note(figures.note());
            figures.figures().forEach(this::figure);
        } else if (section instanceof Section.Text text) {
            for (Section.Paragraph paragraph : text.paragraphs()) {
                html.append("<p><b>")
                        .append(Html.escape(paragraph.subject()))
                        .append(".</b> ")
                        .append(Html.escape(paragraph.text()))
                        .append("</p>\n");
            }
        } else if (section instanceof Section.Notes notes) {
            html.append("<ul>\n");
            notes.lines().forEach(line -> element("li", null, line));
            html.append("</ul>\n");
        }
    }

    private void figure(Section.Figure figure) {
        String caption = Html.escape(figure.caption());
        html.append("<figure><img alt=\"")
                .append(caption)
                .append("\" src=\"data:")
                .append(figure.mediaType())
                .append(";base64,")
                .append(Base64.getEncoder().encodeToString(figure.file()))
                .append("\"/>");
        element("figcaption", null, figure.caption());
        html.append("</figure>\n");
    }

    private void row(String cell, List<String> values) {
        html.append("<tr>");
        for (String value : values) {
            html.append('<')
                    .append(cell)
                    .append('>')
                    .append(Html.escape(value))
                    .append("</")
                    .append(cell)
                    .append('>');
        }
        html.append("</tr>\n");
    }

    private void note(String text) {
        if (!text.isEmpty()) {
            element("p", "note", text);
        }
    }

    private void element(String name, String styleClass, String text) {
        html.append('<')
                .append(name)
                .append(styleClass == null ? "" : " class=\"" + styleClass + '"')
                .append('>')
                .append(Html.escape(text))
                .append("</")
                .append(name)
                .append(">\n");
    }
}
