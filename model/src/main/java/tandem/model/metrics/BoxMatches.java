package tandem.model.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The boxes of one image, each detection with at most one annotated box. By decreasing score, a detection takes the
 * free annotated box of its own class with the largest IoU, at least {@value #IOU}. The detections left over then take
 * the free boxes of other classes in the same way. Detections on difficult boxes, and difficult boxes, are left out.
 *
 * @param pairs a detection and its annotated box, which may be of another class
 * @param missed annotated boxes without a detection
 * @param falseAlarms detections without an annotated box, by decreasing score
 */
public record BoxMatches(List<Pair> pairs, List<TruthBox> missed, List<Detection> falseAlarms) {

    /** Minimum score of the detections that are counted, unless another one is given. */
    public static final double SCORE = 0.3;
    /** Minimum IoU of a pair. */
    public static final double IOU = 0.5;

    /** A detection and the annotated box that it takes. */
    public record Pair(Detection detection, TruthBox truth) {

        /** Whether both have the same class. */
        public boolean isRight() {
            return detection.label() == truth.label();
        }
    }

    /** Matches the detections with a score of at least {@code score}. */
    public static BoxMatches of(List<Detection> detections, List<TruthBox> truth, double score) {
        List<Detection> waiting = detections.stream()
                .filter(detection -> detection.score() >= score)
                .sorted(Comparator.comparingDouble(Detection::score).reversed())
                .toList();
        List<TruthBox> free = new ArrayList<>(truth);
        List<Pair> pairs = new ArrayList<>();
        List<Detection> rest = take(waiting, free, true, pairs);
        List<Detection> alarms = take(rest, free, false, pairs);
        return new BoxMatches(
                List.copyOf(pairs),
                free.stream().filter(box -> !box.difficult()).toList(),
                List.copyOf(alarms));
    }

    /** Adds the pairs of one round; returns the detections that took nothing. */
    private static List<Detection> take(
            List<Detection> detections, List<TruthBox> free, boolean own, List<Pair> pairs) {
        List<Detection> rest = new ArrayList<>();
        for (Detection detection : detections) {
            TruthBox nearest = null;
            double max = 0;
            for (TruthBox box : free) {
                double overlap = detection.box().intersectionOverUnion(box.box());
                if ((own ? box.label() == detection.label() : !box.difficult()) && overlap > max) {
                    max = overlap;
                    nearest = box;
                }
            }
            if (nearest == null || max < IOU) {
                rest.add(detection);
            } else if (!nearest.difficult()) {
                free.remove(nearest);
                pairs.add(new Pair(detection, nearest));
            }
        }
        return rest;
    }
}
