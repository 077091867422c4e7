package tandem.model.detection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Selection and suppression of one image's candidates in plain Java and double precision. */
final class ReferenceSuppression {

    /** A box with its score, class and place among (anchor, class) pairs. */
    record Candidate(double[] box, float logit, int label, int index) {
        double score() {
            return Geometry.logistic(logit);
        }
    }

    private ReferenceSuppression() {}

    static double[] cut(double[] box) {
        double[] result = new double[4];
        for (int k = 0; k < 4; k++) {
            result[k] = Math.min(1, Math.max(0, box[k]));
        }
        return result;
    }

    static List<Candidate> apply(
            float[] loc, float[] conf, int classes, float[] anchors, NonMaximumSuppression.Settings settings) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < conf.length; i++) {
            if (Geometry.logistic(conf[i]) > settings.scoreThreshold()) {
                int a = i / classes;
                double[] box = Geometry.decode(Geometry.row(loc, a), Geometry.row(anchors, a));
                candidates.add(new Candidate(box, conf[i], i % classes, i));
            }
        }
        candidates.sort(Comparator.comparing(Candidate::logit).reversed().thenComparing(Candidate::index));
        List<Candidate> selected = candidates.stream()
                .limit(settings.candidates())
                .filter(c -> Double.isFinite(c.box[0] + c.box[1] + c.box[2] + c.box[3]))
                .map(c -> new Candidate(cut(c.box), c.logit, c.label, c.index))
                .filter(c -> c.box[2] > c.box[0] && c.box[3] > c.box[1])
                .toList();
        return suppress(selected, settings.iouThreshold(), settings.classAgnostic()).stream()
                .limit(settings.detections())
                .toList();
    }

    /** Greedy suppression of candidates that are sorted by falling score. */
    static List<Candidate> suppress(List<Candidate> sorted, double threshold, boolean anyClass) {
        List<Candidate> kept = new ArrayList<>();
        for (Candidate candidate : sorted) {
            if (kept.stream()
                    .noneMatch(k -> (anyClass || k.label == candidate.label)
                            && Geometry.iou(k.box, candidate.box) > threshold)) {
                kept.add(candidate);
            }
        }
        return kept;
    }
}
