package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Strength of the augmentation of training images.
 *
 * @param photometric probability of each of the four changes of color, independently
 * @param brightness maximum value added or subtracted, in steps of 1/255
 * @param contrast factors are sampled from 1 - contrast to 1 + contrast
 * @param hue maximum rotation of the hue in degrees, in both directions
 * @param saturation factors are sampled from 1 - saturation to 1 + saturation
 * @param crop probability of trying to crop or expand
 * @param minWindow min height and width of the window as a fraction of the image's
 * @param maxWindow max height and width of the window; above 1 the image is placed on a larger gray canvas
 * @param flip probability of a horizontal flip
 */
@RecordBuilder
public record AugmentationSettings(
        @Setting(
                value = "0.5",
                option = "--photometric",
                param = "P",
                order = 66,
                help = "Probability of each of the changes of brightness, contrast, hue and saturation.")
        double photometric,

        @Setting(
                value = "32",
                option = "--brightness",
                param = "X",
                order = 66,
                help = "Maximum change of brightness, in steps of 1/255.")
        double brightness,

        @Setting(
                value = "0.5",
                option = "--contrast",
                param = "X",
                order = 66,
                help = "Maximum change of contrast: factors from 1 - X to 1 + X.")
        double contrast,

        @Setting(value = "36", option = "--hue", param = "DEGREES", order = 66, help = "Maximum rotation of the hue.")
        double hue,

        @Setting(
                value = "0.5",
                option = "--saturation",
                param = "X",
                order = 66,
                help = "Maximum change of saturation: factors from 1 - X to 1 + X.")
        double saturation,

        @Setting(
                value = "0.75",
                option = "--crop",
                param = "P",
                order = 66,
                help = "Probability of a crop or an expansion.")
        double crop,

        @Setting(
                value = "0.25",
                was = "smallest",
                option = "--min-window",
                param = "X",
                order = 66,
                help = "Min height and width of a crop, as a fraction of the image.")
        double minWindow,

        @Setting(
                value = "1.75",
                was = "largest",
                option = "--max-window",
                param = "X",
                order = 66,
                help = "Max height and width of a crop or expansion, as a fraction of the image.")
        double maxWindow,

        @Setting(value = "0.5", option = "--flip", param = "P", order = 66, help = "Probability of a horizontal flip.")
        double flip)
        implements AugmentationSettingsBuilder.With {

    /** Rejects invalid settings. */
    public AugmentationSettings {
        probability("photometric", photometric);
        probability("crop", crop);
        probability("flip", flip);
        Checks.atLeast("brightness", brightness, 0);
        Checks.share("contrast", contrast);
        Checks.atLeast("hue", hue, 0);
        Checks.share("saturation", saturation);
        Checks.positive("maxWindow", maxWindow);
        if (!(minWindow > 0 && minWindow <= maxWindow)) {
            throw new IllegalArgumentException(
                    "minWindow " + minWindow + " must be above 0 and at most maxWindow, " + maxWindow);
        }
    }

    /** The published training recipe. */
    public static AugmentationSettings standard() {
        return SettingsRecord.defaults(AugmentationSettings.class);
    }

    /** No augmentation. */
    public static AugmentationSettings none() {
        return standard()
                .with(change -> change.photometric(0)
                        .brightness(0)
                        .contrast(0)
                        .hue(0)
                        .saturation(0)
                        .crop(0)
                        .minWindow(1)
                        .maxWindow(1)
                        .flip(0));
    }

    /** Weaker than for photographs: an inspection camera does not move. */
    public static AugmentationSettings mild() {
        return standard()
                .with(change -> change.photometric(0.3)
                        .brightness(16)
                        .contrast(0.2)
                        .hue(10)
                        .saturation(0.2)
                        .crop(0.5)
                        .minWindow(0.6)
                        .maxWindow(1.2)
                        .flip(0.5));
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("the probability of " + name + " is " + value + ", expected 0 to 1");
        }
    }
}
