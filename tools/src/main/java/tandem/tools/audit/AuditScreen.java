package tandem.tools.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tandem.model.audit.Agreement;
import tandem.model.audit.AuditResult;
import tandem.model.audit.Finding;
import tandem.model.data.SampleBits;

/** The summary of an audit that the command prints. */
final class AuditScreen {

    private static final int EXAMPLES = 3;
    private static final int DIFFERENCES = 4;
    private static final int CLASSES = 6;

    private AuditScreen() {}

    static List<String> lines(AuditResult result) {
        List<String> lines = new ArrayList<>(result.summary().lines());
        lines.add("groups: " + groups(result));
        if (result.sampleBits() != null) {
            lines.add("images of 16 bits: " + sampleBits(result.sampleBits()));
        }
        result.differences().stream()
                .filter(difference -> difference.divergence().differs())
                .sorted((a, b) ->
                        Double.compare(b.divergence().value(), a.divergence().value()))
                .limit(DIFFERENCES)
                .forEach(difference -> lines.add("difference: " + text(difference)));
        if (result.agreement() != null) {
            lines.add("boxes with mask pixels: "
                    + lowest(
                            result.agreement().boxClasses(),
                            one -> (double) one.withPixels() / one.boxes(),
                            one -> one.name() + " " + share(one.withPixels(), one.boxes())));
            lines.add("mask pixels inside boxes: "
                    + lowest(
                            result.agreement().maskClasses(),
                            one -> (double) one.inside() / one.pixels(),
                            one -> one.name() + " " + share(one.inside(), one.pixels())));
        }
        for (Finding.Kind kind : Finding.Kind.values()) {
            List<Finding> findings = result.findings(kind);
            if (!findings.isEmpty()) {
                lines.add(kind.title() + ": " + findings.size() + files(findings));
                findings.stream()
                        .limit(EXAMPLES)
                        .forEach(finding -> lines.add("  " + finding.file() + ": " + finding.detail()));
            }
        }
        if (result.unseenPairs() > 0) {
            lines.add(result.unseenPairs()
                    + " more pairs of images are candidates for near-duplicates and were not compared: too many");
        }
        lines.add("recommended strategy: " + result.recommendation().strategy() + " ("
                + result.recommendation().description() + ")");
        result.recommendation().reasons().forEach(reason -> lines.add("  " + reason));
        lines.add("  " + caution(result));
        return lines;
    }

    /** The classes with the lowest shares, and how many more there are. */
    private static <T> String lowest(List<T> classes, ToDoubleFunction<T> share, Function<T, String> text) {
        return classes.stream()
                        .sorted(Comparator.comparingDouble(share))
                        .limit(CLASSES)
                        .map(text)
                        .collect(Collectors.joining(", "))
                + (classes.size() > CLASSES ? ", " + (classes.size() - CLASSES) + " classes with higher shares" : "");
    }

    private static String files(List<Finding> findings) {
        long files = findings.stream().map(Finding::file).distinct().count();
        return files == findings.size() ? "" : " in " + files + " images";
    }

    static String caution(AuditResult result) {
        return "This recommendation is a heuristic"
                + (result.recommendation().compare().isEmpty()
                        ? "."
                        : "; 'tandem study' compares it on this data with "
                                + String.join(" and ", result.recommendation().compare()) + ".");
    }

    static String sampleBits(SampleBits bits) {
        return bits.images() + ", which use " + bits.bits() + " bits (largest sample " + bits.max()
                + "); training divides by " + ((1 << bits.bits()) - 1);
    }

    static String groups(AuditResult result) {
        return result.groups().entrySet().stream()
                .filter(group -> group.getValue() > 0)
                .map(group -> AuditResult.groupName(group.getKey()) + " " + group.getValue())
                .collect(Collectors.joining(", "));
    }

    static String text(AuditResult.Difference difference) {
        return String.format(
                Locale.ROOT,
                "%s of \"%s\" and \"%s\" differ by %.3f bit (95 %% interval %.3f to %.3f, chance level %.3f)",
                difference.what(),
                difference.one(),
                difference.other(),
                difference.divergence().value(),
                difference.divergence().low(),
                difference.divergence().high(),
                difference.divergence().chance());
    }

    /** Percentage with one decimal, and the counts. */
    static String share(long part, long all) {
        return String.format(Locale.ROOT, "%.1f %% of %d", all == 0 ? 0.0 : 100.0 * part / all, all);
    }

    /** The headline figure of the report. */
    static String agreement(Agreement agreement) {
        return agreement == null
                ? "no image has boxes and a mask"
                : String.format(Locale.ROOT, "%.1f %%", 100 * agreement.boxesWithPixels());
    }
}
