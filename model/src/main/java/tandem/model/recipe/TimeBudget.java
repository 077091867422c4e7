package tandem.model.recipe;

import java.util.Locale;
import tandem.model.image.PixelSize;

/**
 * How many images a machine can train in the time of a run. The time of an image is taken as proportional to its
 * pixels.
 *
 * @param seconds time for training
 * @param secondsPerImage measured time of one image in a training step
 * @param size input size of that measurement
 */
public record TimeBudget(double seconds, double secondsPerImage, PixelSize size) {

    /** Rejects a time or a speed that is not positive. */
    public TimeBudget {
        if (!(seconds > 0 && secondsPerImage > 0)) {
            throw new IllegalArgumentException("a time budget needs positive numbers, not " + seconds + " s and "
                    + secondsPerImage + " s for each image");
        }
    }

    /** Images per second at an input size. */
    public double speed(PixelSize inputSize) {
        double ratio = size.edge() / inputSize.edge();
        return ratio * ratio / secondsPerImage;
    }

    /**
     * Passes over the data that fit into the time at an input size.
     *
     * @param passLength image visits of a pass
     */
    public double passes(PixelSize inputSize, long passLength) {
        return seconds * speed(inputSize) / Math.max(1, passLength);
    }

    /** Such as {@code this machine does 21 images/s at 160 pixels: 5.2 passes in 4.8 minutes}. */
    public String text(PixelSize inputSize, long passLength) {
        double passes = passes(inputSize, passLength);
        return String.format(
                Locale.ROOT,
                "this machine does %s images/s at %s pixels: %s passes in %.1f minutes",
                number(speed(inputSize)),
                inputSize,
                number(passes),
                seconds / 60);
    }

    /** One digit behind the point below 10, none from there on. */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
    }
}
