package tandem.tools.train;

import java.io.IOException;
import java.util.Optional;
import tandem.engine.Device;
import tandem.model.batch.EpochSampler;
import tandem.model.data.ImageCache;
import tandem.model.recipe.TimeBudget;
import tandem.model.recipe.TrainingRecipe;

/**
 * The recipe of a run that ends inside a time. Some training steps are measured; the recipe then chooses by the passes
 * over the data that fit into the time.
 *
 * @param recipe the recipe; its epochs are the passes that fit, rounded up, and its schedule is limited by the time
 * @param time the time that is left after the measurement, and the speed at the recipe's input size
 * @param passLength image visits of a pass
 */
record TimedRecipe(TrainingRecipe recipe, TimeBudget time, long passLength) {

    /** Makes a recipe for a time, or without one, for the measurement. */
    @FunctionalInterface
    interface Source {
        /** The recipe with everything that a step computes, such as teachers. */
        TrainingRecipe recipe(Optional<TimeBudget> time) throws IOException;
    }

    private static final int MAX_EPOCHS = 100_000;

    /**
     * Measures, and chooses.
     *
     * @param seconds the time from now on, the measurement included
     */
    static TimedRecipe fit(Device device, ImageCache images, double seconds, Source source) throws IOException {
        long end = System.nanoTime() + Math.round(seconds * 1e9);
        TrainingRecipe usual = source.recipe(Optional.empty());
        TimeBudget time = measured(device, images, usual, end);
        TrainingRecipe chosen = source.recipe(Optional.of(time));
        if (chosen.network().inputSize() != usual.network().inputSize()) {
            time = measured(device, images, chosen, end);
        }
        long pass = EpochSampler.passLength(
                images.data(), chosen.training().batches().sampling());
        int size = chosen.network().inputSize();
        double passes = time.passes(size, pass);
        return new TimedRecipe(
                chosen.withEpochs(
                                (int) Math.max(1, Math.min(MAX_EPOCHS, Math.ceil(passes))),
                                time.text(size, pass) + "; the schedule ends with the time")
                        .withMinutes(time.seconds() / 60),
                time,
                pass);
    }

    private static TimeBudget measured(Device device, ImageCache images, TrainingRecipe recipe, long end)
            throws IOException {
        double step = StepSpeed.seconds(device, recipe, images);
        return new TimeBudget(
                Math.max(1, (end - System.nanoTime()) / 1e9),
                step / recipe.training().batches().size(),
                recipe.network().inputSize());
    }

    /** Passes over the data that fit into the time. */
    double passes() {
        return time.passes(recipe.network().inputSize(), passLength);
    }

    /** Images per second. */
    double speed() {
        return time.speed(recipe.network().inputSize());
    }
}
