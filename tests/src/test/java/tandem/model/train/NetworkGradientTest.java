package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
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
import tandem.model.settings.AverageSettings;
import tandem.model.settings.LossSettings;
import tandem.model.settings.TrainingSettings;

/**
 * The gradient g of each parameter of the whole network against differences of its loss. Along g / |g| the derivative
 * of the loss is |g|, and only there a wrong gradient g + e could pass if e g = -e e. Large steps meet the kinks of
 * leaky ReLU and the bends of normalization, most of all in the first layers, whose quotients then agree with each
 * other and are wrong by a quarter; small ones drown in the loss's rounding error. So each parameter has the smallest
 * step for which that error leaves its quotient within a third of the tolerance. Two such steps are extrapolated
 * (Richardson).
 */
class NetworkGradientTest {

    private static final int IMAGES = 6;
    /** Those of the location tower of one level. */
    private static final int TOWER_PARAMETERS = 8;

    private static final double RELATIVE = 0.12;
    private static final double ABSOLUTE = 3e-4;
    /** Of a loss between 4 and 16: one unit in its last place. */
    private static final double ROUNDING = 1e-6;

    @ParameterizedTest
    @CsvSource({
        "RESNET18, true, FPN, LIGHT, 128, BALANCED_L1, FOCAL",
        "RESNET18, false, PAFPN, PUBLISHED, 96, GIOU, QUALITY",
    })
    void everyParameter(
            EncoderType encoder,
            boolean pooling,
            NeckType neck,
            SegmentationType head,
            int side,
            LossSettings.BoxLoss box,
            LossSettings.ConfidenceLoss confidence) {
        NetworkSettings settings = NetworkSettings.standard(TinyData.CLASSES, TinyData.CLASSES, side)
                .with(change -> change.encoder(encoder)
                        .encoderChannels(8)
                        .stemPooling(pooling)
                        .neck(neck)
                        .neckChannels(16)
                        .segmentation(head)
                        .segmentationChannels(8));
        TrainingSettings s = TinyData.training(1, 2);
        TrainingSettings training = s.withOptimizer(s.optimizer()
                        .with(change -> change.momentum(0).weightDecay(0).gradientClip(0)))
                .withSchedule(s.schedule()
                        .with(change -> change.epochs(1).learningRate(1).warmupSteps(0)))
                .withAverage(AverageSettings.of(0, 1))
                .withBatches(s.batches()
                        .with(change -> change.size(IMAGES).microBatches(1).inputSizes(List.of())))
                .withLosses(s.losses()
                        .with(change -> change.confidence(confidence)
                                .box(box)
                                .detectionWeight(1)
                                .segmentationWeight(1)))
                .withSeed(21);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                ObjectiveFixture fixture = new ObjectiveFixture(
                        device,
                        settings,
                        training,
                        IMAGES,
                        side,
                        self -> new Network(settings).trained(self.variables));
                ObjectiveFixture forward =
                        ObjectiveFixture.forward(device, settings, training, IMAGES, side, fixture)) {
            for (ObjectiveFixture one : List.of(fixture, forward)) {
                one.boxes();
                one.masks(5);
                one.floats(one.batch.weights(), 1, 0.5f, 0, 1, 1, 0, 1, 1, 0.5f, 1, 1, 1);
            }
            assertEquals(fixture.loss(), forward.loss());
            List<Tensor> parameters = new ArrayList<>(fixture.gradients.keySet());
            assertEquals(new Network(settings).trained(fixture.variables).size(), parameters.size());
            int unused = 0;
            for (Tensor parameter : parameters) {
                float[] gradient = fixture.read(fixture.gradients.get(parameter));
                double norm = Math.sqrt(dot(gradient, gradient));
                assertTrue(norm < 100, parameter + " has a gradient of norm " + norm);
                if (norm == 0) {
                    // No box is matched at its level; any direction will do.
                    unused++;
                    java.util.Arrays.fill(gradient, 1);
                }
                double length = Math.sqrt(dot(gradient, gradient));
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] /= (float) length;
                }
                double tolerance = RELATIVE * norm + ABSOLUTE;
                // The extrapolation's rounding error is twice that of the loss over the step.
                double step = Math.max(1e-5, Math.min(1e-2, 3 * 2 * ROUNDING / tolerance));
                assertEquals(norm, derivative(forward, parameter, gradient, step), tolerance, parameter.toString());
            }
            assertTrue(unused <= TOWER_PARAMETERS, unused + " parameters have no gradient");
        }
    }

    private static double derivative(ObjectiveFixture fixture, Tensor parameter, float[] direction, double step) {
        float[] values = fixture.weights.read(parameter);
        double[] quotients = new double[2];
        for (int i = 0; i < 2; i++) {
            double h = step / (i + 1);
            quotients[i] = (shifted(fixture, parameter, values, direction, h)
                            - shifted(fixture, parameter, values, direction, -h))
                    / (2 * h);
        }
        fixture.weights.write(parameter, FloatBuffer.wrap(values));
        return (4 * quotients[1] - quotients[0]) / 3;
    }

    private static double shifted(
            ObjectiveFixture fixture, Tensor parameter, float[] values, float[] direction, double step) {
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
