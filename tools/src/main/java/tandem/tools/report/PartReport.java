package tandem.tools.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import tandem.model.figure.Chart;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.PartCurve;
import tandem.model.metrics.PartRates;

/** Sections of a report about parts: false alarms on good and defective parts, and defects that are not found. */
public final class PartReport {

    private static final String NONE = "–";
    /** Rates of false alarms per part for which a threshold is given. */
    private static final double[] WANTED = {0.1, 0.01, 0};

    private PartReport() {}

    /** The same without a wanted rate. */
    public static List<Section> sections(PartCurve boxes, PartCurve masks) {
        return sections(boxes, masks, Optional.empty());
    }

    /**
     * Tables and a chart; a task without annotated images is left out.
     *
     * @param wanted rate of false alarms per part for which a threshold is given in addition
     */
    public static List<Section> sections(PartCurve boxes, PartCurve masks, Optional<Double> wanted) {
        double[] rates = DoubleStream.concat(wanted.stream().mapToDouble(Double::doubleValue), DoubleStream.of(WANTED))
                .distinct()
                .toArray();
        List<Section> sections = new ArrayList<>();
        if (!boxes.parts().isEmpty()) {
            sections.add(table(
                    "Parts: false alarms and escapes of boxes", boxes, rates, BoxMatches.SCORE, "%.3f", "min score"));
            sections.add(chart(boxes));
        }
        if (!masks.parts().isEmpty()) {
            sections.add(table(
                    "Parts: false alarms and escapes of masks", masks, rates, 1, "%.0f", "min pixels of a region"));
        }
        return sections;
    }

    private static Section table(
            String title, PartCurve curve, double[] wanted, double usual, String format, String threshold) {
        Map<Double, String> rows = new LinkedHashMap<>();
        rows.put(usual, "default");
        for (double rate : wanted) {
            rows.merge(Math.max(usual, curve.threshold(rate)), wanted(rate), (first, second) -> first + ", " + second);
        }
        List<List<String>> cells = new ArrayList<>();
        rows.forEach((value, note) -> cells.add(row(curve.rates(value), format, note)));
        return new Section.Table(
                title,
                List.of(
                        "for",
                        threshold,
                        "false alarms per part",
                        "at most (95 %)",
                        "good parts rejected",
                        "escapes per defect",
                        "defective parts accepted"),
                cells,
                "A part is an image. A false alarm overlaps no annotated object; an escape is a defect that no detection overlaps, of "
                        + "whatever class. At most: upper end of the one-sided interval of the false alarms per part. The thresholds are chosen "
                        + "on these images: check them on others before use. " + NONE
                        + " means: no such part or defect in these images.");
    }

    private static String wanted(double rate) {
        return rate == 0
                ? "no false alarm"
                : String.format(Locale.ROOT, "at most %s false alarms per part", Double.toString(rate));
    }

    private static List<String> row(PartRates rates, String format, String note) {
        return List.of(
                note,
                String.format(Locale.ROOT, format, rates.threshold()),
                figure(rates.falseAlarmsPerPart()),
                figure(rates.maxFalseAlarmsPerPart()),
                of(rates.rejectedGoodParts(), rates.goodParts()),
                of(rates.escapes(), rates.defects()),
                Integer.toString(rates.acceptedDefectiveParts()));
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String of(int part, int all) {
        return all == 0 ? NONE : String.format(Locale.ROOT, "%d of %d (%.1f %%)", part, all, 100.0 * part / all);
    }

    private static Section chart(PartCurve curve) {
        List<PartRates> rates =
                curve.chart().stream().filter(one -> one.threshold() >= 0.05).toList();
        double[] x = rates.stream().mapToDouble(PartRates::threshold).toArray();
        List<Chart.Line> lines = Stream.of(
                        new Chart.Line(
                                "escapes per defect",
                                x,
                                rates.stream()
                                        .mapToDouble(PartRates::escapesPerDefect)
                                        .toArray()),
                        new Chart.Line(
                                "good parts rejected",
                                x,
                                rates.stream()
                                        .mapToDouble(PartRates::rejectedGoodShare)
                                        .toArray()),
                        new Chart.Line(
                                "false alarms per part",
                                x,
                                rates.stream()
                                        .mapToDouble(PartRates::falseAlarmsPerPart)
                                        .toArray()))
                .filter(line -> java.util.Arrays.stream(line.y()).anyMatch(Double::isFinite))
                .toList();
        return new Section.Charts(
                "Choice of the minimum score",
                List.of(new Chart(
                        "Escapes and false alarms by minimum score",
                        "min score",
                        "share; false alarms per part above 1 at the edge",
                        lines,
                        Chart.Range.UNIT,
                        Chart.Range.UNIT)),
                "");
    }
}
