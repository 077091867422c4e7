package tandem.model.recipe;

import java.util.ArrayList;
import java.util.List;
import tandem.model.detection.Anchors;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;

/**
 * The size of the smallest anchor that fits boxes best. The anchors of all levels and shapes follow from it, so the
 * clusters of box sizes (Redmon and Farhadi 2017, section 2: k-means with 1 - IoU as distance) have one free number: it
 * is searched directly. The centers of anchors lie on a grid, one stride apart, so that a box is away from the next
 * anchor by up to half a stride; small anchors on a coarse grid would otherwise seem to fit.
 *
 * @param base height and width of the smallest anchor, in pixels
 * @param matched share of the boxes, at all positions between the anchors of a level, for which an anchor has an IoU of
 *     at least {@value #MATCH}: those that matching makes positive by more than the rule that each box gets one anchor
 * @param overlap mean of the IoU with the best anchor
 */
record AnchorFit(float base, double matched, double overlap) {

    private static final double MATCH = 0.5;

    /** Distances from the next anchor's center, in strides: the middles of the two halves of 0 to 1/2. */
    private static final double[] OFFSETS = {0.125, 0.375};

    private static final float[] BASES = {8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48};

    /** The fit of anchors of this base. */
    static AnchorFit of(List<DataFacts.BoxSize> boxes, NetworkSettings network, float base) {
        PixelSize size = network.inputSize();
        List<Shape> shapes = shapes(network, base);
        int matched = 0;
        double sum = 0;
        for (DataFacts.BoxSize box : boxes) {
            for (double x : OFFSETS) {
                for (double y : OFFSETS) {
                    double best = 0;
                    for (Shape shape : shapes) {
                        best = Math.max(
                                best, shape.overlap(box.width() * size.width(), box.height() * size.height(), x, y));
                    }
                    sum += best;
                    matched += best >= MATCH ? 1 : 0;
                }
            }
        }
        double positions = boxes.size() * OFFSETS.length * OFFSETS.length;
        return new AnchorFit(base, matched / positions, sum / positions);
    }

    /** An anchor in pixels, at the grid of its level. */
    private record Shape(double width, double height, int stride) {

        /** The IoU with a box whose center is that many strides away. */
        double overlap(double boxWidth, double boxHeight, double x, double y) {
            double common = common(width, boxWidth, x * stride) * common(height, boxHeight, y * stride);
            return common / (boxWidth * boxHeight + width * height - common);
        }

        private static double common(double a, double b, double distance) {
            return Math.max(0, Math.min(a / 2, distance + b / 2) - Math.max(-a / 2, distance - b / 2));
        }
    }

    /** The base with the most matched boxes; of equals, that with the highest overlap. */
    static AnchorFit best(List<DataFacts.BoxSize> boxes, NetworkSettings network) {
        AnchorFit best = null;
        for (float base : BASES) {
            AnchorFit fit = of(boxes, network, base);
            best = best == null || fit.betterThan(best) ? fit : best;
        }
        return best;
    }

    private boolean betterThan(AnchorFit other) {
        return matched > other.matched || (matched == other.matched && overlap > other.overlap);
    }

    /** The anchors of one cell of each level. */
    private static List<Shape> shapes(NetworkSettings network, float base) {
        PixelSize size = network.inputSize();
        List<Shape> shapes = new ArrayList<>();
        for (int stride : network.strides()) {
            float[] values = Anchors.of(size.width(), size.height(), base, List.of(stride))
                    .values();
            for (int i = 0; i < Anchors.PER_CELL; i++) {
                shapes.add(new Shape(values[4 * i + 2] * size.width(), values[4 * i + 3] * size.height(), stride));
            }
        }
        return shapes;
    }
}
