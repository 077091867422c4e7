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
        html.append("<style>\n").append(HtmlStyle.TEXT).append("</style>\n</head>\n<body>\n<main>\n");
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
            figures.figures().forEach(one -> figure(one, one.caption()));
        } else if (section instanceof Section.Settings settings) {
            html.append("<div class=\"scroll\"><table class=\"facts\">\n<thead>\n");
            row("th", List.of("name", "value", "from"));
            html.append("</thead>\n<tbody>\n");
            settings.rows().forEach(one -> row("td", List.of(one.name(), one.value(), one.origin())));
            html.append("</tbody>\n</table></div>\n");
            note(settings.note());
        } else if (section instanceof Section.Gallery gallery) {
            note(gallery.note());
            legend(gallery.legend());
            gallery.strips().forEach(this::strip);
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

    /** Colors as SVG elements: browsers print those, and no background colors. */
    private void legend(List<Section.LegendEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        html.append("<p class=\"legend\">");
        for (Section.LegendEntry entry : entries) {
            html.append("<span><svg width=\"12\" height=\"12\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">")
                    .append("<rect width=\"12\" height=\"12\" fill=\"")
                    .append(Html.escape(entry.color()))
                    .append("\"/></svg> ")
                    .append(Html.escape(entry.name()))
                    .append("</span>\n");
        }
        html.append("</p>\n");
    }

    private void strip(Section.Strip strip) {
        html.append(strip.figures().size() > 3 ? "<div class=\"strip many\">\n" : "<div class=\"strip\">\n");
        element("p", "caption", strip.caption());
        html.append("<div class=\"row\">\n");
        strip.figures().forEach(one -> figure(one, strip.caption() + ": " + one.caption()));
        html.append("</div>\n</div>\n");
    }

    private void figure(Section.Figure figure, String alternative) {
        html.append("<figure><img alt=\"")
                .append(Html.escape(alternative))
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
