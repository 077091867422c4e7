package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One image and what it is annotated with: boxes, a mask, both, or neither. An image that carries boxes may have none
 * of them: it is then known to show no object.
 *
 * @param id the name that lists use, without folder and ending
 * @param image the picture's file
 * @param width columns of the picture, in pixels
 * @param height rows of the picture, in pixels
 * @param boxes its boxes, empty when nobody drew any (not the same as a list of no boxes)
 * @param mask its class mask, empty when there is none
 */
public record Sample(
        String id, Path image, int width, int height, Optional<List<Box>> boxes, Optional<ClassMask> mask) {

    /** Fixes the boxes. */
    public Sample {
        boxes = boxes.map(List::copyOf);
    }

    /** What it carries. */
    public Annotation annotation() {
        if (boxes.isPresent()) {
            return mask.isPresent() ? Annotation.BOTH : Annotation.BOXES;
        }
        return mask.isPresent() ? Annotation.MASK : Annotation.NEITHER;
    }
}
