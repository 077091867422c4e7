package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.data.ImageCache;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

class TrainingStepTest {

    @TempDir
    Path folder;

    @Test
    void oneStepIsThatOfTheFormulas() throws IOException {
        ImageCache images = TinyData.write(folder, 4, 64, 64, TinyData.Annotations.ALTERNATING, 8);
        TrainingSettings settings = TinyData.training(1, 4);
        BatchShape shape = BatchShape.of(images, 4);
        double rate = 0.05;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                TrainingStep step = new TrainingStep(device, new Network(TinyData.network(64)), settings, shape);
                BatchStager stager = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none())) {
            Map<Tensor, float[]> before = new HashMap<>();
            for (Variables.Variable variable : step.variables().all()) {
                before.put(variable.tensor(), step.weights().read(variable.tensor()));
            }
            step.run(stager, 0, PixelSize.square(64), rate);
            Set<Tensor> trained = new HashSet<>(step.network().trained(step.variables()));
            double square = 0;
            Map<Tensor, float[]> gradients = new HashMap<>();
            for (Tensor parameter : trained) {
                float[] gradient = new float[(int) parameter.elements()];
                java.nio.ByteBuffer bytes =
                        java.nio.ByteBuffer.allocateDirect(gradient.length * 4).order(java.nio.ByteOrder.nativeOrder());
                device.download(step.gradients().of(parameter), bytes.duplicate());
                bytes.asFloatBuffer().get(gradient);
                gradients.put(parameter, gradient);
                for (float value : gradient) {
                    square += (double) value * value;
                }
            }
            double norm = Math.sqrt(square);
            assertEquals(norm, step.gradientNorm(), 1e-4 * norm);
            double clip = Math.min(1, settings.optimizer().gradientClip() / norm);
            double decay = settings.average().decay()
                    * (1 - Math.exp(-1 / settings.average().ramp()));
            for (Variables.Variable variable : step.variables().all()) {
                Tensor tensor = variable.tensor();
                float[] old = before.get(tensor);
                float[] now = step.weights().read(tensor);
                float[] average = step.average().read(tensor);
                for (int i = 0; i < old.length; i++) {
                    double expected = now[i];
                    if (tensor.role() == Tensor.Role.PARAMETER) {
                        double gradient = trained.contains(tensor) ? gradients.get(tensor)[i] : 0;
                        double weightDecay =
                                tensor.shape().rank() > 1 ? settings.optimizer().weightDecay() : 0;
                        expected = old[i] - rate * (clip * gradient + weightDecay * old[i]);
                        assertEquals(expected, now[i], 1e-6 + 1e-5 * Math.abs(expected), tensor.name());
                    }
                    assertEquals(
                            decay * old[i] + (1 - decay) * expected,
                            average[i],
                            1e-6 + 1e-5 * Math.abs(expected),
                            tensor.name());
                }
            }
        }
    }

    @Test
    void microBatchesAverageTheirGradients() throws IOException {
        // Two equal halves: batch statistics, losses and gradients of both are those of the one.
        ImageCache images = TinyData.write(folder, 1, 64, 64, TinyData.Annotations.BOTH, 9);
        TrainingSettings one = TinyData.training(1, 2);
        TrainingSettings two = one.withOptimizer(one.optimizer()
                        .with(change -> change.momentum(0.9f).weightDecay(0).gradientClip(0)))
                .withSchedule(one.schedule().with(change -> change.epochs(1).warmupSteps(0)))
                .withAverage(AverageSettings.of(0.9f, 10))
                .withBatches(one.batches().with(change -> change.size(4).microBatches(2)))
                .withLosses(
                        one.losses().with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(11);
        BatchShape shape = BatchShape.of(images, 2);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                TrainingStep whole = new TrainingStep(device, new Network(TinyData.network(64)), one, shape);
                TrainingStep parts = new TrainingStep(device, new Network(TinyData.network(64)), two, shape);
                BatchStager first = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none());
                BatchStager second = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none())) {
            whole.run(first, 0, PixelSize.square(64), 0.01);
            parts.run(second, 0, PixelSize.square(64), 0.01);
            assertEquals(whole.losses(), parts.losses());
            assertEquals(whole.gradientNorm(), parts.gradientNorm(), 1e-6 * whole.gradientNorm());
            assertEquals(new SamplerState(3, 1, 1), whole.after());
            assertEquals(new SamplerState(3, 3, 1), parts.after());
        }
    }

    @Test
    void aWarmStepAllocatesLessThanAKilobyte() throws IOException {
        ImageCache images = TinyData.write(folder, 4, 64, 64, TinyData.Annotations.ALTERNATING, 8);
        BatchShape shape = BatchShape.of(images, 4);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                TrainingStep step =
                        new TrainingStep(device, new Network(TinyData.network(64)), TinyData.training(1, 4), shape);
                BatchStager stager = BatchStager.training(
                        images,
                        shape,
                        1,
                        SamplerState.start(3),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard())) {
            for (int i = 0; i < 30; i++) {
                step.run(stager, i, PixelSize.square(64), 0.01);
            }
            // The median: now and then the virtual machine itself allocates, when it compiles a method again.
            long[] bytes = new long[21];
            for (int i = 0; i < bytes.length; i++) {
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                step.run(stager, 30 + i, PixelSize.square(64), 0.01);
                bytes[i] =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            }
            java.util.Arrays.sort(bytes);
            long each = bytes[bytes.length / 2];
            assertTrue(each < 1024, each + " bytes");
        }
    }
}
