package tandem.model.metrics;

import java.util.List;

/**
 * Counts by true class and predicted class.
 *
 * @param truth names of the true classes, one per row
 * @param predicted names of the predicted classes, one per column
 * @param counts (rows, columns)
 */
public record ConfusionCounts(List<String> truth, List<String> predicted, List<List<Long>> counts) {

    /** @throws IllegalArgumentException when the counts have another size than the names */
    public ConfusionCounts {
        truth = List.copyOf(truth);
        predicted = List.copyOf(predicted);
        counts = counts.stream().map(List::copyOf).toList();
        int columns = predicted.size();
        if (counts.size() != truth.size() || counts.stream().anyMatch(row -> row.size() != columns)) {
            throw new IllegalArgumentException(
                    "counts of %s for %d true and %d predicted classes".formatted(counts, truth.size(), columns));
        }
    }

    /** The count of one cell. */
    public long count(int truth, int predicted) {
        return counts.get(truth).get(predicted);
    }

    /** The sum of a row. */
    public long ofTruth(int row) {
        return counts.get(row).stream().mapToLong(Long::longValue).sum();
    }

    /** The sum of a column. */
    public long ofPrediction(int column) {
        return counts.stream().mapToLong(row -> row.get(column)).sum();
    }
}
