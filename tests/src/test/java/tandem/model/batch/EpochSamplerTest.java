package tandem.model.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.model.data.Annotation;
import tandem.model.data.DataSet;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.settings.Sampling;

class EpochSamplerTest {

    /** Images in blocks: so many with boxes, with a mask, with both, with neither. */
    private static DataSet data(int boxes, int masks, int both, int neither) {
        List<Sample> samples = new ArrayList<>();
        MaskFile mask = new MaskFile(Path.of("m.png"), List.of(1L, 0L), 0);
        for (int i = 0; i < boxes + masks + both + neither; i++) {
            boolean boxed = i < boxes || i >= boxes + masks && i < boxes + masks + both;
            boolean masked = i >= boxes && i < boxes + masks + both;
            samples.add(new Sample(
                    "s" + i,
                    Path.of("i.png"),
                    1,
                    1,
                    boxed ? Optional.of(List.of()) : Optional.empty(),
                    masked ? Optional.of(mask) : Optional.empty()));
        }
        return new DataSet("test", List.of("a"), List.of("a"), samples);
    }

    @Test
    void everyPassVisitsEveryImageOnceInItsOwnOrder() {
        DataSet data = data(7, 5, 3, 2);
        Set<List<Integer>> orders = new HashSet<>();
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = EpochSampler.order(data, Sampling.PROPORTIONAL, 9, epoch);
            assertArrayEquals(
                    IntStream.range(0, 17).toArray(),
                    Arrays.stream(order).sorted().toArray());
            assertArrayEquals(order, EpochSampler.order(data, Sampling.PROPORTIONAL, 9, epoch));
            orders.add(Arrays.stream(order).boxed().toList());
        }
        assertEquals(20, orders.size());
        assertFalse(Arrays.equals(
                EpochSampler.order(data, Sampling.PROPORTIONAL, 9, 0),
                EpochSampler.order(data, Sampling.PROPORTIONAL, 10, 0)));
    }

    @Test
    void everyStretchHoldsTheKindsInProportion() {
        DataSet data = data(840, 360, 100, 40);
        double[] shares = {840 / 1340.0, 360 / 1340.0, 100 / 1340.0, 40 / 1340.0};
        int[] order = EpochSampler.order(data, Sampling.PROPORTIONAL, 1, 0);
        int[] seen = new int[4];
        for (int i = 0; i < order.length; i++) {
            seen[data.samples().get(order[i]).annotation().ordinal()]++;
            for (int kind = 0; kind < 4; kind++) {
                assertEquals(shares[kind] * (i + 1), seen[kind], 2, Annotation.values()[kind] + " after " + (i + 1));
            }
        }
    }

    /**
     * Over many passes each image comes first, second and so on equally often: chi-squared with n - 1 degrees of
     * freedom.
     */
    @Test
    void theOrderOfOneKindIsUniform() {
        DataSet data = data(6, 0, 0, 0);
        int passes = 6000;
        int[][] counts = new int[6][6];
        for (int epoch = 0; epoch < passes; epoch++) {
            int[] order = EpochSampler.order(data, Sampling.PROPORTIONAL, 77, epoch);
            for (int i = 0; i < 6; i++) {
                counts[i][order[i]]++;
            }
        }
        for (int[] row : counts) {
            double chi = 0;
            for (int count : row) {
                chi += Math.pow(count - passes / 6.0, 2) / (passes / 6.0);
            }
            assertTrue(chi < 25.7, "chi-squared " + chi + " has a probability below 0.0001 with 5 degrees of freedom");
        }
    }

    @Test
    void batchesRunOnFromPassToPass() {
        DataSet data = data(3, 2, 0, 0);
        EpochSampler sampler = new EpochSampler(data, SamplerState.start(4), Sampling.PROPORTIONAL);
        int[] all = new int[40];
        long[] allSeeds = new long[40];
        sampler.next(all, allSeeds);
        assertEquals(new SamplerState(4, 7, 5), sampler.state());
        for (int pass = 0; pass < 8; pass++) {
            assertArrayEquals(
                    EpochSampler.order(data, Sampling.PROPORTIONAL, 4, pass),
                    Arrays.copyOfRange(all, 5 * pass, 5 * pass + 5));
        }
        assertEquals(40, Arrays.stream(allSeeds).distinct().count());

        SamplerState state = SamplerState.start(4);
        for (int i = 0; i < 40; i += 8) {
            EpochSampler resumed = new EpochSampler(data, state, Sampling.PROPORTIONAL);
            int[] batch = new int[8];
            long[] seeds = new long[8];
            resumed.next(batch, seeds);
            assertArrayEquals(Arrays.copyOfRange(all, i, i + 8), batch);
            assertArrayEquals(Arrays.copyOfRange(allSeeds, i, i + 8), seeds);
            state = resumed.state();
        }
    }

    @Test
    void aStateOfOtherDataIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new EpochSampler(data(3, 0, 0, 0), new SamplerState(1, 0, 4), Sampling.PROPORTIONAL));
        assertThrows(
                IllegalArgumentException.class,
                () -> new EpochSampler(data(0, 0, 0, 0), SamplerState.start(1), Sampling.PROPORTIONAL));
    }

    @Test
    void evenSamplingGivesEveryKindItsShareAndEveryImageItsTurns() {
        DataSet data = data(10, 3, 0, 0);
        assertEquals(20, EpochSampler.passLength(data, Sampling.EVEN));
        int[] visits = new int[13];
        for (int epoch = 0; epoch < 3; epoch++) {
            int[] order = EpochSampler.order(data, Sampling.EVEN, 5, epoch);
            int[] once = new int[13];
            for (int i = 0; i < order.length; i++) {
                once[order[i]]++;
                visits[order[i]]++;
                if (i % 2 == 1) {
                    assertTrue(order[i] < 10 != order[i - 1] < 10, "every two visits are one of each kind");
                }
            }
            for (int i = 0; i < 13; i++) {
                assertTrue(
                        i < 10 ? once[i] == 1 : once[i] == 3 || once[i] == 4,
                        "image " + i + " came " + once[i] + " times");
            }
        }
        assertEquals(30, visits[10] + visits[11] + visits[12]);
        assertEquals(10, EpochSampler.passLength(data(10, 0, 0, 0), Sampling.EVEN));
    }
}
