package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.engine.Device;
import tandem.model.data.ImageCache;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.PretrainingImages;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.tools.FolderTree;

/**
 * The training of {@code tandem pretrain}.
 *
 * @param network the network
 * @param generator of its images
 * @param batch images of a step
 * @param learningRate the peak
 * @param seed of initial weights, order and augmentation
 * @param folder the output folder
 */
record Pretraining(
        NetworkSettings network, PretrainingImages generator, int batch, double learningRate, long seed, Path folder) {

    /** Steps whose time is measured, after as many others. */
    private static final int MEASURED_STEPS = 20;
    /** Share of the remaining time that is planned: other work may slow down the machine. */
    private static final double PLANNED = 0.93;
    /** Time for the evaluation at the end. */
    private static final double EVALUATION_SECONDS = 5;

    private static final int MAX_THREADS = 8;

    /**
     * Images and passes over them.
     *
     * @param images number of different images
     * @param epochs passes
     */
    record Length(int images, int epochs) {

        /** The length for about {@code steps} steps. */
        static Length of(long steps, int batch, int maxImages) {
            long visits = steps * batch;
            int epochs = (int) ((visits + maxImages - 1) / maxImages);
            return new Length((int) Math.max(batch, visits / epochs), epochs);
        }
    }

    /** Threads that stage images. */
    static int threads() {
        return Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() - 1));
    }

    /**
     * A new run.
     *
     * @param minutes time in which the run ends, also when the machine becomes slower; 0 for no limit
     */
    Trainer trainer(Device device, ImageCache images, int epochs, double minutes, Path checkpoints) throws IOException {
        return Trainer.start(
                device,
                network,
                settings(epochs, minutes),
                images,
                augmentation(),
                new Trainer.Options(checkpoints, threads(), 600));
    }

    private TrainingSettings settings(int epochs, double minutes) {
        TrainingSettings standard = TrainingSettings.standard();
        return standard.withOptimizer(standard.optimizer()
                        .withType(OptimizerSettings.Type.ADAMW)
                        .withWeightDecay(0.02f))
                .withSchedule(standard.schedule()
                        .withEpochs(epochs)
                        .withMinutes(minutes)
                        .withLearningRate(learningRate)
                        .withWarmupSteps(300))
                .withBatches(standard.batches().withSize(batch))
                .withAverage(AverageSettings.of(0.999f, 500))
                .withSeed(seed);
    }

    /** The published colors; windows that do not make the pattern of a surface much coarser or finer. */
    private static AugmentationSettings augmentation() {
        return AugmentationSettings.standard()
                .with(change -> change.minWindow(0.5).maxWindow(1.25));
    }

    /** The minutes of training until that time, those of the evaluation left out. */
    static double minutesUntil(long end) {
        return Math.max(1, (end - System.nanoTime()) / 1e9 - EVALUATION_SECONDS) / 60;
    }

    /**
     * The number of steps that end before a time. Measures the speed of training and of the generator.
     *
     * @param images for the measurement
     * @param end in nanoseconds of {@link System#nanoTime}
     * @param maxImages images to generate at most
     */
    long stepsWithin(Device device, ImageCache images, long end, int maxImages, PrintWriter err) throws IOException {
        Path trial = folder.resolve("trial");
        List<Long> times = new ArrayList<>();
        try (Trainer trainer = trainer(device, images, 1000, 0, trial)) {
            trainer.run(
                    event -> {
                        if (event instanceof TrainingEvent.Step) {
                            times.add(System.nanoTime());
                        }
                    },
                    () -> times.size() > 2 * MEASURED_STEPS);
        } finally {
            FolderTree.delete(trial);
        }
        double secondsOfStep = (times.get(2 * MEASURED_STEPS) - times.get(MEASURED_STEPS)) / 1e9 / MEASURED_STEPS;
        long generating = System.nanoTime();
        int count = 4 * Runtime.getRuntime().availableProcessors();
        generator.make("trial", 0, count, network.maxPixels());
        double secondsOfImage = (System.nanoTime() - generating) / 1e9 / count;
        double left = (end - System.nanoTime()) / 1e9 - EVALUATION_SECONDS;
        double planned = PLANNED * left;
        long steps = (long) (planned / (secondsOfStep + batch * secondsOfImage));
        if (steps * batch > maxImages) {
            steps = (long) ((planned - maxImages * secondsOfImage) / secondsOfStep);
        }
        err.printf(
                Locale.ROOT,
                "speed: %.1f ms per step of %d images, %.0f generated images/s; %d steps fit%n",
                1e3 * secondsOfStep,
                batch,
                1 / secondsOfImage,
                Math.max(1, steps));
        err.flush();
        return Math.max(1, steps);
    }
}
