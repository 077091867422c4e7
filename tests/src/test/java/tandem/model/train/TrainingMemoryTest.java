package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.network.EncoderType;
import tandem.model.network.NeckType;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.TrainingSettings;

class TrainingMemoryTest {

    /** What a step allocates beside the plan: learning rate, norms and the partial sums of both. */
    private static final long CONSTANT = 256 * 1024;

    @ParameterizedTest
    @CsvSource({"SGD, 1, 64, FIXED, 0", "ADAMW, 1, 64, FIXED, 10", "SGD, 2, 96, FIXED, 0", "ADAMW, 2, 96, PCGRAD, 0"})
    void thePlanIsWhatAStepAllocates(
            OptimizerSettings.Type optimizer, int parts, int otherSide, BalanceSettings.Method balance, int measured) {
        List<String> classes = List.of("a", "b");
        NetworkSettings settings = new NetworkSettings(
                EncoderType.RESNET18,
                8,
                true,
                NeckType.FPN,
                8,
                SegmentationType.LIGHT,
                8,
                classes,
                classes,
                64,
                24,
                1 << 20);
        TrainingSettings base = TrainingSettings.standard();
        TrainingSettings training = base.withOptimizer(base.optimizer()
                        .with(change -> change.type(optimizer)
                                .momentum(0.9f)
                                .weightDecay(0)
                                .gradientClip(0)))
                .withSchedule(base.schedule()
                        .with(change -> change.epochs(1).learningRate(0.01).warmupSteps(0)))
                .withAverage(new AverageSettings(0.9f, 10))
                .withBatches(base.batches()
                        .with(change -> change.size(4).microBatches(parts).inputSizes(List.of(otherSide))))
                .withLosses(
                        base.losses().with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(0)
                .withBalance(new BalanceSettings(balance, measured, 0, 0));
        BatchShape shape = new BatchShape(4 / parts, 64 * 64, 5);
        try (CpuDevice device = new CpuDevice()) {
            TrainingMemory planned = TrainingMemory.of(device, new Network(settings), training, shape);
            assertEquals(0, device.peakBytes(), "planning allocates nothing");
            assertEquals(
                    planned.weights()
                            + planned.average()
                            + planned.gradients()
                            + planned.sums()
                            + planned.optimizer()
                            + planned.activations()
                            + planned.workspace()
                            + planned.inputs(),
                    planned.total());
            try (TrainingStep step = new TrainingStep(device, new Network(settings), training, shape)) {
                assertEquals(step.plannedBytes(), planned.total());
                long beside = device.peakBytes() - planned.total();
                assertTrue(
                        beside >= 0 && beside <= CONSTANT,
                        beside + " bytes beside the plan of " + planned.total() + ": " + device.census());
            }
        }
    }
}
