package tandem.model.weak;

import java.util.List;
import tandem.model.data.Box;

/** Where labels that nobody drew come from. Called by several threads at a time. */
interface LabelSource {

    /** Weight of an image with its boxes or its mask. */
    float weight();

    /** Boxes of image {@code sample} at a step, in pixels of the original picture; null for none known. */
    List<Box> boxes(int sample, long step);

    /** Whether image {@code sample} has a mask. */
    boolean hasMask(int sample);

    /** Classes of the decoded pixels of image {@code sample}, 255 where nothing is known; null for none known. */
    byte[] mask(int sample);
}
