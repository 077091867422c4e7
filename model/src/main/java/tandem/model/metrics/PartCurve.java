package tandem.model.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * False alarms and escapes over annotated parts at any threshold, good parts alone included.
 *
 * @param parts one for each image that is annotated for the task
 */
public record PartCurve(List<PartOutcome> parts) {

    /** Copies the list. */
    public PartCurve {
        parts = List.copyOf(parts);
    }

    /** The rates when detections with a score of at least {@code threshold} are counted. */
    public PartRates rates(double threshold) {
        int good = 0;
        int defects = 0;
        int alarms = 0;
        int rejected = 0;
        int escapes = 0;
        int accepted = 0;
        for (PartOutcome part : parts) {
            defects += part.defects().size();
            alarms += part.falseAlarms(threshold);
            escapes += part.escapes(threshold);
            boolean detected = part.rejected(threshold);
            good += part.good() ? 1 : 0;
            rejected += part.good() && detected ? 1 : 0;
            accepted += !part.defects().isEmpty() && !detected ? 1 : 0;
        }
        return new PartRates(threshold, parts.size(), good, defects, alarms, rejected, escapes, accepted);
    }

    /**
     * The lowest threshold with at most that many false alarms per part: it lets as few defects escape as the rate
     * permits.
     *
     * @param falseAlarmsPerPart 0 or more
     * @return 0 when all false alarms together are within the rate
     */
    public double threshold(double falseAlarmsPerPart) {
        if (!(falseAlarmsPerPart >= 0)) {
            throw new IllegalArgumentException("wanted " + falseAlarmsPerPart + " false alarms per part: 0 or more");
        }
        double[] scores = parts.stream()
                .flatMap(part -> part.alarms().stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        long permitted = (long) Math.floor(falseAlarmsPerPart * parts.size() * (1 + 1e-12));
        return permitted >= scores.length ? 0 : Math.nextUp(scores[scores.length - 1 - (int) permitted]);
    }

    /**
     * The highest threshold at which at most that share of the defects escapes: it has as few false alarms as the rate
     * permits.
     *
     * @param escapesPerDefect 0 to 1
     * @return 0 when even more defects have no detection at all
     */
    public double thresholdOfEscapes(double escapesPerDefect) {
        if (!(escapesPerDefect >= 0 && escapesPerDefect <= 1)) {
            throw new IllegalArgumentException("wanted " + escapesPerDefect + " escapes per defect: 0 to 1");
        }
        double[] scores = parts.stream()
                .flatMap(part -> part.defects().stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        int permitted = (int) Math.floor(escapesPerDefect * scores.length * (1 + 1e-12));
        return scores.length == 0 ? 0 : Math.max(0, scores[Math.min(permitted, scores.length - 1)]);
    }

    /** The rates at 0 and at the thresholds 0.05, 0.10, ... 0.95, for a chart of box detections. */
    public List<PartRates> chart() {
        List<PartRates> rates = new ArrayList<>();
        for (int step = 0; step < 20; step++) {
            rates.add(rates(step / 20.0));
        }
        return rates;
    }

    /**
     * Defects that escape at a threshold, image by image.
     *
     * @return the parts with at least one, in the order of the parts
     */
    public List<PartOutcome> escaping(double threshold) {
        return parts.stream().filter(part -> part.escapes(threshold) > 0).toList();
    }

    /** Rates as JSON; those without examples are null. */
    public static ObjectNode toJson(PartRates rates) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("threshold", rates.threshold())
                .put("parts", rates.parts())
                .put("goodParts", rates.goodParts())
                .put("defects", rates.defects())
                .put("falseAlarms", rates.falseAlarms())
                .put("rejectedGoodParts", rates.rejectedGoodParts())
                .put("escapes", rates.escapes())
                .put("acceptedDefectiveParts", rates.acceptedDefectiveParts());
        put(json, "falseAlarmsPerPart", rates.falseAlarmsPerPart());
        put(json, "maxFalseAlarmsPerPart", rates.maxFalseAlarmsPerPart());
        put(json, "rejectedGoodShare", rates.rejectedGoodShare());
        put(json, "escapesPerDefect", rates.escapesPerDefect());
        return json;
    }

    /**
     * Rates from the JSON of {@link #toJson(PartRates)}.
     *
     * @throws IllegalArgumentException when a number is missing
     */
    public static PartRates rates(JsonNode json) {
        JsonNode threshold = json.path("threshold");
        if (!threshold.isNumber()) {
            throw new IllegalArgumentException("no number \"threshold\"");
        }
        return new PartRates(
                threshold.asDouble(),
                count(json, "parts"),
                count(json, "goodParts"),
                count(json, "defects"),
                count(json, "falseAlarms"),
                count(json, "rejectedGoodParts"),
                count(json, "escapes"),
                count(json, "acceptedDefectiveParts"));
    }

    private static int count(JsonNode json, String name) {
        JsonNode count = json.path(name);
        if (!count.isInt() || count.asInt() < 0) {
            throw new IllegalArgumentException("no count \"" + name + "\"");
        }
        return count.asInt();
    }

    /** The rates of several thresholds as a JSON array. */
    public static ArrayNode toJson(List<PartRates> rates) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rates.forEach(one -> array.add(toJson(one)));
        return array;
    }

    private static void put(ObjectNode json, String name, double figure) {
        if (Double.isNaN(figure)) {
            json.putNull(name);
        } else {
            json.put(name, figure);
        }
    }
}
