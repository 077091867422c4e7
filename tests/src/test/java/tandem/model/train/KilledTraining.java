package tandem.model.train;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.Checkpoint;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.ValidationSettings;
import tandem.model.weights.SafetensorsReader;

/**
 * Kills a training process again and again, at random moments, and reads its checkpoint each time:
 * {@code KilledTraining FOLDER KILLS SEED}. The process writes a checkpoint after every step, validates after every
 * epoch, and continues from the last checkpoint.
 */
public final class KilledTraining {

    private static final int LONGEST_MILLISECONDS = 1500;

    private KilledTraining() {}

    /** Runs the kills, or, with the one argument FOLDER, is the process that is killed. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        if (arguments.length == 1) {
            train(folder);
            return;
        }
        int kills = Integer.parseInt(arguments[1]);
        long steps = kill(folder, kills, Long.parseLong(arguments[2]));
        System.out.println(kills + " kills, every checkpoint readable, " + steps + " steps done");
    }

    /** Returns the steps done after the last kill; an unreadable checkpoint is an exception. */
    static long kill(Path folder, int kills, long seed) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        long steps = -1;
        Path checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
        for (int i = 0; i < kills; i++) {
            long before = steps;
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledTraining.class.getName(),
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.txt").toFile())
                    .start();
            try {
                while (process.isAlive()
                        && (!Files.exists(checkpoint)
                                || Checkpoint.read(checkpoint).step() <= before)) {
                    Thread.sleep(5);
                }
                process.waitFor(random.nextInt(LONGEST_MILLISECONDS), TimeUnit.MILLISECONDS);
                if (!process.isAlive()) {
                    throw new IllegalStateException(
                            "the training process ended by itself: " + Files.readString(folder.resolve("output.txt")));
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            steps = Checkpoint.read(requireFinite(checkpoint)).step();
            Path best = checkpoint.resolveSibling(CheckpointStore.BEST);
            if (Files.exists(best)) {
                requireFinite(best);
            }
            if (steps <= before) {
                throw new IllegalStateException("kill " + i + ": step " + steps + " does not follow step " + before);
            }
        }
        return steps;
    }

    private static Path requireFinite(Path weights) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(weights)) {
            for (String name : reader.names()) {
                for (float value : reader.read(name, reader.shape(name))) {
                    if (!Float.isFinite(value)) {
                        throw new IllegalStateException(weights + ": tensor " + name + " has the value " + value);
                    }
                }
            }
        }
        return weights;
    }

    private static void train(Path folder) throws IOException {
        ImageCache images = TinyData.write(
                folder.resolve("data" + File.separator + ProcessHandle.current().pid()),
                4,
                64,
                64,
                TinyData.Annotations.BOTH,
                1);
        Trainer.Options options = new Trainer.Options(folder.resolve("run"), 1, 0);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Trainer trainer = Files.exists(folder.resolve("run").resolve(CheckpointStore.CURRENT))
                        ? Trainer.resume(device, images, options)
                        : Trainer.start(
                                device,
                                TinyData.network(64),
                                TinyData.training(1_000_000, 2).withValidation(new ValidationSettings(1, 0)),
                                images,
                                AugmentationSettings.none(),
                                options)) {
            trainer.review(Optional.of(images));
            trainer.run(TrainingObserver.NONE, () -> false);
        }
    }
}
