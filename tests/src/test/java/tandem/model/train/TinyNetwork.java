package tandem.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.settings.AugmentationSettings;

/**
 * A small trained network.
 *
 * @param checkpoint its weights
 * @param images the images of {@link TinyData} that it was trained with
 */
public record TinyNetwork(Path checkpoint, ImageCache images) {

    /** Low enough that a network which has hardly been trained finds something. */
    public static final NonMaximumSuppression.Settings LOOSE =
            new NonMaximumSuppression.Settings(0.002f, 0.5f, 200, 20, false);

    /** Weights by what they were trained with: several test classes use the same, and training takes seconds. */
    private static final Map<Trained, byte[]> TRAINED = new ConcurrentHashMap<>();

    private record Trained(int width, int height, int epochs, long seed) {}

    /** Trains with six images of that size for {@code epochs} passes, in {@code folder}. */
    public static TinyNetwork train(Path folder, int width, int height, int epochs) throws IOException {
        return train(folder, width, height, epochs, 11);
    }

    /** The same with another seed of initial weights and order. */
    public static TinyNetwork train(Path folder, int width, int height, int epochs, long seed) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 6, width, height, TinyData.Annotations.BOTH, 12);
        Path run = Files.createDirectories(folder.resolve("run"));
        Path checkpoint = run.resolve(CheckpointStore.CURRENT);
        Trained key = new Trained(width, height, epochs, seed);
        byte[] known = TRAINED.get(key);
        if (known != null) {
            Files.write(checkpoint, known);
            return new TinyNetwork(checkpoint, images);
        }
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Trainer trainer = Trainer.start(
                        device,
                        TinyData.network(64),
                        TinyData.training(epochs, 3).withSeed(seed),
                        images,
                        AugmentationSettings.none(),
                        Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        TRAINED.put(key, Files.readAllBytes(checkpoint));
        return new TinyNetwork(checkpoint, images);
    }
}
