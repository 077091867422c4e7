package tandem.model.batch;

import java.util.List;
import tandem.model.data.Box;

/**
 * Generated labels of one image: pseudo-labels or weak labels. The boxes are used only for an image without annotated
 * boxes, the mask only for one without an annotated mask.
 *
 * @param boxes boxes in pixels of the original image; null when there is no label, which differs from an empty list: an
 *     image without objects
 * @param boxWeight weight of the image in the detection losses, at least 0
 * @param mask (height, width) class of each decoded pixel, 255 for ignored; null for none
 * @param maskWeight weight of the image in the segmentation loss, at least 0
 */
public record GeneratedLabels(List<Box> boxes, float boxWeight, byte[] mask, float maskWeight) {

    /** No labels. */
    public static final GeneratedLabels NOTHING = new GeneratedLabels(null, 0, null, 0);
}
