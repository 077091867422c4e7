package tandem.bench.gpu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import tandem.bench.NoiseImages;
import tandem.engine.Device;
import tandem.engine.Profile;
import tandem.engine.cuda.CudaDevice;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.TrainingMemory;
import tandem.model.train.TrainingStep;

/**
 * Images per second of training steps, staging and upload included, and the device memory used, compared with the
 * planned memory; then the time of each operation of forward and backward pass.
 */
final class ThroughputPart {

    private static final int BOXES = 4;
    /** Steps that are run one operation at a time after those that are timed. */
    private static final int PROFILED = 5;
    /** Allocations that a device makes once for all programs. */
    private static final List<String> DEVICE_WIDE = List.of("upload staging", "cuBLAS workspace");

    private ThroughputPart() {}

    static void run(Settings settings) throws IOException {
        int warmUp = settings.number("warmup", 10);
        int steps = settings.number("steps", 60);
        NetworkSettings network = settings.network();
        TrainingSettings training = settings.training();
        try (Device device = settings.open();
                NoiseImages noise =
                        new NoiseImages(network, 2 * training.batches().size(), BOXES)) {
            settings.requireAllRead();
            BatchShape shape = BatchShape.of(noise.images(), training.batches().size());
            TrainingMemory planned = TrainingMemory.of(device, new Network(network), training, shape);
            try (TrainingStep step = new TrainingStep(device, new Network(network), training, shape);
                    BatchStager stager = BatchStager.training(
                            noise.images(),
                            shape,
                            2,
                            SamplerState.start(0),
                            Sampling.PROPORTIONAL,
                            AugmentationSettings.none())) {
                for (int i = 0; i < warmUp; i++) {
                    step.run(stager, i, network.inputSize(), 0.01);
                }
                double[] seconds = new double[steps];
                for (int i = 0; i < steps; i++) {
                    long start = System.nanoTime();
                    step.run(stager, warmUp + i, network.inputSize(), 0.01);
                    seconds[i] = (System.nanoTime() - start) / 1e9;
                }
                PixelSize size = network.inputSize();
                Profile profile = step.program(size).profile();
                profile.enable(true);
                for (int i = 0; i < PROFILED; i++) {
                    step.run(stager, warmUp + steps + i, size, 0.01);
                }
                print(device, training, planned, seconds, step.losses().total(), profile);
            }
        }
    }

    private static void print(
            Device device,
            TrainingSettings training,
            TrainingMemory planned,
            double[] seconds,
            float loss,
            Profile profile) {
        double all = Arrays.stream(seconds).sum();
        Arrays.sort(seconds);
        ObjectNode line = GpuCheck.line();
        line.put("imagesPerSecond", training.batches().size() * seconds.length / all);
        line.put("medianStepMilliseconds", 1e3 * seconds[seconds.length / 2]);
        line.put("slowestStepMilliseconds", 1e3 * seconds[seconds.length - 1]);
        line.put("plannedBytes", planned.total());
        line.put("workspaceBytes", planned.workspace());
        line.put("lastLoss", loss);
        if (device instanceof CudaDevice cuda) {
            line.put("peakBytes", cuda.peakBytes());
            line.put(
                    "deviceBytes",
                    DEVICE_WIDE.stream()
                            .mapToLong(purpose -> cuda.census().getOrDefault(purpose, 0L))
                            .sum());
        }
        ObjectNode operations = line.putObject("operationMilliseconds");
        profile.byName().forEach(each -> operations.put(each.name(), each.nanoseconds() / 1e6 / PROFILED));
        GpuCheck.print(line.put("device", device.description()));
    }
}
