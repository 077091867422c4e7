package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One image and its annotations: boxes, a mask, both, or neither. An image annotated with boxes may have none of them:
 * it then contains no object.
 *
 * @param id the name that lists use, without folder and extension
 * @param image the image's file
 * @param width columns of the image, in pixels
 * @param height rows of the image, in pixels
 * @param boxes its boxes, empty when it is not annotated with boxes (which differs from an empty list)
 * @param mask its class mask, empty when there is none
 */
public record Sample(
        String id, Path image, int width, int height, Optional<List<Box>> boxes, Optional<ClassMask> mask) {

    /** Copies the boxes. */
    public Sample {
        boxes = boxes.map(List::copyOf);
    }

    /** Its annotations. */
    public Annotation annotation() {
        if (boxes.isPresent()) {
            return mask.isPresent() ? Annotation.BOTH : Annotation.BOXES;
        }
        return mask.isPresent() ? Annotation.MASK : Annotation.NEITHER;
    }
}
