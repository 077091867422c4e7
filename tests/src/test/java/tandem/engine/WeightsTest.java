package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;

class WeightsTest {

    @Test
    void decayedParametersComeFirstThenTheOthersThenStates() {
        Variables variables = new Variables();
        Tensor mean = variables.state("mean", Shape.of(3), Variables.Initializer.constant(7));
        Tensor bias = variables.parameter("bias", Shape.of(65), Variables.Initializer.constant(1));
        Tensor filter = variables.parameter("filter", Shape.of(2, 3), Variables.Initializer.constant(2));
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, variables);
                Gradients gradients = new Gradients(device, weights)) {
            weights.initialize(1);
            long start = weights.all().address();
            assertEquals(0, weights.of(filter).address() - start);
            assertEquals(256, weights.of(bias).address() - start);
            assertEquals(256 + 512, weights.of(mean).address() - start);
            assertEquals(64, weights.decayedElements());
            assertEquals(256 + 512, weights.parameters().bytes());
            assertEquals(256 + 512 + 256, weights.all().bytes());
            assertEquals(weights.parameters().bytes(), gradients.all().bytes());
            assertEquals(256, gradients.of(bias).address() - gradients.all().address());
            assertArrayEquals(new float[] {7, 7, 7}, weights.read(mean));
            weights.write(filter, FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6}));
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, weights.read(filter));
            assertThrows(IllegalArgumentException.class, () -> weights.write(filter, FloatBuffer.allocate(5)));
            assertThrows(IllegalArgumentException.class, () -> gradients.of(mean));
            Tensor late = variables.parameter("late", Shape.of(1), Variables.Initializer.constant(0));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> weights.of(late))
                    .getMessage()
                    .contains("late"));
        }
    }

    @Test
    void aSeedFixesEveryWeight() {
        Variables variables = new Variables();
        Tensor a = variables.parameter("a", Shape.of(100, 3, 3, 10), Variables.Initializer.heFanOut());
        Tensor b = variables.parameter("b", Shape.of(50, 2), Variables.Initializer.normal(2));
        try (CpuDevice device = new CpuDevice();
                Weights one = new Weights(device, variables);
                Weights two = new Weights(device, variables)) {
            one.initialize(5);
            two.initialize(5);
            assertArrayEquals(one.read(a), two.read(a));
            assertArrayEquals(one.read(b), two.read(b));
            two.initialize(6);
            assertTrue(one.read(b)[0] != two.read(b)[0]);
            double squares = 0;
            for (float value : one.read(a)) {
                squares += (double) value * value;
            }
            // He et al. 2015 fan-out: variance 2 / (100 * 3 * 3); 9,000 draws leave 1.5 % of standard error.
            assertEquals(2.0 / 900, squares / 9000, 2.0 / 900 * 0.06);
        }
    }

    @Test
    void separateVariablesAreReleasedOneByOne() {
        Variables variables = new Variables();
        Tensor a = variables.parameter("a", Shape.of(300, 300), Variables.Initializer.normal(2));
        Tensor b = variables.state("b", Shape.of(5), Variables.Initializer.constant(3));
        try (CpuDevice device = new CpuDevice();
                Weights whole = new Weights(device, variables);
                Weights separate = Weights.separate(device, variables)) {
            whole.initialize(5);
            separate.initialize(5);
            assertArrayEquals(whole.read(a), separate.read(a));
            separate.write(b, 2, FloatBuffer.wrap(new float[] {8, 9}));
            assertArrayEquals(new float[] {3, 3, 8, 9, 3}, separate.read(b));
            assertThrows(
                    IllegalArgumentException.class, () -> separate.write(b, 4, FloatBuffer.wrap(new float[] {8, 9})));
            separate.release(List.of(a));
            assertEquals(List.of(a), separate.released());
            assertThrows(IllegalStateException.class, () -> separate.read(a));
            assertThrows(IllegalStateException.class, separate::all);
            separate.allocate(a);
            assertEquals(List.of(), separate.released());
            assertEquals(0, separate.read(a)[0]);
        }
    }
}
