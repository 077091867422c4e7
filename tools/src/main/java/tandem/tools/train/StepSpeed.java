package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tandem.engine.Device;
import tandem.model.data.ImageCache;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.settings.WeakSettings;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.tools.FolderTree;

/** Measures the time of a training step on this machine, by some steps of which nothing is kept. */
final class StepSpeed {

    private static final int STEPS = 16;
    /** Not fewer, also where they take longer than they should. */
    private static final int MIN_STEPS = 3;

    private StepSpeed() {}

    /**
     * Seconds of the fastest step: the first ones choose algorithms and run before all code is compiled.
     *
     * @param maxSeconds no further step begins after that time
     */
    static double seconds(Device device, TrainingRecipe recipe, ImageCache images, double maxSeconds)
            throws IOException {
        Path folder = Files.createTempDirectory("tandem-speed");
        double[] fastest = {Double.POSITIVE_INFINITY};
        long[] last = {0};
        long end = System.nanoTime() + Math.round(maxSeconds * 1e9);
        try (Trainer trainer = Trainer.start(
                device,
                recipe.network(),
                recipe.training().withWeak(WeakSettings.none()),
                images,
                recipe.augmentation(),
                new Trainer.Options(folder, 1, Double.MAX_VALUE))) {
            trainer.run(
                    event -> {
                        if (event instanceof TrainingEvent.Step step) {
                            long now = System.nanoTime();
                            fastest[0] = step.step() == 0 ? fastest[0] : Math.min(fastest[0], (now - last[0]) / 1e9);
                            last[0] = now;
                        }
                    },
                    () -> trainer.stepsDone() >= STEPS || trainer.stepsDone() >= MIN_STEPS && System.nanoTime() > end);
            return fastest[0];
        } finally {
            FolderTree.delete(folder);
        }
    }
}
