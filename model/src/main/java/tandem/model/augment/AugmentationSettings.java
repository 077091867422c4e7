package tandem.model.augment;

/**
 * How strongly training images are changed.
 *
 * @param photometric probability of each of the four changes of colour, independently
 * @param brightness largest value added or subtracted, in steps of 1/255
 * @param contrast factors are drawn from 1 - contrast to 1 + contrast
 * @param hue largest turn of the hue in degrees, either way
 * @param saturation factors are drawn from 1 - saturation to 1 + saturation
 * @param crop probability of trying to crop or expand
 * @param smallest smallest side of the window as a fraction of the picture
 * @param largest largest side of the window; above 1 the picture shrinks into a grey canvas
 * @param flip probability of exchanging left and right
 */
public record AugmentationSettings(
        double photometric,
        double brightness,
        double contrast,
        double hue,
        double saturation,
        double crop,
        double smallest,
        double largest,
        double flip) {

    /** Rejects what cannot be drawn from. */
    public AugmentationSettings {
        probability("photometric", photometric);
        probability("crop", crop);
        probability("flip", flip);
        if (!(brightness >= 0 && contrast >= 0 && contrast <= 1 && hue >= 0 && saturation >= 0 && saturation <= 1)) {
            throw new IllegalArgumentException(
                    "brightness and hue must be at least 0, contrast and saturation from 0 to 1");
        }
        if (!(smallest > 0 && smallest <= largest)) {
            throw new IllegalArgumentException(
                    "the window's smallest side " + smallest + " must be above 0 and at most the largest, " + largest);
        }
    }

    /** The published training recipe. */
    public static AugmentationSettings standard() {
        return new AugmentationSettings(0.5, 32, 0.5, 36, 0.5, 0.75, 0.25, 1.75, 0.5);
    }

    /** No change at all. */
    public static AugmentationSettings none() {
        return new AugmentationSettings(0, 0, 0, 0, 0, 0, 1, 1, 0);
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("the probability of " + name + " is " + value + ", expected 0 to 1");
        }
    }
}
