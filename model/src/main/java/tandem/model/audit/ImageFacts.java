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
     */
    record BoxPixels(int label, long labelled, long own, long ignored, int mostly) {}

    String id() {
        return sample.id();
    }

    boolean carriesBoth() {
        return sample.boxes().isPresent() && sample.mask().isPresent();
    }
}
