package tandem.model.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts of {@link BoxMatches} over images: the last row are the false alarms, the last column the missed objects.
 * Their common cell is 0: what is neither annotated nor detected is not counted.
 */
final class BoxConfusion {

    private final List<String> classes;
    private final long[][] counts;

    BoxConfusion(List<String> classes) {
        this.classes = classes;
        this.counts = new long[classes.size() + 1][classes.size() + 1];
    }

    void add(BoxMatches matches) {
        int none = classes.size();
        matches.pairs()
                .forEach(pair -> counts[pair.truth().label()][pair.detection().label()]++);
        matches.missed().forEach(box -> counts[box.label()][none]++);
        matches.falseAlarms().forEach(detection -> counts[none][detection.label()]++);
    }

    ConfusionCounts counts() {
        List<String> truth = new ArrayList<>(classes);
        truth.add("no object");
        List<String> predicted = new ArrayList<>(classes);
        predicted.add("not found");
        List<List<Long>> rows = new ArrayList<>();
        for (long[] row : counts) {
            rows.add(java.util.Arrays.stream(row).boxed().toList());
        }
        return new ConfusionCounts(truth, predicted, rows);
    }
}
