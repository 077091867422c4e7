package tandem.model.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tandem.model.metrics.PartCurve;
import tandem.model.metrics.PartRates;
import tandem.model.network.NetworkSettings;

/**
 * The thresholds that decide whether a part passes, and what they did on the evaluated parts, good ones included. They
 * travel with a network in a JSON file beside its weights.
 *
 * @param boxes rates at the minimum score of a box that rejects a part; empty when boxes do not decide
 * @param masks rates at the minimum number of pixels of an 8-connected region of defect pixels, of any class, that
 *     rejects a part; empty when masks do not decide
 */
public record PartThresholds(Optional<PartRates> boxes, Optional<PartRates> masks) {

    private static final String ENDING = ".thresholds.json";

    /** Rejects thresholds that decide nothing, and those that no part, or every part, reaches. */
    public PartThresholds {
        if (boxes.isEmpty() && masks.isEmpty()) {
            throw new IllegalArgumentException("thresholds of neither boxes nor masks");
        }
        // The next number above 1 stands for no score at all.
        boxes.ifPresent(rates -> check(rates.threshold(), Math.nextUp(1.0), "a minimum score of ", "from 0 to 1"));
        masks.ifPresent(rates ->
                check(rates.threshold(), Double.MAX_VALUE, "a minimum region of ", "a number of pixels, 0 or more"));
    }

    private static void check(double threshold, double max, String name, String expected) {
        if (!(threshold >= 0 && threshold <= max)) {
            throw new IllegalArgumentException(name + threshold + ", expected " + expected);
        }
    }

    /**
     * Thresholds that were not evaluated; a negative, infinite or NaN value means that boxes, or masks, do not decide.
     *
     * @throws IllegalArgumentException for a minimum score above 1, which no box has
     */
    public static PartThresholds of(double minScore, double minRegionPixels) {
        return new PartThresholds(chosen(minScore), chosen(minRegionPixels));
    }

    private static Optional<PartRates> chosen(double threshold) {
        return threshold >= 0 && threshold < Double.POSITIVE_INFINITY
                ? Optional.of(new PartRates(threshold, 0, 0, 0, 0, 0, 0, 0))
                : Optional.empty();
    }

    /** The file beside a weights file: {@code best.thresholds.json} for {@code best.safetensors}. */
    public static Path file(Path weights) {
        return FileBesideWeights.of(weights, ENDING);
    }

    /**
     * Reads those beside a weights file; empty when there are none.
     *
     * @throws IllegalArgumentException when the file is damaged, or of other weights; names it
     */
    public static Optional<PartThresholds> beside(Path weights) throws IOException {
        return FileBesideWeights.read(
                weights,
                file(weights),
                "a file of thresholds",
                "--save-thresholds",
                json -> new PartThresholds(rates(json, "boxes"), rates(json, "masks")));
    }

    private static Optional<PartRates> rates(JsonNode json, String task) {
        JsonNode rates = json.path(task);
        return rates.isMissingNode() || rates.isNull() ? Optional.empty() : Optional.of(PartCurve.rates(rates));
    }

    /**
     * What these thresholds need and a network does not have: without it, all parts would pass by them.
     *
     * @return "boxes" or "masks"; empty when it has all
     */
    public Optional<String> missing(NetworkSettings settings) {
        return boxes.isPresent() && !settings.detects()
                ? Optional.of("boxes")
                : masks.isPresent() && !settings.segments() ? Optional.of("masks") : Optional.empty();
    }

    /** As JSON, for {@link #file}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        boxes.ifPresent(rates -> json.set("boxes", PartCurve.toJson(rates)));
        masks.ifPresent(rates -> json.set("masks", PartCurve.toJson(rates)));
        return json;
    }
}
