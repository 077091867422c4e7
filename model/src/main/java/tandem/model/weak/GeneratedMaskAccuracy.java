package tandem.model.weak;

import tandem.model.data.MaskFile;
import tandem.model.metrics.ConfusionMatrix;

/**
 * Accuracy of generated masks against annotated masks: intersection over union where the generated mask is not ignored,
 * and the share of pixels it ignores.
 */
public final class GeneratedMaskAccuracy {

    private final ConfusionMatrix known;
    private final long[] annotated;
    private final long[] ignored;

    /**
     * Starts without images.
     *
     * @param values mask classes and background
     */
    public GeneratedMaskAccuracy(int values) {
        known = new ConfusionMatrix(values, MaskFile.IGNORE);
        annotated = new long[values];
        ignored = new long[values];
    }

    /** Adds one image; pixels that the annotated mask ignores are left out. */
    public void add(byte[] generated, byte[] annotatedMask) {
        byte[] truth = annotatedMask.clone();
        for (int i = 0; i < truth.length; i++) {
            int value = truth[i] & 0xFF;
            if (value != MaskFile.IGNORE) {
                annotated[value]++;
                if ((generated[i] & 0xFF) == MaskFile.IGNORE) {
                    ignored[value]++;
                    truth[i] = (byte) MaskFile.IGNORE;
                }
            }
        }
        known.add(generated, truth);
    }

    /**
     * Intersection over union of a class over the pixels that are not ignored; NaN when the class has no such pixel.
     */
    public double iou(int value) {
        return known.intersectionOverUnion(value);
    }

    /** The share of a class's annotated pixels that the generated masks ignore; NaN without annotated pixels. */
    public double ignored(int value) {
        return annotated[value] == 0 ? Double.NaN : ignored[value] / (double) annotated[value];
    }

    /** Pixels of a class in the annotated masks. */
    public long annotated(int value) {
        return annotated[value];
    }
}
