package tandem.model.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivergenceTest {

    /** Squares of the distances that SciPy 1.17's scipy.spatial.distance.jensenshannon(base=2) gives. */
    @Test
    void agreesWithAnotherImplementation() {
        assertEquals(
                0.14679310243605215, Divergence.jensenShannon(new double[] {.5, .5}, new double[] {.9, .1}), 1e-14);
        assertEquals(
                0.15356065532898452,
                Divergence.jensenShannon(new double[] {1, 2, 3, 4}, new double[] {4, 3, 2, 1}),
                1e-14);
        assertEquals(
                0.11279657006736937, Divergence.jensenShannon(new double[] {10, 0, 5}, new double[] {7, 3, 5}), 1e-14);
    }

    @Test
    void sameIsZeroAndNothingInCommonIsOneBit() {
        assertEquals(0, Divergence.jensenShannon(new double[] {3, 0, 9}, new double[] {1, 0, 3}), 1e-15);
        assertEquals(1, Divergence.jensenShannon(new double[] {5, 0, 0}, new double[] {0, 1, 2}), 1e-15);
    }

    private static List<double[]> coins(SplittableRandom random, int count, double heads) {
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(random.nextDouble() < heads ? new double[] {1, 0} : new double[] {0, 1});
        }
        return rows;
    }

    @Test
    void theIntervalCoversTheTruthAndChanceIsExceededOnceInTwenty() {
        SplittableRandom random = new SplittableRandom(5);
        double truth = Divergence.jensenShannon(new double[] {.3, .7}, new double[] {.6, .4});
        int covered = 0;
        int exceeded = 0;
        for (int trial = 0; trial < 200; trial++) {
            Divergence different = Divergence.between(coins(random, 150, 0.3), coins(random, 120, 0.6));
            covered += different.low() <= truth && truth <= different.high() ? 1 : 0;
            assertTrue(different.differs());
            exceeded += Divergence.between(coins(random, 150, 0.3), coins(random, 120, 0.3))
                            .differs()
                    ? 1
                    : 0;
        }
        // 190 and 10 are expected; the bounds are four standard deviations (3.1) and a little for the bootstrap away.
        assertTrue(covered >= 174, covered + " of 200 intervals hold the truth");
        assertTrue(exceeded <= 23, exceeded + " of 200 equal groups are reported as different");
    }

    @Test
    void sameInputSameDraws() {
        List<double[]> a = coins(new SplittableRandom(1), 40, 0.5);
        List<double[]> b = coins(new SplittableRandom(2), 30, 0.5);
        assertEquals(Divergence.between(a, b), Divergence.between(a, b));
    }

    @Test
    void groupsWithoutWeightOrOfOneImage() {
        assertNull(Divergence.between(List.of(new double[] {0, 0}), List.of(new double[] {1, 0})));
        assertNull(Divergence.between(List.of(), List.of(new double[] {1, 0})));
        Divergence one = Divergence.between(List.of(new double[] {1, 0}), List.of(new double[] {0, 1}));
        assertEquals(1, one.value(), 1e-15);
        assertFalse(one.differs(), "two single images always differ, so chance explains it");
    }
}
