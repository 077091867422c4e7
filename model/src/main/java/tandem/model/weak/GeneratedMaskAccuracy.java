package tandem.model.weak;

import tandem.model.data.MaskFile;
import tandem.model.metrics.ConfusionMatrix;

/** How well masks that nobody drew agree with drawn ones: where they say anything, and how often they do not. */
public final class GeneratedMaskAccuracy {

    private final ConfusionMatrix known;
    private final long[] drawn;
    private final long[] unknown;

    /**
     * Nothing compared yet.
     *
     * @param values mask classes and background
     */
    public GeneratedMaskAccuracy(int values) {
        known = new ConfusionMatrix(values, MaskFile.IGNORE);
        drawn = new long[values];
        unknown = new long[values];
    }

    /** Adds one image; pixels that the drawn mask ignores do not count. */
    public void add(byte[] made, byte[] drawnMask) {
        byte[] truth = drawnMask.clone();
        for (int i = 0; i < truth.length; i++) {
            int value = truth[i] & 0xFF;
            if (value != MaskFile.IGNORE) {
                drawn[value]++;
                if ((made[i] & 0xFF) == MaskFile.IGNORE) {
                    unknown[value]++;
                    truth[i] = (byte) MaskFile.IGNORE;
                }
            }
        }
        known.add(made, truth);
    }

    /** Intersection over union of a class over the pixels that are not ignored; NaN when none of its pixels is. */
    public double iou(int value) {
        return known.intersectionOverUnion(value);
    }

    /** Which share of a class's pixels is ignored; NaN without any. */
    public double ignored(int value) {
        return drawn[value] == 0 ? Double.NaN : unknown[value] / (double) drawn[value];
    }

    /** Pixels of a class in the drawn masks. */
    public long drawn(int value) {
        return drawn[value];
    }
}
