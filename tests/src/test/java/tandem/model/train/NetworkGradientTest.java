package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.cpu.CpuDevice;
import tandem.model.network.EncoderType;
import tandem.model.network.NeckType;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;

/**
 * The gradient of the whole network against central differences of its loss. Along a unit vector u the difference quotient is
 * g u; for u along the gradient itself it is the gradient's norm. Losses are floats near 1, so a quotient over a step h has a
 * rounding error of about 1e-7 / h, and the kinks of leaky ReLU add to it.
 */
class NetworkGradientTest {

    private static final double RELATIVE = 0.03;

    private static NetworkSettings settings(EncoderType encoder, boolean pooling, NeckType neck, SegmentationType head, int side) {
        return new NetworkSettings(encoder, 4, pooling, neck, 8, head, 8, TinyData.CLASSES, TinyData.CLASSES, side, 24);
    }

    @ParameterizedTest
    @CsvSource({
        "RESNET18, true, FPN, LIGHT, 64, BALANCED_L1, FOCAL",
        "RESNET18, false, PAFPN, LIGHT, 64, GIOU, QUALITY",
        "RESNET50, true, PAFPN, PUBLISHED, 64, BALANCED_L1, FOCAL",
        "RESNET18, true, PAFPN, LIGHT, 96, GIOU, FOCAL",
    })
    void everyParameter(EncoderType encoder, boolean pooling, NeckType neck, SegmentationType head, int side,
            TrainingSettings.BoxLossType box, TrainingSettings.ConfidenceLossType confidence) {
        NetworkSettings settings = settings(encoder, pooling, neck, head, side);
        TrainingSettings s = TinyData.training(1, 2);
        TrainingSettings training = new TrainingSettings(s.optimizer(), 1, 0, 0, 0, 0, 0, 1, 1, 3, 1, List.of(), s.matching(), confidence,
                box, 1, 1, 21);
        try (Device device = new CpuDevice();
                ObjectiveFixture fixture = new ObjectiveFixture(device, settings, training, 3, side,
                        self -> new Network(settings).trained(self.variables))) {
            fixture.boxes();
            fixture.masks(5);
            fixture.floats(fixture.batch.weights(), 1, 0.5f, 0, 1, 1, 0);
            fixture.loss();
            List<Tensor> parameters = new ArrayList<>(fixture.gradients.keySet());
            assertEquals(new Network(settings).trained(fixture.variables).size(), parameters.size());
            List<float[]> gradients = new ArrayList<>();
            double square = 0;
            for (Tensor parameter : parameters) {
                float[] gradient = fixture.read(fixture.gradients.get(parameter));
                gradients.add(gradient);
                square += dot(gradient, gradient);
            }
            double whole = Math.sqrt(square);
            assertTrue(whole > 0.1 && whole < 1000, "gradient norm " + whole);
            SplittableRandom random = new SplittableRandom(4);
            for (int i = 0; i < parameters.size(); i++) {
                float[] gradient = gradients.get(i);
                double norm = Math.sqrt(dot(gradient, gradient));
                assertTrue(norm > 0, parameters.get(i) + " has no gradient");
                float[] along = gradient.clone();
                for (int j = 0; j < along.length; j++) {
                    along[j] /= (float) norm;
                }
                check(fixture, parameters.get(i), along, norm, RELATIVE * norm + 3e-4 * whole);
                float[] anywhere = new float[along.length];
                double length = 0;
                for (int j = 0; j < anywhere.length; j++) {
                    anywhere[j] = (float) random.nextGaussian();
                    length += (double) anywhere[j] * anywhere[j];
                }
                for (int j = 0; j < anywhere.length; j++) {
                    anywhere[j] /= (float) Math.sqrt(length);
                }
                check(fixture, parameters.get(i), anywhere, dot(gradient, anywhere), RELATIVE * norm + 3e-4 * whole);
            }
        }
    }

    private static void check(ObjectiveFixture fixture, Tensor parameter, float[] direction, double expected, double tolerance) {
        float[] values = fixture.weights.read(parameter);
        double step = 2e-3 * Math.max(0.3, Math.sqrt(dot(values, values)));
        double quotient = (shifted(fixture, parameter, values, direction, step) - shifted(fixture, parameter, values, direction, -step)) / (2 * step);
        fixture.weights.write(parameter, FloatBuffer.wrap(values));
        assertEquals(expected, quotient, tolerance, parameter.toString());
    }

    private static double shifted(ObjectiveFixture fixture, Tensor parameter, float[] values, float[] direction, double step) {
        float[] moved = new float[values.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (values[i] + step * direction[i]);
        }
        fixture.weights.write(parameter, FloatBuffer.wrap(moved));
        return fixture.loss();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
