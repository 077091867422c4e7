package tandem.model.recipe;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import tandem.model.audit.ImageSpread;
import tandem.model.settings.AugmentationSettings;

/** Augmentation by the measured spread of the images: it covers what the camera shows, and not much more. */
final class AugmentationChoices {

    /** Two images of a fixed scene agree at least so much. */
    private static final double FIXED_SCENE = 0.5;
    /** The spread of color of images that were not taken under one light. */
    private static final double VARIED_COLOR = 0.05;

    private static final double MIN_BRIGHTNESS = 4;
    private static final double MAX_BRIGHTNESS = 24;
    private static final double MIN_CONTRAST = 0.05;
    private static final double MAX_CONTRAST = 0.3;

    /** An image that is used so rarely is not changed, except by a flip: learning its content takes that long. */
    private static final double UNCHANGED_VISITS = 10;
    /** From here on, images are changed as often as the usual settings say. */
    private static final double CHANGED_VISITS = 40;

    private final ImageSpread spread;
    private final double visits;
    private final Choices choices;
    private AugmentationSettings augmentation;

    /** @param visits how often the run uses each image */
    AugmentationChoices(
            ImageSpread spread,
            AugmentationSettings augmentation,
            double visits,
            Set<String> given,
            List<Choice> made) {
        this.spread = spread;
        this.visits = visits;
        this.augmentation = augmentation;
        this.choices = new Choices(given, made);
        if (!given.contains("--no-augmentation")) {
            color();
            light();
            geometry();
            frequency();
        }
    }

    /** A network that sees each image a few times learns faster from unchanged ones; only later it overfits. */
    private void frequency() {
        double share = Math.max(0, Math.min(1, (visits - UNCHANGED_VISITS) / (CHANGED_VISITS - UNCHANGED_VISITS)));
        AugmentationSettings mild = AugmentationSettings.mild();
        String reason = String.format(
                Locale.ROOT,
                "the run uses each image about %s%s",
                visits < 1.5 ? "once" : Math.round(visits) + " times",
                share == 1 ? "" : "; below " + Math.round(CHANGED_VISITS) + " times fewer changes learn faster");
        augmentation = augmentation.with(change -> change.photometric(choices.choose(
                        "photometric",
                        "--photometric",
                        augmentation.photometric(),
                        percent(share * mild.photometric()),
                        reason))
                .crop(choices.choose("crop", "--crop", augmentation.crop(), percent(share * mild.crop()), reason)));
    }

    private static double percent(double value) {
        return Math.round(100 * value) / 100.0;
    }

    AugmentationSettings augmentation() {
        return augmentation;
    }

    private void color() {
        boolean varied = !spread.gray() && spread.color() >= VARIED_COLOR;
        AugmentationSettings usual = varied ? AugmentationSettings.mild() : AugmentationSettings.none();
        String reason = spread.gray()
                ? "the images are gray"
                : String.format(
                        Locale.ROOT,
                        varied
                                ? "the color differs between images, by %.1f %% of the range"
                                : "the color hardly differs between images, by %.1f %% of the range",
                        100 * spread.color());
        augmentation = augmentation.with(
                change -> change.hue(choices.choose("hue", "--hue", augmentation.hue(), usual.hue(), reason))
                        .saturation(choices.choose(
                                "saturation", "--saturation", augmentation.saturation(), usual.saturation(), reason)));
    }

    private void light() {
        double brightness = Math.round(Math.max(MIN_BRIGHTNESS, Math.min(MAX_BRIGHTNESS, 255 * spread.brightness())));
        double contrast = Math.round(100 * Math.max(MIN_CONTRAST, Math.min(MAX_CONTRAST, spread.contrast()))) / 100.0;
        augmentation = augmentation.with(change -> change.brightness(choices.choose(
                        "brightness",
                        "--brightness",
                        augmentation.brightness(),
                        brightness,
                        String.format(
                                Locale.ROOT,
                                "the spread of the mean brightness of the images is %.1f steps of 255",
                                255 * spread.brightness())))
                .contrast(choices.choose(
                        "contrast",
                        "--contrast",
                        augmentation.contrast(),
                        contrast,
                        String.format(
                                Locale.ROOT,
                                "the spread of the contrast of the images is %.0f %%",
                                100 * spread.contrast()))));
    }

    private void geometry() {
        boolean fixed = spread.scene() >= FIXED_SCENE;
        String reason = String.format(
                Locale.ROOT,
                fixed
                        ? "the camera and the scene are fixed: two images agree by %.2f"
                        : "the scene is not fixed: two images agree by %.2f",
                spread.scene());
        AugmentationSettings mild = AugmentationSettings.mild();
        augmentation = augmentation.with(change -> change.flip(
                        choices.choose("flip", "--flip", augmentation.flip(), fixed ? 0 : mild.flip(), reason))
                .minWindow(choices.choose(
                        "minWindow", "--min-window", augmentation.minWindow(), fixed ? 0.8 : mild.minWindow(), reason))
                .maxWindow(choices.choose(
                        "maxWindow",
                        "--max-window",
                        augmentation.maxWindow(),
                        fixed ? 1.1 : mild.maxWindow(),
                        reason)));
    }
}
