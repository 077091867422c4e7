package tandem.model.weak;

import java.util.List;
import tandem.model.data.Box;

/** A source of generated labels. Called by several threads at a time. */
interface LabelSource {

    /** Weight of an image with these boxes or this mask. */
    float weight();

    /** Boxes of image {@code sample} at a step, in pixels of the original image; null when it has none. */
    List<Box> boxes(int sample, long step);

    /** Whether image {@code sample} has a mask. */
    boolean hasMask(int sample);

    /** Classes of the decoded pixels of image {@code sample}, 255 for ignored; null when it has none. */
    byte[] mask(int sample);
}
