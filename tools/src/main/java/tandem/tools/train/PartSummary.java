package tandem.tools.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tandem.model.inference.PartThresholds;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.PartCurve;
import tandem.model.metrics.PartRates;
import tandem.tools.InputException;

/**
 * False alarms and escapes as lines of text and as JSON.
 *
 * @param boxes box detections by score
 * @param masks regions of masks by number of pixels
 * @param wanted wanted number of false alarms per part; empty for none
 */
record PartSummary(PartCurve boxes, PartCurve masks, Optional<Double> wanted) {

    /**
     * Lines for the terminal; without a wanted rate only for tasks with a good part, which are what is inspected most.
     */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines(lines, boxes, "boxes", BoxMatches.SCORE, "a score of at least %.3f");
        lines(lines, masks, "masks", 1, "regions of at least %.0f pixels");
        return lines;
    }

    private void lines(List<String> lines, PartCurve curve, String task, double usual, String threshold) {
        PartRates rates = curve.rates(usual);
        if (rates.parts() == 0 || wanted.isEmpty() && rates.goodParts() == 0) {
            return;
        }
        lines.add("parts, " + task + ": " + rates.parts() + " (" + rates.goodParts() + " good), with "
                + String.format(Locale.ROOT, threshold, usual) + " " + text(rates));
        if (wanted.isPresent()) {
            PartRates at = curve.rates(curve.threshold(wanted.get()));
            lines.add("  at most " + wanted.get() + " false alarms per part: "
                    + String.format(Locale.ROOT, threshold, at.threshold()) + ", " + text(at) + few(at));
        }
    }

    private static String text(PartRates rates) {
        return String.format(
                Locale.ROOT,
                "%.3f false alarms per part (at most %.3f with 95 %% confidence)%s%s",
                rates.falseAlarmsPerPart(),
                rates.maxFalseAlarmsPerPart(),
                rates.goodParts() == 0
                        ? ""
                        : ", " + rates.rejectedGoodParts() + " of " + rates.goodParts() + " good parts rejected",
                rates.defects() == 0
                        ? ", no defect annotated"
                        : ", " + rates.escapes() + " of " + rates.defects() + " defects escape");
    }

    /** Whether the images are too few to show the rate even without a false alarm. */
    private String few(PartRates rates) {
        double without = new PartRates(0, rates.parts(), 0, 0, 0, 0, 0, 0).maxFalseAlarmsPerPart();
        return without <= wanted.get()
                ? ""
                : "; " + rates.parts() + " parts are too few to confirm that rate"
                        + (wanted.get() > 0
                                ? ", which needs " + (long) Math.ceil(without * rates.parts() / wanted.get())
                                        + " or more"
                                : "");
    }

    /**
     * The thresholds for the wanted number of false alarms, or for a share of escapes, of each task with annotated
     * parts.
     *
     * @param escapes wanted share of defects that escape; null for the number of false alarms
     * @throws InputException when no image is annotated, or no defect where escapes are to be limited
     */
    PartThresholds thresholds(Double escapes) {
        Optional<PartRates> ofBoxes = chosen(boxes, escapes);
        Optional<PartRates> ofMasks = chosen(masks, escapes);
        if (ofBoxes.isEmpty() && ofMasks.isEmpty()) {
            throw new InputException("--save-thresholds: no image is annotated"
                    + (escapes == null ? "" : " with a defect; use --false-alarms-per-part"));
        }
        return new PartThresholds(ofBoxes, ofMasks);
    }

    private Optional<PartRates> chosen(PartCurve curve, Double escapes) {
        PartRates all = curve.rates(0);
        if (all.parts() == 0 || escapes != null && all.defects() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                curve.rates(escapes == null ? curve.threshold(wanted.get()) : curve.thresholdOfEscapes(escapes)));
    }

    /** A saved threshold as text. */
    static String chosen(PartRates rates, String threshold) {
        return String.format(Locale.ROOT, threshold, rates.threshold()) + ", " + text(rates);
    }

    /** For {@code result.json}: the rates of each task at its usual threshold and at that of the wanted rate. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "boxes", boxes, BoxMatches.SCORE);
        put(json, "masks", masks, 1);
        return json;
    }

    private void put(ObjectNode json, String task, PartCurve curve, double usual) {
        if (!curve.parts().isEmpty()) {
            ObjectNode node = json.putObject(task);
            node.set("usual", PartCurve.toJson(curve.rates(usual)));
            wanted.ifPresent(rate -> {
                node.put("wantedFalseAlarmsPerPart", rate);
                node.set("wanted", PartCurve.toJson(curve.rates(curve.threshold(rate))));
            });
        }
    }
}
