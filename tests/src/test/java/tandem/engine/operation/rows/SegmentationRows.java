package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;
import tandem.model.image.PixelSize;
import tandem.model.segmentation.MaskDecoding;
import tandem.model.segmentation.SegmentationLoss;

/** Cross-entropy of pixels and the decoding of masks: one to 256 classes, single pixels, images without a mask. */
public final class SegmentationRows {

    private static final float DICE_WEIGHT = 2;

    private SegmentationRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] s : new int[][] {
            {1, 1, 1, 1}, {1, 1, 1, 2}, {3, 5, 7, 4}, {2, 20, 20, 21}, {1, 17, 16, 3}, {4, 9, 31, 5}, {1, 2, 2, 256}
        }) {
            rows.add(loss(s[0], s[1], s[2], s[3]));
        }
        for (int[] s : new int[][] {
            {1, 1, 1, 1, 1, 1},
            {1, 1, 1, 3, 4, 5},
            {2, 3, 4, 5, 12, 16},
            {1, 5, 5, 21, 20, 20},
            {3, 4, 3, 2, 7, 10},
            {2, 6, 5, 3, 2, 1},
            {1, 9, 4, 4, 9, 4},
            {1, 2, 2, 256, 3, 3}
        }) {
            rows.add(upsampledLoss(s[0], s[1], s[2], s[3], s[4], s[5]));
            rows.add(dice(s[0], s[1], s[2], s[3], s[4], s[5]));
        }
        for (int[] s : new int[][] {
            {1, 1, 1, 1, 1, 1},
            {1, 1, 1, 3, 2, 3},
            {2, 4, 5, 5, 16, 20},
            {1, 8, 8, 21, 31, 17},
            {3, 6, 4, 2, 3, 2},
            {1, 3, 3, 256, 9, 9}
        }) {
            rows.add(decode(s[0], s[1], s[2], s[3], s[4], s[5]));
        }
        for (int[] s : new int[][] {{2, 5, 7, 3, 11, 9, 20, 11}, {1, 8, 4, 2, 30, 17, 17, 41}}) {
            rows.add(decode(s[0], s[1], s[2], s[3], s[4], s[5], new PixelSize(s[6], s[7])));
        }
        return rows;
    }

    private static OperationRow loss(int n, int h, int w, int c) {
        return OperationRow.named("segmentation_loss " + Shape.of(n, h, w, c))
                .input("logits", Shape.of(n, h, w, c), Values.normal(0, 3))
                .fixed("mask", DataType.UINT8, Shape.of(n, h, w), labels(c))
                .fixed("weights", DataType.FLOAT32, Shape.of(n, 2), weights())
                .builds((graph, in) -> List.of(SegmentationLoss.crossEntropy(graph, in.get(0), in.get(1), in.get(2))))
                .reference(in -> new double[][] {{crossEntropy(in[0], in[1], in[2], h * w, c)}})
                .tolerance(1e-6, 2e-6, "exponentials and logarithms of two roundings; sums in blocks");
    }

    private static OperationRow upsampledLoss(int n, int h, int w, int c, int outputH, int outputW) {
        return OperationRow.named("upsampled_loss " + Shape.of(n, h, w, c) + " to (" + outputH + ", " + outputW + ")")
                .input("logits", Shape.of(n, h, w, c), Values.normal(0, 3))
                .fixed("mask", DataType.UINT8, Shape.of(n, outputH, outputW), labels(c))
                .fixed("weights", DataType.FLOAT32, Shape.of(n, 2), weights())
                .builds((graph, in) ->
                        List.of(SegmentationLoss.upsampledCrossEntropy(graph, in.get(0), in.get(1), in.get(2))))
                .reference(in -> new double[][] {
                    {
                        crossEntropy(
                                ReferenceResampling.bilinear(in[0], n, h, w, c, outputH, outputW),
                                in[1],
                                in[2],
                                outputH * outputW,
                                c)
                    }
                })
                .tolerance(1e-6, 2e-6, "as segmentation_loss, of blended logits");
    }

    private static OperationRow dice(int n, int h, int w, int c, int outputH, int outputW) {
        return OperationRow.named("dice_loss " + Shape.of(n, h, w, c) + " to (" + outputH + ", " + outputW + ")")
                .input("logits", Shape.of(n, h, w, c), Values.normal(0, 3))
                .fixed("mask", DataType.UINT8, Shape.of(n, outputH, outputW), labels(c))
                .fixed("weights", DataType.FLOAT32, Shape.of(n, 2), weights())
                .builds((graph, in) ->
                        List.of(SegmentationLoss.withDice(graph, in.get(0), in.get(1), in.get(2), DICE_WEIGHT)))
                .reference(in -> {
                    double[] fine = ReferenceResampling.bilinear(in[0], n, h, w, c, outputH, outputW);
                    int pixels = outputH * outputW;
                    return new double[][] {
                        {crossEntropy(fine, in[1], in[2], pixels, c) + DICE_WEIGHT * dice(fine, in[1], in[2], pixels, c)
                        }
                    };
                })
                .tolerance(2e-6, 4e-6, "as upsampled_loss; quotients of sums in blocks");
    }

    private static double dice(double[] logits, double[] mask, double[] weights, int pixelsPerImage, int classes) {
        double[] common = new double[classes];
        double[] both = new double[classes];
        boolean[] present = new boolean[classes];
        for (int p = 0; p < mask.length; p++) {
            double weight = weights[2 * (p / pixelsPerImage) + 1];
            if (mask[p] == 255 || weight == 0) {
                continue;
            }
            int label = (int) mask[p];
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += Math.exp(logits[p * classes + k]);
            }
            for (int k = 0; k < classes; k++) {
                both[k] += weight * Math.exp(logits[p * classes + k]) / sum;
            }
            common[label] += weight * Math.exp(logits[p * classes + label]) / sum;
            both[label] += weight;
            present[label] = true;
        }
        double loss = 0;
        int counted = 0;
        for (int k = 0; k < classes; k++) {
            if (present[k]) {
                loss += 1 - (2 * common[k] + 1) / (both[k] + 1);
                counted++;
            }
        }
        return loss / Math.max(1, counted);
    }

    /** Labels of c classes and 255; at least the first pixel counts. */
    private static Values labels(int c) {
        return (count, random) -> {
            double[] values = Values.integers(0, c).make(count, random);
            for (int i = 0; i < count; i++) {
                // The one label too many becomes "ignored"; at least one pixel counts.
                values[i] = i == 0 ? 0 : values[i] == c ? 255 : values[i];
            }
            return values;
        };
    }

    /** An even element, the weight of the other task, must not matter. */
    private static Values weights() {
        return (count, random) -> {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = i % 2 == 0 ? 7 : i == 3 ? 0 : 0.5 + i / 2;
            }
            return values;
        };
    }

    private static double crossEntropy(
            double[] logits, double[] mask, double[] weights, int pixelsPerImage, int classes) {
        double loss = 0;
        int counted = 0;
        for (int p = 0; p < mask.length; p++) {
            double weight = weights[2 * (p / pixelsPerImage) + 1];
            if (mask[p] == 255 || weight == 0) {
                continue;
            }
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += Math.exp(logits[p * classes + k]);
            }
            loss += weight * (Math.log(sum) - logits[p * classes + (int) mask[p]]);
            counted++;
        }
        return loss / Math.max(1, counted);
    }

    private static OperationRow decode(int n, int h, int w, int c, int outputH, int outputW) {
        return decode(n, h, w, c, outputH, outputW, new PixelSize(outputW, outputH));
    }

    private static OperationRow decode(int n, int h, int w, int c, int outputH, int outputW, PixelSize extent) {
        return OperationRow.named(
                        "mask_decode " + Shape.of(n, h, w, c) + " to (" + outputH + ", " + outputW + ") of " + extent)
                .fixed("logits", DataType.FLOAT32, Shape.of(n, h, w, c), Values.normal(0, 3))
                .builds((graph, in) -> {
                    MaskDecoding.Decoded decoded =
                            MaskDecoding.decodeWithConfidence(graph, in.get(0), outputH, outputW, extent);
                    return List.of(
                            MaskDecoding.decode(graph, in.get(0), outputH, outputW, extent),
                            decoded.mask(),
                            decoded.confidence());
                })
                .reference(in -> {
                    double[] all = ReferenceResampling.bilinear(in[0], n, h, w, c, extent.height(), extent.width());
                    double[] blended = new double[n * outputH * outputW * c];
                    for (int i = 0; i < blended.length; i++) {
                        int pixel = i / c;
                        int image = pixel / (outputH * outputW);
                        int row = image * extent.height() + pixel / outputW % outputH;
                        blended[i] = all[(row * extent.width() + pixel % outputW) * c + i % c];
                    }
                    double[] mask = new double[n * outputH * outputW];
                    double[] confidence = new double[mask.length];
                    for (int p = 0; p < mask.length; p++) {
                        double sum = 0;
                        for (int k = 0; k < c; k++) {
                            mask[p] = blended[p * c + k] > blended[p * c + (int) mask[p]] ? k : mask[p];
                            sum += Math.exp(blended[p * c + k]);
                        }
                        confidence[p] = Math.exp(blended[p * c + (int) mask[p]]) / sum;
                    }
                    return new double[][] {mask, mask, confidence};
                })
                .tolerance(2e-6, "labels are exact; confidence from blended logits")
                .forwardOnly();
    }
}
