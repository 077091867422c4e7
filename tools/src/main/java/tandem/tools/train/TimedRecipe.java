package tandem.tools.train;

import java.io.IOException;
import java.util.Optional;
import tandem.engine.Device;
import tandem.model.batch.EpochSampler;
import tandem.model.data.ImageCache;
import tandem.model.image.PixelSize;
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
    /** The share of the time that one measurement may take. */
    private static final double MEASURING = 1 / 16.0;
    /** Input size of the first measurement, in pixels: small, because the code is compiled during it. */
    private static final PixelSize MEASURED_SIZE = PixelSize.square(96);
    /** The share of the time that must be left for a second measurement, at the chosen size. */
    private static final double ENOUGH = 0.75;

    /**
     * Measures, and chooses.
     *
     * @param seconds the time from now on, the measurement included
     */
    static TimedRecipe fit(Device device, ImageCache images, double seconds, Source source) throws IOException {
        long end = System.nanoTime() + Math.round(seconds * 1e9);
        TrainingRecipe usual = source.recipe(Optional.empty());
        double measuring = MEASURING * seconds;
        PixelSize usualSize = usual.network().inputSize();
        PixelSize small = usualSize.pixels() < MEASURED_SIZE.pixels() ? usualSize : MEASURED_SIZE;
        TrainingRecipe first = usual.withNetwork(usual.network().withInputSize(small));
        TimeBudget time = measured(device, images, first, measuring, end);
        TrainingRecipe chosen = source.recipe(Optional.of(time));
        if (!chosen.network().inputSize().equals(small) && time.seconds() > ENOUGH * seconds) {
            time = measured(device, images, chosen, measuring, end);
        }
        long pass = EpochSampler.passLength(
                images.data(), chosen.training().batches().sampling());
        PixelSize size = chosen.network().inputSize();
        double passes = time.passes(size, pass);
        return new TimedRecipe(
                chosen.withEpochs(
                                (int) Math.max(1, Math.min(MAX_EPOCHS, Math.ceil(passes))),
                                time.text(size, pass) + "; the schedule ends with the time")
                        .withMinutes(time.seconds() / 60),
                time,
                pass);
    }

    private static TimeBudget measured(
            Device device, ImageCache images, TrainingRecipe recipe, double measuring, long end) throws IOException {
        double step = StepSpeed.seconds(device, recipe, images, measuring);
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
