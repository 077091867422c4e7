package tandem.model.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import tandem.model.balance.LossWeights.Factors;
import tandem.model.balance.LossWeights.Losses;
import tandem.model.balance.LossWeights.Norms;
import tandem.model.settings.BalanceSettings;

class LossWeightsTest {

    private static double derivative(DoubleUnaryOperator f, double x) {
        double h = 1e-5;
        return (f.applyAsDouble(x + h) - f.applyAsDouble(x - h)) / (2 * h);
    }

    @Test
    void logVariancesFollowTheDerivativeOfTheirObjective() {
        UncertaintyWeights weights = new UncertaintyWeights(new Factors(2, 2, 0.5), 3);
        weights.restore(List.of(0.3, -0.8, 1.1));
        double[] s = {0.3, -0.8, 1.1};
        double[] share = {0.5, 1, 1};
        double[] loss = {2 * 0.7, 2 * 1.9, 0.5 * 0.4};
        Factors factors = weights.factors();
        assertEquals(0.5 * Math.exp(-0.3) * 2, factors.location(), 1e-12);
        assertEquals(Math.exp(0.8) * 2, factors.confidence(), 1e-12);
        assertEquals(Math.exp(-1.1) * 0.5, factors.segmentation(), 1e-12);
        Losses losses = new Losses(0.7, 1.9, 0.4);
        double objective = 0;
        for (int i = 0; i < 3; i++) {
            objective += share[i] * Math.exp(-s[i]) * loss[i] + s[i] / 2;
        }
        assertEquals(objective, weights.objective(losses), 1e-12);
        weights.afterStep(0.01, losses);
        for (int i = 0; i < 3; i++) {
            int task = i;
            double slope = derivative(x -> share[task] * Math.exp(-x) * loss[task] + x / 2, s[i]);
            assertEquals(s[i] - 3 * 0.01 * slope, weights.state().get(i), 1e-8);
        }
    }

    @Test
    void logVariancesSettleWhereTheObjectiveIsLeast() {
        UncertaintyWeights weights = new UncertaintyWeights(new Factors(1, 1, 1), 1);
        for (int i = 0; i < 5000; i++) {
            weights.afterStep(0.02, new Losses(0.7, 1.9, 0.4));
        }
        // d/ds (a exp(-s) L + s / 2) = 0 at exp(s) = 2 a L
        assertEquals(Math.log(0.7), weights.state().get(0), 1e-6);
        assertEquals(Math.log(3.8), weights.state().get(1), 1e-6);
        assertEquals(Math.log(0.8), weights.state().get(2), 1e-6);
    }

    @Test
    void aTaskWithoutAnnotatedImagesKeepsItsWeights() {
        UncertaintyWeights uncertainty = new UncertaintyWeights(new Factors(1, 1, 1), 1);
        uncertainty.afterStep(0.1, new Losses(0, 0, 0.4));
        assertEquals(0, uncertainty.state().get(0));
        assertEquals(0, uncertainty.state().get(1));
        assertTrue(uncertainty.state().get(2) < 0);
        GradNormWeights gradNorm = new GradNormWeights(new Factors(1, 1, 1), 0.1, 1);
        gradNorm.afterMeasurement(new Losses(0.2, 0.3, 0), new Norms(2, 0));
        assertEquals(List.of(1.0, 1.0, 0.5, 0.0), gradNorm.state());
        gradNorm.afterMeasurement(new Losses(0, 0, 0.9), new Norms(0, 3));
        assertEquals(List.of(1.0, 1.0, 0.5, 0.9), gradNorm.state());
    }

    @Test
    void gradNormFollowsTheDerivativeOfItsObjective() {
        double alpha = 1.5;
        double rate = 0.04;
        GradNormWeights weights = new GradNormWeights(new Factors(1, 1, 2), rate, alpha);
        // weights 0.8 and 1.2, first losses 2 and 3
        weights.restore(List.of(0.8, 1.2, 2.0, 3.0));
        assertEquals(new Factors(0.8, 0.8, 2.4), weights.factors());
        Norms norms = new Norms(0.5, 4);
        weights.afterMeasurement(new Losses(0.4, 0.6, 1.2), norms);
        // Losses 1.0 of 2 and 2.4 of 3: shares 0.5 and 0.8, relative 0.5 / 0.65 and 0.8 / 0.65
        double mean = 2.25;
        double[] target = {mean * Math.pow(0.5 / 0.65, alpha), mean * Math.pow(0.8 / 0.65, alpha)};
        double[] w = {0.8, 1.2};
        double[] each = {0.5 / 0.8, 4 / 1.2};
        double[] moved = new double[2];
        for (int i = 0; i < 2; i++) {
            int task = i;
            moved[i] = w[i] - rate * derivative(x -> Math.abs(x * each[task] - target[task]), w[i]) / mean;
        }
        double scale = 2 / (moved[0] + moved[1]);
        assertEquals(scale * moved[0], weights.state().get(0), 1e-8);
        assertEquals(scale * moved[1], weights.state().get(1), 1e-8);
        assertTrue(weights.state().get(0) > 0.8, "the task with the small gradient gains");
    }

    @Test
    void gradNormEvensOutGradientsOfTasksThatLearnAtOneSpeed() {
        GradNormWeights weights = new GradNormWeights(new Factors(1, 1, 1), 0.01, 1.5);
        for (int i = 0; i < 2000; i++) {
            List<Double> w = weights.state();
            weights.afterMeasurement(new Losses(1, 1, 5), new Norms(6 * w.get(0), 2 * w.get(1)));
        }
        // 6 w = 2 (2 - w)
        assertEquals(0.5, weights.state().get(0), 0.02);
        assertEquals(1.5, weights.state().get(1), 0.02);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        for (Runnable wrong : List.<Runnable>of(
                () -> BalanceSettings.none().withMethod(null),
                () -> BalanceSettings.none().withMeasureEvery(-1),
                () -> BalanceSettings.none().withLearningRate(0.1f),
                () -> BalanceSettings.uncertainty().withLearningRate(0),
                () -> BalanceSettings.uncertainty().withAlpha(1),
                () -> BalanceSettings.gradNorm().withMeasureEvery(0),
                () -> BalanceSettings.gradNorm().withAlpha(Float.NaN),
                () -> BalanceSettings.pcGrad().withAlpha(1))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
        LossWeights fixed = LossWeights.of(BalanceSettings.pcGrad(), 2, 3);
        assertEquals(new Factors(2, 2, 3), fixed.factors());
        assertThrows(IllegalArgumentException.class, () -> fixed.restore(List.of(1.0)));
        assertTrue(BalanceSettings.none().withMeasureEvery(3).measures(6)
                && !BalanceSettings.none().measures(0));
    }
}
