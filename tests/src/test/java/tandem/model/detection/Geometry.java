package tandem.model.detection;

/** Boxes in double precision, straight from the formulas. */
final class Geometry {

    static final double LARGEST_GROWTH = Math.log(1000.0 / 16);

    private Geometry() {}

    static double[] row(float[] table, int i) {
        return new double[] {table[4 * i], table[4 * i + 1], table[4 * i + 2], table[4 * i + 3]};
    }

    static double[] corners(double[] anchor) {
        return new double[] {
            anchor[0] - anchor[2] / 2, anchor[1] - anchor[3] / 2, anchor[0] + anchor[2] / 2, anchor[1] + anchor[3] / 2
        };
    }

    static double[] decode(double[] t, double[] anchor) {
        return corners(new double[] {
            anchor[0] + 0.1 * t[0] * anchor[2],
            anchor[1] + 0.1 * t[1] * anchor[3],
            anchor[2] * Math.exp(Math.min(0.2 * t[2], LARGEST_GROWTH)),
            anchor[3] * Math.exp(Math.min(0.2 * t[3], LARGEST_GROWTH))
        });
    }

    static double[] encode(double[] box, double[] anchor) {
        return new double[] {
            ((box[0] + box[2]) / 2 - anchor[0]) / (0.1 * anchor[2]),
            ((box[1] + box[3]) / 2 - anchor[1]) / (0.1 * anchor[3]),
            Math.log((box[2] - box[0]) / anchor[2]) / 0.2,
            Math.log((box[3] - box[1]) / anchor[3]) / 0.2
        };
    }

    static double area(double[] box) {
        return (box[2] - box[0]) * (box[3] - box[1]);
    }

    static double intersection(double[] a, double[] b) {
        double width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
        double height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
        return width > 0 && height > 0 ? width * height : 0;
    }

    static double iou(double[] a, double[] b) {
        double intersection = intersection(a, b);
        return intersection == 0 ? 0 : intersection / (area(a) + area(b) - intersection);
    }

    static double generalizedIou(double[] a, double[] b) {
        double union = area(a) + area(b) - intersection(a, b);
        double hull = (Math.max(a[2], b[2]) - Math.min(a[0], b[0])) * (Math.max(a[3], b[3]) - Math.min(a[1], b[1]));
        return intersection(a, b) / union - (hull - union) / hull;
    }

    static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
