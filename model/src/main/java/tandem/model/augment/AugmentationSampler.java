package tandem.model.augment;

import java.util.List;
import java.util.SplittableRandom;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.image.Placement;
import tandem.model.settings.AugmentationSettings;

/**
 * Samples the augmentation of one training image. The result is a function of the image, its annotations that the loss
 * uses, and a seed. Crop windows are sampled as in single-shot detection (Liu et al. 2016, section 2.2), but accepted
 * by the annotations of the image: no box may be cut in half, and enough foreground of the mask must remain. Boxes are
 * checked only for an image with boxes, the mask only for an image with a mask; an image annotated as empty may be
 * cropped anywhere.
 */
public final class AugmentationSampler {

    private static final int OUTER_TRIES = 10;
    private static final int INNER_TRIES = 10;
    /** A window is rejected when the share of a box inside it lies between these limits. */
    private static final double MIN_CUT = 0.25;

    private static final double MAX_CUT = 0.75;
    /**
     * Minimum extent of the mask's foreground inside the window along each axis, as a fraction of the image: 9 pixels
     * at the default size of 320.
     */
    private static final double MIN_SPAN = 9.0 / 320;

    private final AugmentationSettings settings;
    private final Placement placement;

    /** Samples with these settings, of images that fill the canvas. */
    public AugmentationSampler(AugmentationSettings settings) {
        this(settings, Placement.STRETCH);
    }

    /**
     * Samples with these settings.
     *
     * @param placement of images on the canvas; the window of a crop has at most its extent
     */
    public AugmentationSampler(AugmentationSettings settings, Placement placement) {
        this.settings = settings;
        this.placement = placement;
    }

    /**
     * One sample.
     *
     * @param image the image, with its mask if the loss uses one
     * @param boxes the boxes that the loss uses, in original pixels; empty when there are none
     * @param seed of the sample
     */
    public ImageParameters draw(DecodedImage image, List<Box> boxes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double brightness = hit(random, settings.photometric())
                ? between(random, -settings.brightness(), settings.brightness())
                : 0;
        double contrast = hit(random, settings.photometric())
                ? between(random, 1 - settings.contrast(), 1 + settings.contrast())
                : 1;
        double hue = hit(random, settings.photometric()) ? between(random, -settings.hue(), settings.hue()) : 0;
        double saturation = hit(random, settings.photometric())
                ? between(random, 1 - settings.saturation(), 1 + settings.saturation())
                : 1;
        boolean flip = hit(random, settings.flip());
        DecodedImage.Extent extent = image.extent(placement);
        double[] window = hit(random, settings.crop()) ? window(random, image, extent, boxes) : null;
        Geometry geometry = window == null
                ? Geometry.whole(image.contentWidth(), extent.width(), extent.height(), flip)
                : Geometry.window(
                        image.contentWidth(), image.contentHeight(), window[0], window[1], window[2], window[3], flip);
        return new ImageParameters(
                image.contentWidth(),
                image.contentHeight(),
                image.mask() != null,
                geometry,
                new Photometric(brightness, contrast, hue, saturation));
    }

    /** An accepted window as fractions of the image (xyxy), or null when none was found. */
    private double[] window(SplittableRandom random, DecodedImage image, DecodedImage.Extent extent, List<Box> boxes) {
        Foreground foreground = image.mask() == null ? null : Foreground.of(image);
        boolean judgeMask = foreground != null && foreground.any();
        if (judgeMask && !foreground.spans(0, 0, 1, 1, MIN_SPAN)) {
            return null;
        }
        for (int outer = 0; outer < OUTER_TRIES; outer++) {
            double height = between(random, settings.minWindow(), settings.maxWindow());
            double ratio = between(random, 0.5, 1);
            double width = random.nextBoolean() ? height * ratio : height / ratio;
            width *= extent.width() / image.contentWidth();
            height *= extent.height() / image.contentHeight();
            for (int inner = 0; inner < INNER_TRIES; inner++) {
                double centerX = between(random, 0.4, 0.6);
                double centerY = between(random, 0.4, 0.6);
                double[] window = {centerX - width / 2, centerY - height / 2, centerX + width / 2, centerY + height / 2
                };
                if (suits(
                                window,
                                boxes,
                                (double) image.contentWidth() * image.factor(),
                                (double) image.contentHeight() * image.factor())
                        && (!judgeMask || foreground.spans(window[0], window[1], window[2], window[3], MIN_SPAN))) {
                    return window;
                }
            }
        }
        return null;
    }

    private static boolean suits(double[] window, List<Box> boxes, double width, double height) {
        boolean center = boxes.isEmpty();
        for (Box box : boxes) {
            double left = Math.max(box.xMin(), Math.max(0, window[0]) * width);
            double upper = Math.max(box.yMin(), Math.max(0, window[1]) * height);
            double right = Math.min(box.xMax(), Math.min(1, window[2]) * width);
            double lower = Math.min(box.yMax(), Math.min(1, window[3]) * height);
            double area = (double) (box.xMax() - box.xMin()) * (box.yMax() - box.yMin());
            double share = Math.max(0, right - left) * Math.max(0, lower - upper) / area;
            if (share > MIN_CUT && share < MAX_CUT) {
                return false;
            }
            double x = (box.xMin() + box.xMax()) / 2 / width;
            double y = (box.yMin() + box.yMax()) / 2 / height;
            center |= x > window[0] && x < window[2] && y > window[1] && y < window[3];
        }
        return center;
    }

    private static boolean hit(SplittableRandom random, double probability) {
        return random.nextDouble() < probability;
    }

    private static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
