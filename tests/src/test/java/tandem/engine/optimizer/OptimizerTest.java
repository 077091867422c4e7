package tandem.engine.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.TestMemory;

/** Whole-arena updates, against the formulas in double precision. */
class OptimizerTest {

    private static final float NO_CLIPPING = Float.POSITIVE_INFINITY;

    private CpuDevice device;

    @BeforeEach
    void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Memory memory(float... values) {
        Memory memory = device.allocate(4L * values.length, "test").memory();
        write(memory, values);
        return memory;
    }

    private void write(Memory memory, float... values) {
        device.upload(TestMemory.floats(values), memory);
    }

    private float[] read(Memory memory) {
        return TestMemory.floats(device, memory);
    }

    private static float[] random(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Runs steps with changing gradients and learning rates beside the formulas. */
    private void follow(Optimizer optimizer, int n, int decayed, float largest) {
        Memory parameters = memory(random(1, n));
        Memory gradients = memory(new float[n]);
        Memory state =
                device.allocate(optimizer.stateBytes(parameters), "state").memory();
        double[] p = doubles(read(parameters));
        double[] first = new double[n];
        double[] second = new double[n];
        try (StepValues values = new StepValues(device, optimizer);
                GradientNorm norm = new GradientNorm(device, gradients, largest)) {
            List<Command> commands = new ArrayList<>(norm.commands());
            commands.addAll(optimizer.step(device, parameters, decayed, gradients, state, values, norm));
            for (int step = 1; step <= 5; step++) {
                float[] g = random(100 + step, n);
                write(gradients, g);
                double rate = 0.1 / step;
                values.set(rate, step, 0);
                commands.forEach(Command::run);
                double clip = Math.min(1, largest / norm(g));
                for (int i = 0; i < n; i++) {
                    double scaled = clip * g[i];
                    if (optimizer instanceof Sgd sgd) {
                        first[i] = sgd.momentum() * first[i] + scaled + (i < decayed ? sgd.weightDecay() : 0) * p[i];
                        p[i] -= rate * first[i];
                    } else if (optimizer instanceof AdamW adam) {
                        first[i] = adam.beta1() * first[i] + (1 - adam.beta1()) * scaled;
                        second[i] = adam.beta2() * second[i] + (1 - adam.beta2()) * scaled * scaled;
                        p[i] -= rate * (i < decayed ? adam.weightDecay() : 0) * p[i];
                        p[i] -= rate
                                * (first[i] / (1 - Math.pow(adam.beta1(), step)))
                                / (Math.sqrt(second[i] / (1 - Math.pow(adam.beta2(), step))) + adam.epsilon());
                    }
                }
            }
            float[] actual = read(parameters);
            for (int i = 0; i < n; i++) {
                assertEquals(p[i], actual[i], 2e-6, "parameter " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 1030})
    void sgdFollowsItsFormula(int n) {
        follow(new Sgd(0.9f, 0.01f), n, n / 8 * 4, NO_CLIPPING);
        follow(new Sgd(0.9f, 0.01f), n, n, 0.5f);
        follow(new Sgd(0, 0), n, 0, NO_CLIPPING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 1030})
    void adamWFollowsItsFormula(int n) {
        follow(AdamW.withDecay(0.05f), n, n / 8 * 4, NO_CLIPPING);
        follow(new AdamW(0.8f, 0.95f, 1e-6f, 0.05f), n, n, 0.5f);
    }

    /** The first AdamW step moves every parameter by the learning rate, whatever the size of its gradient. */
    @Test
    void firstAdamWStepIsTheLearningRate() {
        Memory parameters = memory(1, 1, 1, 1);
        Memory gradients = memory(1e-3f, -1e3f, 5, 0);
        AdamW adam = new AdamW(0.9f, 0.999f, 1e-8f, 0);
        Memory state = device.allocate(adam.stateBytes(parameters), "state").memory();
        try (StepValues values = new StepValues(device, adam);
                GradientNorm norm = new GradientNorm(device, gradients, NO_CLIPPING)) {
            values.set(0.01, 1, 0);
            norm.commands().forEach(Command::run);
            adam.step(device, parameters, 4, gradients, state, values, norm).forEach(Command::run);
            float[] p = read(parameters);
            assertEquals(0.99, p[0], 1e-6);
            assertEquals(1.01, p[1], 1e-6);
            assertEquals(0.99, p[2], 1e-6);
            assertEquals(1, p[3]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 1023, 16_384, 16_385, 100_003})
    void normIsTheRootOfTheSumOfSquares(int n) {
        float[] g = random(n, n);
        try (GradientNorm norm = new GradientNorm(device, memory(g), 0.25f)) {
            norm.commands().forEach(Command::run);
            norm.refresh();
            assertEquals(norm(g), norm.norm(), 5e-7 * norm(g));
            assertTrue(norm.finite());
            assertEquals(Math.min(1, 0.25 / norm(g)), read(norm.status())[1], 1e-6);
            float[] before = read(norm.status());
            norm.commands().forEach(Command::run);
            assertArrayEquals(before, read(norm.status()), "the same gradients must give the same bits");
        }
    }

    @Test
    void normOfZeroClipsNothing() {
        try (GradientNorm norm = new GradientNorm(device, memory(new float[100]), 1)) {
            norm.commands().forEach(Command::run);
            assertArrayEquals(new float[] {0, 1, 1, 0}, read(norm.status()));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f})
    void stepThatIsNotFiniteChangesNothing(float planted) {
        int n = 40_000;
        float[] g = random(3, n);
        g[31_234] = planted;
        for (Optimizer optimizer : List.of(new Sgd(0.9f, 0.1f), AdamW.withDecay(0.1f))) {
            Memory parameters = memory(random(4, n));
            Memory average = memory(random(5, n));
            Memory state = memory(random(6, (int) optimizer.stateBytes(parameters) / 4));
            Memory gradients = memory(g);
            float[][] before = {read(parameters), read(average), read(state)};
            try (StepValues values = new StepValues(device, optimizer);
                    GradientNorm norm = new GradientNorm(device, gradients, 1)) {
                values.set(0.1, 1, 0.5);
                for (int step = 1; step <= 3; step++) {
                    norm.commands().forEach(Command::run);
                    optimizer
                            .step(device, parameters, n, gradients, state, values, norm)
                            .forEach(Command::run);
                    MovingAverage.update(device, average, parameters, values, norm)
                            .forEach(Command::run);
                    norm.refresh();
                    assertFalse(norm.finite());
                    assertEquals(step, norm.skippedSteps());
                }
                assertArrayEquals(before[0], read(parameters));
                assertArrayEquals(before[1], read(average));
                assertArrayEquals(before[2], read(state));
                write(gradients, random(7, n));
                norm.commands().forEach(Command::run);
                optimizer
                        .step(device, parameters, n, gradients, state, values, norm)
                        .forEach(Command::run);
                norm.refresh();
                assertTrue(norm.finite());
                assertEquals(3, norm.skippedSteps());
                assertFalse(java.util.Arrays.equals(before[0], read(parameters)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 1031})
    void averageFollowsItsFormula(int n) {
        Memory weights = memory(random(1, n));
        Memory average = memory(random(2, n));
        double[] expected = doubles(read(average));
        Sgd sgd = new Sgd(0, 0);
        try (StepValues values = new StepValues(device, sgd);
                GradientNorm norm = new GradientNorm(device, memory(1), 1)) {
            norm.commands().forEach(Command::run);
            for (int update = 1; update <= 4; update++) {
                float[] w = random(10 + update, n);
                write(weights, w);
                double d = MovingAverage.decay(update * 1000L, 0.9998, 2000);
                values.set(0.1, update, d);
                MovingAverage.update(device, average, weights, values, norm).forEach(Command::run);
                for (int i = 0; i < n; i++) {
                    expected[i] = d * expected[i] + (1 - d) * w[i];
                }
            }
        }
        float[] actual = read(average);
        for (int i = 0; i < n; i++) {
            assertEquals(expected[i], actual[i], 1e-6);
        }
        // 0.9998 (1 - 1 / e) and the limit.
        assertEquals(0.9998 * 0.6321205588285577, MovingAverage.decay(2000, 0.9998, 2000), 1e-12);
        assertEquals(0.9998, MovingAverage.decay(1_000_000, 0.9998, 2000), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 1028})
    void gradientsOfMicroBatchesAddUp(int n) {
        float[] garbage = new float[n];
        java.util.Arrays.fill(garbage, Float.NaN);
        Memory sum = memory(garbage);
        float[] a = random(1, n);
        float[] b = random(2, n);
        Accumulation.first(device, sum, memory(a), 0.5f).run();
        Accumulation.next(device, sum, memory(b), 0.25f).run();
        float[] actual = read(sum);
        for (int i = 0; i < n; i++) {
            assertEquals(0.5 * a[i] + 0.25 * b[i], actual[i], 1e-7);
        }
    }

    @Test
    void wrongSizesAreClearErrors() {
        Sgd sgd = new Sgd(0.9f, 0);
        Memory four = memory(1, 2, 3, 4);
        Memory state = memory(new float[64]);
        Memory two = memory(1, 2);
        try (StepValues values = new StepValues(device, sgd);
                GradientNorm norm = new GradientNorm(device, four, 1)) {
            assertMessage("one length", () -> sgd.step(device, four, 4, two, state, values, norm));
            assertMessage(
                    "1 numbers for each parameter, 256 bytes",
                    () -> sgd.step(device, four, 4, four, two, values, norm));
            assertMessage("multiple of 4", () -> sgd.step(device, four, 3, four, state, values, norm));
            assertMessage("one length", () -> MovingAverage.update(device, four, two, values, norm));
            assertMessage("steps count from 1", () -> values.set(0.1, 0, 0));
        }
        assertMessage("norm above 0", () -> new GradientNorm(device, four, 0));
        assertMessage("momentum in [0, 1)", () -> new Sgd(1, 0));
        assertMessage("epsilon above 0", () -> new AdamW(0.9f, 0.9f, 0, 0));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
