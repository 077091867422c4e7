package tandem.tools.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tandem.model.audit.Agreement;
import tandem.model.audit.AuditResult;
import tandem.model.audit.Finding;
import tandem.model.data.DataReader;
import tandem.model.figure.Chart;
import tandem.tools.report.DataReport;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;

/** {@code audit.html}: all results of an audit. */
final class AuditPage {

    /** Maximum number of files listed for one kind of finding; the JSON file lists all. */
    private static final int MAX_FILES = 2000;
    /**
     * If more than {@link #MANY} files have at most this many different details, the table lists the files of each
     * detail instead of the details of each file.
     */
    private static final int FEW = 3;

    private static final int MANY = 50;

    private AuditPage() {}

    static void write(Path file, AuditResult result, DataReader reader) throws IOException {
        HtmlReport.write(file, page(result, new AuditFigures(reader)));
    }

    static Report page(AuditResult result, AuditFigures figures) {
        List<Section> sections = new ArrayList<>();
        List<String> reasons = new ArrayList<>(result.recommendation().reasons());
        reasons.add(AuditScreen.caution(result));
        sections.add(new Section.Notes(
                "Recommended: " + result.recommendation().strategy() + ", "
                        + result.recommendation().description(),
                reasons));
        sections.add(overview(result));
        sections.addAll(figures.sections(result));
        sections.addAll(DataReport.sections(List.of(result.summary())));
        sections.add(differences(result));
        if (result.agreement() != null) {
            sections.addAll(agreement(result.agreement()));
        }
        if (!result.classes().isEmpty()) {
            sections.add(sizes(result));
            sections.add(figures.positions(result));
        }
        sections.add(statistics(result));
        for (Finding.Kind kind : Finding.Kind.values()) {
            List<Finding> findings = result.findings(kind);
            if (!findings.isEmpty()) {
                sections.add(files(kind, findings));
            }
        }
        return new Report(
                "Data audit",
                Path.of(result.data()).getFileName() + ": " + result.images() + " readable images, "
                        + String.format(Locale.ROOT, "examined in %.1f s", result.seconds()),
                headlines(result),
                sections);
    }

    private static List<Report.Headline> headlines(AuditResult result) {
        List<Report.Headline> headlines = new ArrayList<>();
        headlines.add(new Report.Headline("images", Integer.toString(result.images()), AuditScreen.groups(result)));
        headlines.add(new Report.Headline(
                "boxes with mask pixels",
                AuditScreen.agreement(result.agreement()),
                "of the boxes in images with boxes and a mask"));
        long crossing = result.duplicates().stream()
                .filter(pair -> !pair.crossing().isEmpty())
                .count();
        headlines.add(new Report.Headline(
                "near-duplicates",
                Integer.toString(result.duplicates().size()),
                crossing + " of them across training and held-out lists"));
        headlines.add(new Report.Headline(
                "broken files",
                Integer.toString(result.findings(Finding.Kind.BROKEN).size()),
                "cannot be used"));
        return headlines;
    }

    private static Section overview(AuditResult result) {
        List<List<String>> rows = new ArrayList<>();
        for (Finding.Kind kind : Finding.Kind.values()) {
            List<Finding> findings = result.findings(kind);
            rows.add(List.of(
                    kind.title(),
                    Integer.toString(findings.size()),
                    Long.toString(
                            findings.stream().map(Finding::file).distinct().count())));
        }
        return new Section.Table(
                "Findings",
                List.of("finding", "count", "files"),
                rows,
                "The end of this page lists the files of each finding; so does " + AuditFile.NAME + ".");
    }

    private static Section differences(AuditResult result) {
        List<List<String>> rows = new ArrayList<>();
        for (AuditResult.Difference one : result.differences()) {
            rows.add(List.of(
                    one.what(),
                    one.one() + " and " + one.other(),
                    format(one.divergence().value()),
                    format(one.divergence().low()) + " to "
                            + format(one.divergence().high()),
                    format(one.divergence().chance()),
                    one.divergence().differs() ? "yes" : "no"));
        }
        return new Section.Table(
                "Differences between groups of images",
                List.of("property", "groups", "divergence", "95 % interval", "chance level", "above chance"),
                rows,
                "Jensen-Shannon divergence in bits: 0 means the same distribution, 1 means no overlap. The chance level is the 95th percentile for random groups of the same sizes."
                        + (rows.isEmpty() ? " There is only one group." : ""));
    }

    private static List<Section> agreement(Agreement agreement) {
        List<List<String>> boxes = new ArrayList<>();
        for (Agreement.BoxClass one : agreement.boxClasses()) {
            boxes.add(List.of(
                    one.name(),
                    Integer.toString(one.boxes()),
                    percent(one.withPixels(), one.boxes()),
                    percent(one.withOwnPixels(), one.boxes()),
                    Integer.toString(one.boxes() - one.withPixels())));
        }
        List<List<String>> masks = new ArrayList<>();
        for (Agreement.MaskClass one : agreement.maskClasses()) {
            masks.add(List.of(one.name(), Long.toString(one.pixels()), percent(one.inside(), one.pixels())));
        }
        return List.of(
                new Section.Table(
                        "Mask pixels inside boxes",
                        List.of(
                                "class",
                                "boxes",
                                "with mask pixels",
                                "with mask pixels of the same class",
                                "without mask pixels"),
                        boxes,
                        "Over the " + agreement.images() + " images with boxes and a mask."),
                new Section.Table(
                        "Boxes around mask pixels", List.of("class", "mask pixels", "inside a box"), masks, ""));
    }

    private static Section sizes(AuditResult result) {
        List<Chart.Line> lines = new ArrayList<>();
        for (AuditResult.ClassShape one : result.classes()) {
            double[] x = new double[one.sizes().size()];
            double[] y = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = (i + 0.5) / x.length;
                y[i] = (double) one.sizes().get(i) / one.boxes();
            }
            lines.add(new Chart.Line(one.name(), x, y));
        }
        return new Section.Charts(
                "Box sizes",
                List.of(new Chart(
                        "Share of the boxes of each class",
                        "square root of the share of the image",
                        "share of boxes",
                        lines,
                        Chart.Range.UNIT,
                        Chart.Range.FROM_ZERO)),
                "Histogram with ten bins.");
    }

    private static Section statistics(AuditResult result) {
        List<List<String>> rows = result.statistics().stream()
                .map(one -> List.of(
                        one.name(),
                        format(one.mean()),
                        format(one.deviation()),
                        format(one.lowest()),
                        format(one.median()),
                        format(one.highest())))
                .toList();
        return new Section.Table(
                "Image statistics",
                List.of("property", "mean", "standard deviation", "minimum", "median", "maximum"),
                rows,
                "Brightness (mean) and contrast (standard deviation) as shares of the full range; sharpness is the standard deviation of the Laplacian; "
                        + "size is the square root of the number of pixels; aspect ratio is width divided by height.");
    }

    private static Section files(Finding.Kind kind, List<Finding> findings) {
        Map<String, List<Finding>> byFile = findings.stream()
                .collect(Collectors.groupingBy(Finding::file, LinkedHashMap::new, Collectors.toList()));
        Map<String, List<Finding>> byDetail = findings.stream()
                .collect(Collectors.groupingBy(Finding::detail, LinkedHashMap::new, Collectors.toList()));
        Map<String, String> details = new LinkedHashMap<>();
        if (byDetail.size() <= FEW && byFile.size() > MANY) {
            byDetail.forEach((detail, list) ->
                    details.put(detail, list.stream().map(Finding::file).collect(Collectors.joining(", "))));
        } else {
            byFile.entrySet().stream()
                    .limit(MAX_FILES)
                    .forEach(entry -> details.put(
                            entry.getKey(),
                            entry.getValue().stream().map(Finding::detail).collect(Collectors.joining("; "))));
            if (byFile.size() > MAX_FILES) {
                details.put("and " + (byFile.size() - MAX_FILES) + " more files", "see " + AuditFile.NAME);
            }
        }
        return new Section.Facts(
                Character.toUpperCase(kind.title().charAt(0)) + kind.title().substring(1) + " (" + findings.size()
                        + "): " + kind.meaning(),
                details);
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.1f" : "%.3f", value);
    }

    private static String percent(long part, long all) {
        return String.format(Locale.ROOT, "%.1f %%", all == 0 ? 0.0 : 100.0 * part / all);
    }
}
