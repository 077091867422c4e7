package tandem.model.batch;

import java.util.List;
import tandem.model.data.Box;

/**
 * Labels of one image that nobody drew. The boxes count only for an image without boxes, the mask only for one without
 * a mask.
 *
 * @param boxes boxes in pixels of the original picture; null for none known, which is not the same as a list of no
 *     boxes
 * @param boxWeight weight of the image in the detection losses, at least 0
 * @param mask (height, width) class of each decoded pixel, 255 where nothing is known; null for none
 * @param maskWeight weight of the image in the segmentation loss, at least 0
 */
public record GeneratedLabels(List<Box> boxes, float boxWeight, byte[] mask, float maskWeight) {

    /** Nothing. */
    public static final GeneratedLabels NOTHING = new GeneratedLabels(null, 0, null, 0);
}
