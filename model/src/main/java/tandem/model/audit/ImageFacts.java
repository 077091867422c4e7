package tandem.model.audit;

import java.util.List;
import tandem.model.data.Sample;

/**
 * Measurements of one image.
 *
 * @param sample the image with all its annotations on disk
 * @param channels stored channels per pixel
 * @param gray whether red, green and blue are the same everywhere
 * @param brightness mean, in [0, 1]
 * @param contrast standard deviation, in [0, 0.5]
 * @param sharpness standard deviation of the Laplacian
 * @param print fingerprint to find similar images
 * @param boxes one entry for each box, in order; empty unless the image has boxes and a mask
 * @param inside for each mask class, its pixels inside any box; empty unless the image has both
 */
record ImageFacts(
        Sample sample,
        int channels,
        boolean gray,
        double brightness,
        double contrast,
        double sharpness,
        Fingerprint print,
        List<BoxPixels> boxes,
        List<Long> inside) {

    /**
     * The content of the mask inside a box.
     *
     * @param label class of the box
     * @param labelled pixels of any class except background
     * @param own pixels of the class of the box, by name
     * @param ignored pixels that are ignored
     * @param mostly the mask class, from 0, with most pixels; -1 when there are none
     * @param corner where its left and upper edge are
     */
    record BoxPixels(int label, long labelled, long own, long ignored, int mostly, CornerFit corner) {}

    /**
     * Left and upper edges of boxes whose right or lower edge fits the mask exactly.
     *
     * @param exact those that fit too
     * @param early those that are one pixel before the mask
     * @param late those that are one pixel inside the mask
     */
    record CornerFit(int exact, int early, int late) {

        static final CornerFit NONE = new CornerFit(0, 0, 0);

        CornerFit and(CornerFit other) {
            return new CornerFit(exact + other.exact, early + other.early, late + other.late);
        }

        /** The first position of the mask along one axis, relative to the edge of the box. */
        static CornerFit of(int distance) {
            return distance == 0
                    ? new CornerFit(1, 0, 0)
                    : distance == 1 ? new CornerFit(0, 1, 0) : distance == -1 ? new CornerFit(0, 0, 1) : NONE;
        }
    }

    String id() {
        return sample.id();
    }

    boolean carriesBoth() {
        return sample.boxes().isPresent() && sample.mask().isPresent();
    }
}
