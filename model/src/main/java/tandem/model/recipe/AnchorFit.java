package tandem.model.recipe;

import java.util.ArrayList;
import java.util.List;
import tandem.model.detection.Anchors;
import tandem.model.network.NetworkSettings;

/**
 * The size of the smallest anchor that fits boxes best. The anchors of all levels and shapes follow from it, so the
 * clusters of box sizes (Redmon and Farhadi 2017, section 2: k-means with 1 - IoU as distance) have one free number: it
 * is searched directly.
 *
 * @param base height and width of the smallest anchor, in pixels
 * @param overlap mean over the boxes of the IoU with the best anchor of the same center
 */
record AnchorFit(float base, double overlap) {

    private static final float[] BASES = {8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48};

    /** The mean overlap with anchors of this base. */
    static AnchorFit of(List<DataFacts.BoxSize> boxes, NetworkSettings network, float base) {
        int size = network.inputSize();
        List<double[]> shapes = shapes(network, base);
        double sum = 0;
        for (DataFacts.BoxSize box : boxes) {
            double width = box.width() * size;
            double height = box.height() * size;
            double best = 0;
            for (double[] shape : shapes) {
                double common = Math.min(width, shape[0]) * Math.min(height, shape[1]);
                best = Math.max(best, common / (width * height + shape[0] * shape[1] - common));
            }
            sum += best;
        }
        return new AnchorFit(base, sum / boxes.size());
    }

    /** The base with the highest overlap. */
    static AnchorFit best(List<DataFacts.BoxSize> boxes, NetworkSettings network) {
        AnchorFit best = null;
        for (float base : BASES) {
            AnchorFit fit = of(boxes, network, base);
            best = best == null || fit.overlap() > best.overlap() ? fit : best;
        }
        return best;
    }

    /** Width and height in pixels of the anchors of one cell of each level. */
    private static List<double[]> shapes(NetworkSettings network, float base) {
        int size = network.inputSize();
        List<double[]> shapes = new ArrayList<>();
        for (int stride : network.strides()) {
            float[] values = Anchors.of(size, size, base, List.of(stride)).values();
            for (int i = 0; i < Anchors.PER_CELL; i++) {
                shapes.add(new double[] {values[4 * i + 2] * size, values[4 * i + 3] * size});
            }
        }
        return shapes;
    }
}
