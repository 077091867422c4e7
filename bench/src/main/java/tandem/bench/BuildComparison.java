package tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Prints JMH results of two builds beside each other. Called by {@code bench/compare} with a folder that holds
 * {@code before-1.json}, {@code after-1.json}, ... and the number of rounds. The ratio of a round is after / before; a
 * benchmark that one of the two builds lacks is named.
 */
final class BuildComparison {

    /**
     * Scores of one benchmark, round by round; heap is compared by its bytes, since a ratio of two zeros is undefined.
     */
    private record Scores(String unit, boolean timed, List<Double> before, List<Double> after) {

        List<Double> ratios() {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                ratios.add(after.get(i) / before.get(i));
            }
            return ratios;
        }
    }

    private BuildComparison() {}

    /** Prints a table. */
    public static void main(String[] arguments) throws IOException {
        System.out.print(table(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
    }

    /** The table as Markdown, with a line for each benchmark that only one build has. */
    static String table(Path folder, int rounds) throws IOException {
        Map<String, Scores> all = new TreeMap<>();
        for (int round = 1; round <= rounds; round++) {
            read(folder.resolve("before-" + round + ".json"), all, true);
            read(folder.resolve("after-" + round + ".json"), all, false);
        }
        StringBuilder text = new StringBuilder(
                "| benchmark | before | after | unit | after / before: median of rounds | smallest | largest |\n| --- | --: | --: | --- | --: | --: | --: |\n");
        StringBuilder missing = new StringBuilder();
        all.forEach((name, scores) -> {
            if (scores.before().size() != scores.after().size()) {
                missing.append(name)
                        .append(": only in the build ")
                        .append(scores.before().isEmpty() ? "after" : "before")
                        .append(", not compared\n");
            } else {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.4g | %.4g | %s | ",
                        name,
                        median(scores.before()),
                        median(scores.after()),
                        scores.unit()));
                text.append(scores.timed() ? ratios(scores.ratios()) : "| | |").append('\n');
            }
        });
        return text.append(missing).toString();
    }

    private static String ratios(List<Double> ratios) {
        return String.format(
                Locale.ROOT, "%.3f | %.3f | %.3f |", median(ratios), Collections.min(ratios), Collections.max(ratios));
    }

    private static void read(Path file, Map<String, Scores> all, boolean before) throws IOException {
        for (JsonNode result : new ObjectMapper().readTree(file.toFile())) {
            String name = result.get("benchmark").asText().replaceFirst("^tandem\\.bench\\.", "");
            for (JsonNode value : result.path("params")) {
                name += " " + value.asText();
            }
            add(all, name, result.get("primaryMetric"), true, before);
            JsonNode heap = result.path("secondaryMetrics").path("gc.alloc.rate.norm");
            if (!heap.isMissingNode()) {
                add(all, name + ", heap", heap, false, before);
            }
        }
    }

    private static void add(Map<String, Scores> all, String name, JsonNode metric, boolean timed, boolean before) {
        Scores scores = all.computeIfAbsent(
                name, any -> new Scores(metric.get("scoreUnit").asText(), timed, new ArrayList<>(), new ArrayList<>()));
        (before ? scores.before() : scores.after()).add(metric.get("score").asDouble());
    }

    private static double median(List<Double> values) {
        return new Median()
                .evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
