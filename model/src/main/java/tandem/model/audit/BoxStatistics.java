package tandem.model.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;

/** Sizes and positions of boxes, and statistics of the images. */
final class BoxStatistics {

    private static final int SIZES = 10;
    private static final int GRID = 8;

    private BoxStatistics() {}

    static List<AuditResult.ClassShape> classes(DataSet data) {
        int count = data.boxClasses().size();
        int[] boxes = new int[count];
        int[][] sizes = new int[count][SIZES];
        int[][][] positions = new int[count][GRID][GRID];
        for (Sample sample : data.samples()) {
            for (Box box : sample.boxes().orElse(List.of())) {
                double width = (box.xMax() - box.xMin()) / sample.width();
                double height = (box.yMax() - box.yMin()) / sample.height();
                double x = (box.xMin() + box.xMax()) / 2 / sample.width();
                double y = (box.yMin() + box.yMax()) / 2 / sample.height();
                boxes[box.label()]++;
                sizes[box.label()][Math.min(SIZES - 1, (int) (Math.sqrt(width * height) * SIZES))]++;
                positions[box.label()][Math.min(GRID - 1, (int) (y * GRID))][Math.min(GRID - 1, (int) (x * GRID))]++;
            }
        }
        List<AuditResult.ClassShape> classes = new ArrayList<>();
        for (int label = 0; label < count; label++) {
            if (boxes[label] > 0) {
                classes.add(new AuditResult.ClassShape(
                        data.boxClasses().get(label),
                        boxes[label],
                        list(sizes[label]),
                        Arrays.stream(positions[label]).map(BoxStatistics::list).toList()));
            }
        }
        return classes;
    }

    private static List<Integer> list(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    static List<AuditResult.Statistic> statistics(List<ImageFacts> images) {
        List<AuditResult.Statistic> statistics = new ArrayList<>();
        if (images.isEmpty()) {
            return statistics;
        }
        Groups.FIGURES.forEach((name, figure) -> {
            DescriptiveStatistics all = new DescriptiveStatistics(
                    images.stream().mapToDouble(figure).toArray());
            statistics.add(new AuditResult.Statistic(
                    name,
                    all.getMean(),
                    images.size() < 2 ? 0 : all.getStandardDeviation(),
                    all.getMin(),
                    all.getPercentile(50),
                    all.getMax()));
        });
        return statistics;
    }
}
