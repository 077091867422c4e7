package tandem.model.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One inspected part, which is one image: its defects, the best detection of each, and the false alarms. It is
 * sufficient for the rates at any threshold ({@link PartCurve}).
 *
 * <p>An inspection line asks whether a defect was found and not how exactly, so a defect counts as found by a detection
 * of any class that overlaps it a little.
 *
 * @param image its name
 * @param good whether it is annotated and has no defect, not even a difficult one
 * @param defects scores of the best detection of each defect; negative infinity for a defect without any
 * @param alarms scores of the detections that overlap no annotated object, in decreasing order
 */
public record PartOutcome(String image, boolean good, List<Double> defects, List<Double> alarms) {

    /** Minimum intersection over union of a detection and the defect that it finds. */
    public static final double MIN_OVERLAP = 0.1;

    /** Copies the scores. */
    public PartOutcome {
        defects = List.copyOf(defects);
        alarms = List.copyOf(alarms);
    }

    /**
     * The outcome of boxes. A detection finds every defect that it overlaps with an intersection over union of at least
     * {@link #MIN_OVERLAP}. A difficult box is no defect, and a detection on it no false alarm.
     *
     * @param truth annotated boxes, possibly none
     */
    public static PartOutcome ofBoxes(String image, List<Detection> detections, List<TruthBox> truth) {
        double[] found = new double[truth.size()];
        Arrays.fill(found, Double.NEGATIVE_INFINITY);
        List<Double> alarms = new ArrayList<>();
        for (Detection detection : detections) {
            boolean alarm = true;
            for (int i = 0; i < found.length; i++) {
                if (detection.box().intersectionOverUnion(truth.get(i).box()) >= MIN_OVERLAP) {
                    found[i] = Math.max(found[i], detection.score());
                    alarm = false;
                }
            }
            if (alarm) {
                alarms.add(detection.score());
            }
        }
        List<Double> defects = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (!truth.get(i).difficult()) {
                defects.add(found[i]);
            }
        }
        alarms.sort((a, b) -> Double.compare(b, a));
        return new PartOutcome(image, truth.isEmpty(), defects, alarms);
    }

    /**
     * The outcome of masks. Defects and detections are the 8-connected regions of pixels of any class; the score of a
     * detection is its number of pixels. A detection finds every defect with which it shares a pixel. Ignored pixels
     * belong to no defect, and a detection on them is no false alarm.
     *
     * @param predicted (height, width) predicted class of each pixel, 0 for background
     * @param truth (height, width) true class of each pixel, {@value Evaluator#IGNORED_PIXEL} for ignored pixels
     * @param width columns, in pixels
     * @throws IllegalArgumentException when the masks differ in size, or rows are not complete
     */
    public static PartOutcome ofMasks(String image, byte[] predicted, byte[] truth, int width) {
        if (predicted.length != truth.length || width < 1 || predicted.length % width != 0) {
            throw new IllegalArgumentException("masks of " + predicted.length + " and " + truth.length
                    + " pixels in rows of " + width + ": expected equal sizes and complete rows");
        }
        ForegroundRegions found = ForegroundRegions.of(predicted, width);
        ForegroundRegions annotated = ForegroundRegions.of(truth, width);
        boolean[] known = new boolean[found.count()];
        double[] best = new double[annotated.count()];
        Arrays.fill(best, Double.NEGATIVE_INFINITY);
        boolean good = true;
        for (int i = 0; i < truth.length; i++) {
            good &= truth[i] == 0;
            int region = found.region(i);
            if (region >= 0 && truth[i] != 0) {
                known[region] = true;
                if (annotated.region(i) >= 0) {
                    best[annotated.region(i)] = Math.max(best[annotated.region(i)], found.pixels(region));
                }
            }
        }
        List<Double> alarms = new ArrayList<>();
        for (int region = 0; region < known.length; region++) {
            if (!known[region]) {
                alarms.add((double) found.pixels(region));
            }
        }
        alarms.sort((a, b) -> Double.compare(b, a));
        return new PartOutcome(image, good, Arrays.stream(best).boxed().toList(), alarms);
    }

    /** Number of false alarms with a score of at least {@code threshold}. */
    public int falseAlarms(double threshold) {
        return (int) alarms.stream().filter(score -> score >= threshold).count();
    }

    /** Number of defects without a detection of at least {@code threshold}. */
    public int escapes(double threshold) {
        return (int) defects.stream().filter(score -> score < threshold).count();
    }

    /** Whether anything is detected with a score of at least {@code threshold}, so that the part is rejected. */
    public boolean rejected(double threshold) {
        return falseAlarms(threshold) > 0 || escapes(threshold) < defects.size();
    }
}
