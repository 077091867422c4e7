package tandem.model.monitor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tandem.model.monitor.DriftReference.ClassFrames;
import tandem.model.monitor.DriftReference.Distribution;

/**
 * Compares the frames of a line with those of the evaluation, window after window, and raises an alarm when they
 * differ: another lamp, another lens, another product. Counting a frame allocates nothing.
 *
 * <p><b>Brightness and scores of the best box</b>: the population stability index, the sum over bins of {@code (p - q)
 * ln(p / q)}, where p and q are the shares of the n frames of the window and of the m frames of the reference, half a
 * frame added to each bin. A value of 0.25 is a large shift by the usual rule (N. Siddiqi, Credit Risk Scorecards,
 * 2006). Without a drift, the index divided by 1/n + 1/m follows approximately the chi-squared distribution with one
 * degree of freedom less than there are bins (B. Yurdakul, Statistical Properties of Population Stability Index, 2018).
 * The limit is the larger of 0.25 and that which a window without drift reaches with probability {@link #FALSE_ALARM}.
 *
 * <p><b>Rates of classes</b>: the z test of two proportions, the shares of frames in which the class is found:
 * {@code |p - q| / sqrt(r (1 - r) (1/n + 1/m))}, where r is the share in both together (NIST/SEMATECH e-Handbook of
 * Statistical Methods, section 7.3.3). The limit is that which a window without drift reaches with probability
 * {@link #FALSE_ALARM} divided by the number of classes, on either side.
 */
public final class DriftMonitor {

    /** Probability that a statistic of one window reaches its limit without a drift. */
    public static final double FALSE_ALARM = 1e-6;

    private static final double LARGE_SHIFT = 0.25;
    private static final double ADDED = 0.5;
    private static final Logger LOG = LoggerFactory.getLogger(DriftMonitor.class);

    /** A distribution that is counted. */
    private static final class Bins {
        private final double[] edges;
        private final double[] reference;
        private final int[] counts;

        Bins(Distribution distribution, int frames) {
            edges = distribution.edges().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            counts = new int[edges.length + 1];
            reference = distribution.counts().stream()
                    .mapToDouble(count -> (count + ADDED) / (frames + ADDED * counts.length))
                    .toArray();
        }

        void add(double value) {
            int bin = 0;
            while (bin < edges.length && value >= edges[bin]) {
                bin++;
            }
            counts[bin]++;
        }

        double index(int frames) {
            double sum = 0;
            for (int i = 0; i < counts.length; i++) {
                double share = (counts[i] + ADDED) / (frames + ADDED * counts.length);
                sum += (share - reference[i]) * Math.log(share / reference[i]);
            }
            Arrays.fill(counts, 0);
            return sum;
        }

        double limit(double spread) {
            double quantile =
                    new ChiSquaredDistribution(counts.length - 1).inverseCumulativeProbability(1 - FALSE_ALARM);
            return Math.max(LARGE_SHIFT, quantile * spread);
        }
    }

    /** Classes that are counted. */
    private static final class Rates {
        private final int[] reference;
        private final int[] counts;

        Rates(List<ClassFrames> classes) {
            reference = classes.stream().mapToInt(ClassFrames::frames).toArray();
            counts = new int[reference.length];
        }

        void add(boolean[] found) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += found[i] ? 1 : 0;
            }
        }

        void write(double[] values, int at, int frames, int referenceFrames) {
            for (int i = 0; i < counts.length; i++) {
                double both = (double) (counts[i] + reference[i]) / (frames + referenceFrames);
                double difference = (double) counts[i] / frames - (double) reference[i] / referenceFrames;
                double deviation = Math.sqrt(both * (1 - both) * (1.0 / frames + 1.0 / referenceFrames));
                values[at + i] = deviation == 0 ? 0 : Math.abs(difference) / deviation;
            }
            Arrays.fill(counts, 0);
        }
    }

    private final DriftReference reference;
    private final int window;
    private final Consumer<List<DriftStatistic>> listener;
    private final Bins brightness;
    private final Bins score;
    private final Rates boxes;
    private final Rates masks;
    private final String[] names;
    private final double[] limits;
    private final double[] values;
    private final long[] alarms;
    private int frames;
    private boolean complete;

    /**
     * @param window frames that are compared together, at least {@link DriftReference#MIN_FRAMES}
     * @param listener receives what drifted, see {@link #alarm}
     */
    public DriftMonitor(DriftReference reference, int window, Consumer<List<DriftStatistic>> listener) {
        if (window < DriftReference.MIN_FRAMES) {
            throw new IllegalArgumentException(
                    "a window of " + window + " frames: at least " + DriftReference.MIN_FRAMES);
        }
        this.reference = reference;
        this.window = window;
        this.listener = listener;
        double spread = 1.0 / window + 1.0 / reference.frames();
        List<String> allNames = new ArrayList<>();
        List<Double> allLimits = new ArrayList<>();
        brightness = new Bins(reference.brightness(), reference.frames());
        allNames.add("brightness");
        allLimits.add(brightness.limit(spread));
        score = reference
                .score()
                .map(distribution -> new Bins(distribution, reference.frames()))
                .orElse(null);
        if (score != null) {
            allNames.add("score");
            allLimits.add(score.limit(spread));
        }
        boxes = new Rates(reference.boxes());
        masks = new Rates(reference.masks());
        reference.boxes().forEach(one -> allNames.add("box " + one.name()));
        reference.masks().forEach(one -> allNames.add("mask " + one.name()));
        int classes = Math.max(1, boxes.counts.length + masks.counts.length);
        double normal = -new NormalDistribution().inverseCumulativeProbability(FALSE_ALARM / classes / 2);
        while (allLimits.size() < allNames.size()) {
            allLimits.add(normal);
        }
        names = allNames.toArray(String[]::new);
        limits = allLimits.stream().mapToDouble(Double::doubleValue).toArray();
        values = new double[names.length];
        alarms = new long[names.length];
    }

    /**
     * Counts a frame. Thread-safe.
     *
     * @return what drifted, when the frame ended a window in which something did; else empty. To be passed to
     *     {@link #alarm}
     * @throws IllegalArgumentException when the frame is of a network with other classes
     */
    public synchronized List<DriftStatistic> add(DriftFrame frame) {
        if (frame.boxes.length != boxes.counts.length || frame.masks.length != masks.counts.length) {
            throw new IllegalArgumentException("a frame with " + frame.boxes.length + " classes of boxes and "
                    + frame.masks.length + " of masks, the drift reference has " + boxes.counts.length + " and "
                    + masks.counts.length);
        }
        brightness.add(frame.brightness);
        if (score != null) {
            score.add(frame.score);
        }
        boxes.add(frame.boxes);
        masks.add(frame.masks);
        frames++;
        return frames == window && compare()
                ? statistics().stream().filter(DriftStatistic::isDrift).toList()
                : List.of();
    }

    /** Passes what drifted to the listener, unless nothing did. An exception of the listener is logged. */
    public void alarm(List<DriftStatistic> drifted) {
        if (drifted.isEmpty()) {
            return;
        }
        try {
            listener.accept(drifted);
        } catch (RuntimeException problem) {
            LOG.error("the listener of drift alarms failed", problem);
        }
    }

    private boolean compare() {
        int at = 0;
        values[at++] = brightness.index(window);
        if (score != null) {
            values[at++] = score.index(window);
        }
        boxes.write(values, at, window, reference.frames());
        masks.write(values, at + boxes.counts.length, window, reference.frames());
        frames = 0;
        complete = true;
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            if (values[i] >= limits[i]) {
                alarms[i]++;
                any = true;
            }
        }
        return any;
    }

    /** All statistics of the last complete window; empty before the first. */
    public synchronized List<DriftStatistic> statistics() {
        List<DriftStatistic> statistics = new ArrayList<>();
        for (int i = 0; complete && i < names.length; i++) {
            statistics.add(new DriftStatistic(names[i], values[i], limits[i]));
        }
        return statistics;
    }

    /** Windows in which a statistic drifted; 0 for an unknown name. */
    public synchronized long alarms(String name) {
        int at = Arrays.asList(names).indexOf(name);
        return at < 0 ? 0 : alarms[at];
    }

    /** Names of all statistics. */
    public List<String> names() {
        return List.of(names);
    }
}
