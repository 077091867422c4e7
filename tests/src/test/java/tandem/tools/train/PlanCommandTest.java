package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.declaration.SettingsJson;
import tandem.model.distillation.Teachers;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.TrainingStep;
import tandem.model.weak.LabelMemory;
import tandem.tools.CommandRun;

class PlanCommandTest {

    @Test
    void thePublishedNetworkHasItsPublishedSize() {
        // The published ResNet-18 with FPN and both heads for 20 classes has 28.61 million parameters.
        CommandRun run = CommandRun.of("plan", "--network", "standard", "--size", "320", "--batch", "1");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("28.61 million parameters"), run.out());
        assertEquals(
                2,
                run.out()
                        .lines()
                        .filter(line -> line.strip().matches("peak +[0-9.]+ [MG]iB +[0-9]+ bytes"))
                        .count(),
                run.out());
    }

    /** As in training, where adamw keeps one more float of each of the 28.61 million parameters than sgd. */
    @Test
    void theOptimizerIsThatOfTraining() {
        String[] network = {
            "plan", "--convolutions", "direct", "--network", "standard", "--size", "64", "--batch", "1", "--optimizer"
        };
        CommandRun usual = CommandRun.of(Arrays.copyOf(network, network.length - 1));
        CommandRun sgd = CommandRun.of(
                Stream.concat(Stream.of(network), Stream.of("sgd")).toArray(String[]::new));
        assertEquals(
                CommandRun.of(Stream.concat(Stream.of(network), Stream.of("adamw"))
                                .toArray(String[]::new))
                        .out(),
                usual.out());
        assertEquals(4 * 28.61e6, trainingPeak(usual) - trainingPeak(sgd), 0.01e6 * 4);
    }

    @Test
    void theTableListsTensors() {
        CommandRun run = CommandRun.of("plan", "--size", "64", "--batch", "2", "--encoder-channels", "8", "--table");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("(2, 64, 64, 3)"), run.out());
    }

    /** 1056 * 1056 = 1115136 pixels are more than a network reads, 1024 * 1024 = 1048576. */
    @Test
    void imagesHaveAtMostThePixelsThatTheNetworkReads() {
        String[] size = {"plan", "--convolutions", "direct", "--size", "1056", "--batch", "1", "--encoder-channels", "8"
        };
        CommandRun usual = CommandRun.of(size);
        CommandRun given = CommandRun.of(
                Stream.concat(Stream.of(size), Stream.of("--pixels", "1048576")).toArray(String[]::new));
        CommandRun larger = CommandRun.of(Stream.concat(Stream.of(size), Stream.of("--max-pixels", "1115136"))
                .toArray(String[]::new));
        assertEquals(0, usual.code(), usual.err());
        assertEquals(given.out(), usual.out());
        // Three bytes for each pixel of the image; memory is divided in units of 256 bytes.
        assertEquals(3 * (1115136 - 1048576), inferencePeak(larger) - inferencePeak(usual), 512);
    }

    private static long trainingPeak(CommandRun run) {
        return peaks(run).get(0);
    }

    private static long inferencePeak(CommandRun run) {
        return peaks(run).get(1);
    }

    private static List<Long> peaks(CommandRun run) {
        return run.out()
                .lines()
                .filter(line -> line.strip().startsWith("peak"))
                .map(line -> Long.parseLong(line.replaceAll(".* ([0-9]+) bytes", "$1")))
                .toList();
    }

    @Test
    void wrongSizesAreWrongUsage() {
        assertEquals(2, CommandRun.of("plan", "--size", "100").code());
        assertEquals(
                2,
                CommandRun.of("plan", "--box-classes", "0", "--mask-classes", "0")
                        .code());
        assertEquals(
                2, CommandRun.of("plan", "--batch", "3", "--micro-batches", "2").code());
    }

    @Test
    void thePeakWithTeachersAndWeakLabelsIsWhatATrainingStepAndTheLabelsNeed(@TempDir Path folder) throws IOException {
        List<String> classes = List.of("a", "b");
        NetworkSettings settings = NetworkSettings.standard(classes, classes, 64)
                .with(change -> change.encoderChannels(8)
                        .stemPooling(true)
                        .neckChannels(8)
                        .segmentationChannels(8));
        NetworkSettings wider = settings.withEncoderChannels(16);
        Path file = TinyWeights.write(folder.resolve("teacher.safetensors"), wider, SettingsJson.write(wider));
        CommandRun run = CommandRun.of(
                ("plan --convolutions direct --network standard --size 64 --encoder-channels 8 --stem-pooling "
                                + "--neck-channels 8 --segmentation-channels 8 --batch 4 --micro-batches 2 --boxes 5 --pixels 3000 "
                                + "--optimizer adamw --imitate mse --levels 0 --box-for-mask 0.5 --mask-for-box 0.5 "
                                + "--pseudo-labels FILE --teacher-detection FILE --teacher-segmentation FILE")
                        .replace("FILE", file.toString())
                        .split(" "));
        assertEquals(0, run.code(), run.err());
        TrainingSettings standard = TrainingSettings.standard();
        TeacherSettings teacher = TeacherSettings.of(file);
        TrainingSettings training = standard.withOptimizer(standard.optimizer().withType(OptimizerSettings.Type.ADAMW))
                .withBatches(standard.batches().with(change -> change.size(4).microBatches(2)))
                .withBalance(standard.balance().withMeasureEvery(50))
                .withDistillation(DistillationSettings.outputs(teacher, teacher).withFeatures(FeatureLossType.MSE, 0));
        try (CpuDevice device = new CpuDevice();
                TrainingStep step = new TrainingStep(
                        device,
                        new Network(settings),
                        training,
                        new BatchShape(2, 3000, 64),
                        Teachers.load(device, training.distillation(), settings))) {
            // The teacher's network is larger than the trained one, which refines boxes.
            long labels = LabelMemory.ofPseudoLabels(
                    device,
                    standard.weak().withPseudoLabels(PseudoLabelSettings.of(List.of(file.toString()))),
                    2,
                    limit -> 3000);
            assertTrue(
                    run.out()
                            .lines()
                            .filter(line -> line.strip().startsWith("peak"))
                            .findFirst()
                            .orElseThrow()
                            .endsWith("  " + (step.plannedBytes() + labels) + " bytes"),
                    step.plannedBytes() + " and " + labels + " planned: " + run.out());
        }
    }
}
