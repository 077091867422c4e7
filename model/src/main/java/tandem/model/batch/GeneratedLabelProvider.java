package tandem.model.batch;

import tandem.model.data.DecodedImage;

/**
 * Provides generated labels for images that lack an annotation. They enter a batch like annotated labels, with their
 * own weight. The result may depend only on the arguments and on the state two batches before, because batches are
 * prepared ahead by background threads. Called by several threads at a time.
 */
public interface GeneratedLabelProvider {

    /** No labels for any image. */
    GeneratedLabelProvider NONE = new GeneratedLabelProvider() {
        @Override
        public int maxBoxes() {
            return 0;
        }

        @Override
        public GeneratedLabels of(int sample, DecodedImage image, long seen) {
            return GeneratedLabels.NOTHING;
        }
    };

    /** Maximum number of generated boxes of an image. */
    int maxBoxes();

    /**
     * Weight in the detection losses of an image with annotated boxes. Losses are divided by the number of labelled
     * elements, whatever their weights, so this weight compensates for generated labels with small weights.
     *
     * @param seen images of all batches before this one, from the beginning of the run
     */
    default float annotatedBoxWeight(long seen) {
        return 1;
    }

    /** The same in the segmentation loss for an image with an annotated mask. */
    default float annotatedMaskWeight(long seen) {
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
