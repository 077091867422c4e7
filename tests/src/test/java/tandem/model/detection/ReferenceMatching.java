package tandem.model.detection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Both matchings in double precision, step by step as published. */
final class ReferenceMatching {

    /** Targets of one image. */
    record Result(int[] labels, double[] qualities, double[][] boxes, double[] weights) {
        static Result background(int anchors) {
            int[] labels = new int[anchors];
            Arrays.fill(labels, -1);
            return new Result(labels, new double[anchors], new double[anchors][4], new double[anchors]);
        }

        int[] positives() {
            return IntStream.range(0, labels.length).filter(a -> labels[a] >= 0).toArray();
        }

        int[] boxPositives() {
            return IntStream.range(0, labels.length).filter(a -> weights[a] > 0).toArray();
        }
    }

    private ReferenceMatching() {}

    private static boolean usable(Boxes truth, int image, int g) {
        double[] box = truth.box(image, g);
        return box[2] > box[0] && box[3] > box[1] && truth.label(image, g) >= 0;
    }

    static Result iou(float[] anchors, Boxes truth, int image) {
        int count = anchors.length / 4;
        Result result = Result.background(count);
        double[] best = new double[count];
        int[] owner = new int[count];
        int[] forced = new int[truth.counts()[image]];
        for (int g = 0; g < forced.length; g++) {
            double largest = 0;
            forced[g] = -1;
            for (int a = 0; a < count && usable(truth, image, g); a++) {
                double overlap = Geometry.iou(truth.box(image, g), Geometry.corners(Geometry.row(anchors, a)));
                if (overlap > best[a]) {
                    best[a] = overlap;
                    owner[a] = g;
                }
                if (overlap > largest) {
                    largest = overlap;
                    forced[g] = a;
                }
            }
        }
        for (int g = 0; g < forced.length; g++) {
            if (forced[g] >= 0) {
                best[forced[g]] = 1;
                owner[forced[g]] = g;
            }
        }
        for (int a = 0; a < count; a++) {
            int label = truth.label(image, owner[a]);
            if (best[a] >= 0.5) {
                result.labels[a] = label;
                result.qualities[a] = 1;
                result.weights[a] = 1;
                result.boxes[a] = Geometry.encode(truth.box(image, owner[a]), Geometry.row(anchors, a));
            } else if (best[a] >= 0.4) {
                result.labels[a] = -2 - label;
            }
        }
        return result;
    }

    static Result mutualGuide(float[] anchors, Boxes truth, int image, float[] loc, float[] conf, int classes) {
        int count = anchors.length / 4;
        int boxes = truth.counts()[image];
        double[][] predicted = new double[boxes][count];
        double[][] guided = new double[boxes][count];
        for (int g = 0; g < boxes; g++) {
            for (int a = 0; a < count && usable(truth, image, g); a++) {
                double[] anchor = Geometry.row(anchors, a);
                double score = Geometry.logistic(conf[a * classes + truth.label(image, g)]);
                predicted[g][a] = Geometry.iou(truth.box(image, g), Geometry.decode(Geometry.row(loc, a), anchor));
                guided[g][a] =
                        Math.min(1, Geometry.iou(truth.box(image, g), Geometry.corners(anchor)) * Math.exp(score / 2));
            }
        }
        mark(predicted);
        mark(guided);
        Result result = Result.background(count);
        for (int a = 0; a < count; a++) {
            for (int g = 0; g < boxes; g++) {
                if (predicted[g][a] >= 3) {
                    result.labels[a] = truth.label(image, g);
                    result.qualities[a] = predicted[g][a] - 3;
                }
                if (guided[g][a] >= 3) {
                    result.weights[a] = guided[g][a] - 3;
                    result.boxes[a] = Geometry.encode(truth.box(image, g), Geometry.row(anchors, a));
                }
            }
        }
        return result;
    }

    private static void mark(double[][] table) {
        int count = table.length == 0 ? 0 : table[0].length;
        for (int a = 0; a < count; a++) {
            int best = 0;
            for (int g = 1; g < table.length; g++) {
                best = table[g][a] > table[best][a] ? g : best;
            }
            for (int g = 0; g < table.length; g++) {
                table[g][a] = g == best ? table[g][a] : 0;
            }
        }
        for (double[] row : table) {
            List<Integer> order = IntStream.range(0, count)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer a) -> -row[a]))
                    .toList();
            double sum = order.stream().limit(15).mapToDouble(a -> row[a]).sum();
            long k = Math.max(1, (long) Math.floor(sum));
            k = Math.min(k, Arrays.stream(row).filter(value -> value > 0).count());
            order.stream().limit(k).forEach(a -> row[a] += 3);
        }
    }
}
