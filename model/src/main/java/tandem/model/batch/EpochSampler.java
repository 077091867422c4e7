package tandem.model.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tandem.model.data.Annotation;
import tandem.model.data.DataSet;
import tandem.model.settings.Sampling;

/**
 * The order of the training images. The order of each pass depends on the seed and the number of the pass only. Images
 * with boxes, masks, both and neither are spread evenly, in the shares of {@link Sampling}. A batch may contain the end
 * of one pass and the beginning of the next: no batch is smaller, and no image is dropped.
 */
public final class EpochSampler {

    private final DataSet data;
    private final Sampling sampling;
    private final int length;
    private SamplerState state;
    private int orderedEpoch = -1;
    private int[] order;

    /** Continues from {@code state}. */
    EpochSampler(DataSet data, SamplerState state, Sampling sampling) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("data set " + data.name() + " has no images");
        }
        this.length = passLength(data, sampling);
        if (state.epoch() < 0 || state.position() < 0 || state.position() > length) {
            throw new IllegalArgumentException(
                    "a run at image " + state.position() + " of pass " + state.epoch() + " cannot continue with the "
                            + data.size() + " images of " + data.name() + ": it was started with other data");
        }
        this.data = data;
        this.sampling = sampling;
        this.state = state;
    }

    /** Image visits (samples) of a pass. */
    public static int passLength(DataSet data, Sampling sampling) {
        if (sampling == Sampling.PROPORTIONAL) {
            return data.size();
        }
        Collection<List<Integer>> kinds = kinds(data).values();
        return kinds.size() * kinds.stream().mapToInt(List::size).max().orElse(0);
    }

    /** The current position. */
    SamplerState state() {
        return state;
    }

    /** Image visits (samples) from the beginning of the run to the current position. */
    long visited() {
        return (long) state.epoch() * length + state.position();
    }

    /**
     * The next images.
     *
     * @param samples receives indices into the data set
     * @param seeds receives for each image the seed of its augmentation
     */
    void next(int[] samples, long[] seeds) {
        int epoch = state.epoch();
        int position = state.position();
        for (int i = 0; i < samples.length; i++) {
            if (position == length) {
                epoch++;
                position = 0;
            }
            if (orderedEpoch != epoch) {
                order = order(data, sampling, state.seed(), epoch);
                orderedEpoch = epoch;
            }
            samples[i] = order[position];
            seeds[i] = mix(mix(mix(state.seed()) + epoch) + position);
            position++;
        }
        state = new SamplerState(state.seed(), epoch, position);
    }

    private static Map<Annotation, List<Integer>> kinds(DataSet data) {
        Map<Annotation, List<Integer>> kinds = new EnumMap<>(Annotation.class);
        for (int i = 0; i < data.size(); i++) {
            kinds.computeIfAbsent(data.samples().get(i).annotation(), kind -> new ArrayList<>())
                    .add(i);
        }
        return kinds;
    }

    /** The order of one pass. */
    static int[] order(DataSet data, Sampling sampling, long seed, int epoch) {
        SplittableRandom random = new SplittableRandom(mix(mix(seed) + epoch));
        Collection<List<Integer>> kinds = kinds(data).values();
        int[] order = new int[passLength(data, sampling)];
        List<int[]> queues = new ArrayList<>();
        for (List<Integer> kind : kinds) {
            queues.add(visits(kind, sampling == Sampling.EVEN ? order.length / kinds.size() : kind.size(), random));
        }
        int[] taken = new int[queues.size()];
        for (int position = 0; position < order.length; position++) {
            int max = -1;
            double behind = Double.NEGATIVE_INFINITY;
            for (int kind = 0; kind < taken.length; kind++) {
                int length = queues.get(kind).length;
                double due = (double) length * (position + 1) / order.length - taken[kind];
                if (taken[kind] < length && due > behind) {
                    max = kind;
                    behind = due;
                }
            }
            order[position] = queues.get(max)[taken[max]++];
        }
        return order;
    }

    /** The images in one new order after the other, until there are {@code count}. */
    private static int[] visits(List<Integer> images, int count, SplittableRandom random) {
        int[] visits = new int[count];
        for (int from = 0; from < count; from += images.size()) {
            int[] again = shuffled(images, random);
            System.arraycopy(again, 0, visits, from, Math.min(again.length, count - from));
        }
        return visits;
    }

    /** Fisher and Yates' shuffle. */
    private static int[] shuffled(List<Integer> values, SplittableRandom random) {
        int[] result = values.stream().mapToInt(Integer::intValue).toArray();
        for (int i = result.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int value = result[i];
            result[i] = result[j];
            result[j] = value;
        }
        return result;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): consecutive numbers give unrelated results. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
