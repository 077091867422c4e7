package tandem.model.batch;

import tandem.model.data.DecodedImage;

/**
 * Labels for images whose annotation a person left out. They enter a batch as drawn ones do, with a weight of their
 * own. What is returned must follow from the arguments and from what was known two batches before, since batches are
 * prepared ahead in threads; called by several threads at a time.
 */
public interface GeneratedLabelProvider {

    /** None for any image. */
    GeneratedLabelProvider NONE = new GeneratedLabelProvider() {
        @Override
        public int mostBoxes() {
            return 0;
        }

        @Override
        public GeneratedLabels of(int sample, DecodedImage image, long seen) {
            return GeneratedLabels.NOTHING;
        }
    };

    /** Most boxes that any image is ever given. */
    int mostBoxes();

    /**
     * Weight in the detection losses of an image whose boxes a person drew. Losses are divided by what counts at all,
     * whatever its weight, so that labels of small weights must be made up for here.
     *
     * @param seen images of all batches before this one, from the beginning of the run
     */
    default float drawnBoxes(long seen) {
        return 1;
    }

    /** The same in the segmentation loss for an image whose mask a person drew. */
    default float drawnMask(long seen) {
        return 1;
    }

    /**
     * Labels of one image, {@link GeneratedLabels#NOTHING} if there are none.
     *
     * @param sample its index in the data set
     * @param image its pixels
     * @param seen images of all batches before this one, from the beginning of the run
     */
    GeneratedLabels of(int sample, DecodedImage image, long seen);
}
