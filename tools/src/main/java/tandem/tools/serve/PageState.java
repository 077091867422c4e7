package tandem.tools.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import tandem.model.Inspector;
import tandem.model.figure.ClassColors;
import tandem.model.inference.PartThresholds;
import tandem.model.monitor.DriftStatistic;
import tandem.model.monitor.InspectorMetrics;
import tandem.model.monitor.InspectorMetrics.Outcome;
import tandem.model.network.NetworkSettings;

/** What the page shows beside the frame, as JSON. */
final class PageState {

    /** Bars of the histogram for each factor of 10. */
    private static final int BARS = 10;

    private final Inspector inspector;
    private final InspectionDesk desk;
    private final ShownFrames frames;

    PageState(Inspector inspector, InspectionDesk desk, ShownFrames frames) {
        this.inspector = inspector;
        this.desk = desk;
        this.frames = frames;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** What does not change: classes with their colors, and the thresholds. */
    ObjectNode network() {
        NetworkSettings network = inspector.settings();
        ClassColors colors = new ClassColors(network.boxClasses(), network.maskClasses());
        ObjectNode json = object().put(
                        "inputSize",
                        network.inputSize().width() + " x "
                                + network.inputSize().height());
        ArrayNode classes = json.putArray("classes");
        for (int i = 0; i < colors.names().size(); i++) {
            Color color = ClassColors.ordinal(i);
            classes.addObject()
                    .put("name", colors.names().get(i))
                    .put("color", String.format("#%06x", color.getRGB() & 0xffffff));
        }
        Optional<PartThresholds> thresholds = inspector.thresholds();
        thresholds.flatMap(PartThresholds::boxes).ifPresent(boxes -> json.put("minScore", boxes.threshold()));
        thresholds.flatMap(PartThresholds::masks).ifPresent(masks -> json.put("minRegionPixels", masks.threshold()));
        return json;
    }

    /**
     * Counters, times, the last rejects and the last frame.
     *
     * @param after the last frame that the page has; it is left out then
     */
    ObjectNode state(int after) {
        ObjectNode json = object();
        ObjectNode counts = json.putObject("counts");
        for (Outcome outcome : Outcome.values()) {
            counts.put(
                    outcome.name().toLowerCase(Locale.ROOT), inspector.metrics().of(outcome));
        }
        json.put("unreadable", desk.problems());
        desk.problem()
                .ifPresent(problem ->
                        json.putObject("problem").put("name", problem.name()).put("message", problem.message()));
        json.set("latency", latency(inspector.metrics()));
        inspector.metrics().drift().ifPresent(monitor -> {
            ArrayNode drift = json.putArray("drift");
            for (DriftStatistic one : monitor.statistics()) {
                drift.addObject()
                        .put("name", one.name())
                        .put("value", one.value())
                        .put("limit", one.limit())
                        .put("alarms", monitor.alarms(one.name()));
            }
        });
        ArrayNode rejects = json.putArray("rejects");
        frames.rejects().forEach(frame -> rejects.add(frame.number()));
        frames.last().filter(frame -> frame.number() != after).ifPresent(frame -> json.set("frame", frame.json()));
        return json;
    }

    private static ObjectNode latency(InspectorMetrics metrics) {
        Histogram times = metrics.latency();
        Map<Integer, Long> bars = new TreeMap<>();
        for (HistogramIterationValue value : times.recordedValues()) {
            int bar = (int) Math.floor(BARS * Math.log10(Math.max(1, value.getValueIteratedTo())));
            bars.merge(bar, value.getCountAddedInThisIterationStep(), Long::sum);
        }
        ObjectNode json = object().put("frames", times.getTotalCount())
                .put("median", metrics.getMedianMilliseconds())
                .put("percentile99", metrics.getPercentile99Milliseconds())
                .put("max", metrics.getMaxMilliseconds());
        ArrayNode array = json.putArray("bars");
        bars.forEach((bar, count) -> array.addObject()
                .put("from", Math.pow(10, (double) bar / BARS) / 1000)
                .put("to", Math.pow(10, (bar + 1.0) / BARS) / 1000)
                .put("frames", count));
        return json;
    }
}
