package tandem.model.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The figures of an {@link Evaluation} over images with integer weights, for a bootstrap over images: an image of
 * weight k counts as k equal images. With all weights 1 the figures are those of {@link Evaluator}.
 */
public final class WeightedEvaluation {

    /** Thresholds of intersection over union: 0.50, 0.55, ... 0.95. */
    private static final int THRESHOLDS = 10;

    /** The detections of one class over all images by decreasing score, and its objects by image. */
    private record Ranking(int[] images, int[] right, int[] ignored, double[] scores, int[] truths) {}

    private final List<ImageOutcome> images;
    private final List<Ranking> rankings = new ArrayList<>();
    private final int maskChannels;

    /**
     * Ranks the detections once.
     *
     * @param images equal scores are ranked by their order
     */
    public WeightedEvaluation(List<ImageOutcome> images) {
        this.images = List.copyOf(images);
        int classes = images.stream()
                .filter(image -> image.boxes() != null)
                .mapToInt(image -> image.boxes().size())
                .max()
                .orElse(0);
        for (int label = 0; label < classes; label++) {
            rankings.add(rank(label));
        }
        this.maskChannels = (int) Math.round(Math.sqrt(images.stream()
                .filter(image -> image.pixels() != null)
                .mapToInt(image -> image.pixels().length)
                .max()
                .orElse(0)));
    }

    private Ranking rank(int label) {
        record Row(int image, double score, int right, int ignored) {}
        List<Row> rows = new ArrayList<>();
        int[] truths = new int[images.size()];
        for (int i = 0; i < images.size(); i++) {
            if (images.get(i).boxes() != null) {
                ImageOutcome.ClassOutcome one = images.get(i).boxes().get(label);
                truths[i] = one.truths();
                for (int j = 0; j < one.scores().length; j++) {
                    rows.add(new Row(i, one.scores()[j], one.right()[j], one.ignored()[j]));
                }
            }
        }
        rows.sort(Comparator.comparingDouble(Row::score).reversed());
        return new Ranking(
                rows.stream().mapToInt(Row::image).toArray(),
                rows.stream().mapToInt(Row::right).toArray(),
                rows.stream().mapToInt(Row::ignored).toArray(),
                rows.stream().mapToDouble(Row::score).toArray(),
                truths);
    }

    /** Number of images. */
    public int size() {
        return images.size();
    }

    /** The name of an image. */
    public String image(int index) {
        return images.get(index).image();
    }

    /** Every image once. */
    public int[] once() {
        int[] weights = new int[images.size()];
        java.util.Arrays.fill(weights, 1);
        return weights;
    }

    /** Whether any image has boxes to compare with. */
    public boolean hasBoxes() {
        return !rankings.isEmpty();
    }

    /** Whether any image has a mask to compare with. */
    public boolean hasMasks() {
        return maskChannels > 0;
    }

    /** COCO's average precision at IoU 0.50, the mean over the classes that have objects; NaN without any. */
    public double ap50(int[] weights) {
        double[] values = new double[rankings.size()];
        for (int label = 0; label < values.length; label++) {
            values[label] = averagePrecision(label, 0, weights);
        }
        return Means.ofPresent(values);
    }

    /** COCO's average precision over IoU 0.50 to 0.95; NaN without objects. */
    public double ap(int[] weights) {
        double[] values = new double[rankings.size() * THRESHOLDS];
        for (int i = 0; i < values.length; i++) {
            values[i] = averagePrecision(i / THRESHOLDS, i % THRESHOLDS, weights);
        }
        return Means.ofPresent(values);
    }

    /** Average precision of one class at IoU 0.50; NaN when it has no object. */
    public double ap50(int label, int[] weights) {
        return averagePrecision(label, 0, weights);
    }

    /** The mean of the best precision at or above each of 101 recalls. */
    private double averagePrecision(int label, int threshold, int[] weights) {
        Ranking ranking = rankings.get(label);
        long objects = objects(label, weights);
        if (objects == 0) {
            return Double.NaN;
        }
        int length = ranking.images.length;
        double[] precision = new double[length];
        double[] recall = new double[length];
        long right = 0;
        long counted = 0;
        for (int i = 0; i < length; i++) {
            int weight = weights[ranking.images[i]];
            if ((ranking.ignored[i] >> threshold & 1) == 0) {
                counted += weight;
                right += (long) weight * (ranking.right[i] >> threshold & 1);
            }
            precision[i] = counted == 0 ? 0 : (double) right / counted;
            recall[i] = (double) right / objects;
        }
        double best = 0;
        double sum = 0;
        int i = length - 1;
        for (int r = 100; r >= 0; r--) {
            while (i >= 0 && recall[i] >= r * 0.01) {
                best = Math.max(best, precision[i]);
                i--;
            }
            sum += best;
        }
        return sum / 101;
    }

    /** Number of annotated objects of one class that are not ignored. */
    public long objects(int label, int[] weights) {
        long objects = 0;
        for (int i = 0; i < weights.length; i++) {
            objects += (long) weights[i] * rankings.get(label).truths[i];
        }
        return objects;
    }

    /** Objects of one class without a matching detection of at least {@code score} at IoU 0.50. */
    public long misses(int label, double score, int[] weights) {
        Ranking ranking = rankings.get(label);
        long found = 0;
        for (int i = 0; i < ranking.images.length && ranking.scores[i] >= score; i++) {
            found += (long) weights[ranking.images[i]] * (ranking.right[i] & 1);
        }
        return objects(label, weights) - found;
    }

    /** Number of box classes. */
    public int boxClasses() {
        return rankings.size();
    }

    /** Mean intersection over union of the classes in the truth, background included; NaN without masks. */
    public double miou(int[] weights) {
        double[] values = new double[maskChannels];
        for (int label = 0; label < maskChannels; label++) {
            values[label] = iou(label, weights);
        }
        return Means.ofPresent(values);
    }

    /** Intersection over union of one mask value, 0 the background; NaN when the truth has none. */
    public double iou(int label, int[] weights) {
        long truth = 0;
        long predicted = 0;
        long both = 0;
        for (int i = 0; i < weights.length; i++) {
            long[] pixels = images.get(i).pixels();
            if (pixels != null && weights[i] > 0) {
                for (int other = 0; other < maskChannels; other++) {
                    truth += weights[i] * pixels[label * maskChannels + other];
                    predicted += weights[i] * pixels[other * maskChannels + label];
                }
                both += weights[i] * pixels[label * maskChannels + label];
            }
        }
        return truth == 0 ? Double.NaN : (double) both / (truth + predicted - both);
    }
}
