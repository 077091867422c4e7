package tandem.model.monitor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tandem.model.monitor.DriftReference.ClassFrames;
import tandem.model.monitor.DriftReference.Distribution;
import tandem.model.network.NetworkSettings;

/** Collects frames for a {@link DriftReference}. */
public final class DriftReferenceBuilder {

    /** Bins with about the same number of frames each. */
    private static final int BINS = 10;
    /** Values outside of the range of the reference by less than this are no drift: gray levels, and scores. */
    private static final double BRIGHTNESS_MARGIN = 1;

    private static final double SCORE_MARGIN = 0.01;

    private final NetworkSettings settings;
    private final List<Double> brightness = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();
    private final int[] boxes;
    private final int[] masks;

    /** For frames of a network with these settings. */
    public DriftReferenceBuilder(NetworkSettings settings) {
        this.settings = settings;
        DriftFrame frame = new DriftFrame(settings);
        boxes = new int[frame.boxes.length];
        masks = new int[frame.masks.length];
    }

    /** Adds a frame. */
    public void add(DriftFrame frame) {
        brightness.add(frame.brightness);
        scores.add(frame.score);
        count(frame.boxes, boxes);
        count(frame.masks, masks);
    }

    private static void count(boolean[] found, int[] frames) {
        for (int i = 0; i < found.length; i++) {
            frames[i] += found[i] ? 1 : 0;
        }
    }

    /** Number of frames. */
    public int frames() {
        return brightness.size();
    }

    /** @throws IllegalArgumentException for fewer than {@link DriftReference#MIN_FRAMES} frames */
    public DriftReference build() {
        if (frames() < DriftReference.MIN_FRAMES) {
            throw new IllegalArgumentException(
                    frames() + " frames, at least " + DriftReference.MIN_FRAMES + " are needed");
        }
        return new DriftReference(
                frames(),
                distribution(brightness, BRIGHTNESS_MARGIN),
                settings.detects() ? Optional.of(distribution(scores, SCORE_MARGIN)) : Optional.empty(),
                classes(settings.boxClasses(), boxes),
                classes(settings.maskClasses(), masks));
    }

    /**
     * Bins divided at quantiles, in the middle between two different values, and two outside of the range of the
     * values.
     */
    static Distribution distribution(List<Double> values, double margin) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        TreeSet<Double> edges = new TreeSet<>();
        for (int i = 1; i < BINS; i++) {
            int at = i * sorted.size() / BINS;
            while (at < sorted.size() && sorted.get(at).equals(sorted.get(at - 1))) {
                at++;
            }
            if (at < sorted.size()) {
                edges.add((sorted.get(at - 1) + sorted.get(at)) / 2);
            }
        }
        edges.add(sorted.get(0) - margin);
        edges.add(Math.nextUp(sorted.get(sorted.size() - 1) + margin));
        int[] counts = new int[edges.size() + 1];
        for (double value : sorted) {
            counts[edges.headSet(value, true).size()]++;
        }
        List<Integer> list = new ArrayList<>();
        for (int count : counts) {
            list.add(count);
        }
        return new Distribution(List.copyOf(edges), list);
    }

    private static List<ClassFrames> classes(List<String> names, int[] frames) {
        List<ClassFrames> classes = new ArrayList<>();
        for (int i = 0; i < frames.length; i++) {
            classes.add(new ClassFrames(names.get(i), frames[i]));
        }
        return classes;
    }
}
