package tandem.model.metrics;

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
