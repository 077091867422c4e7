package tandem.engine.operation.rows;

/** Resampling of images (N, H, W, C) in double precision, by loops. */
final class ReferenceResampling {

    private ReferenceResampling() {}

    static int at(int n, int i, int j, int c, int h, int w, int channels) {
        return ((n * h + i) * w + j) * channels + c;
    }

    /** Repeats each pixel factor times along both axes. */
    static double[] nearest(double[] x, int n, int h, int w, int c, int factor) {
        double[] y = new double[n * h * factor * w * factor * c];
        for (int b = 0; b < n; b++) {
            for (int i = 0; i < h * factor; i++) {
                for (int j = 0; j < w * factor; j++) {
                    for (int k = 0; k < c; k++) {
                        y[at(b, i, j, k, h * factor, w * factor, c)] = x[at(b, i / factor, j / factor, k, h, w, c)];
                    }
                }
            }
        }
        return y;
    }

    /** Bilinear interpolation with half-pixel centers, clamped at the border. */
    static double[] bilinear(double[] x, int n, int h, int w, int c, int outputH, int outputW) {
        double[] y = new double[n * outputH * outputW * c];
        for (int b = 0; b < n; b++) {
            for (int i = 0; i < outputH; i++) {
                double v = Math.max(0, (i + 0.5) * h / outputH - 0.5);
                int top = Math.min((int) Math.floor(v), h - 1);
                int bottom = Math.min(top + 1, h - 1);
                for (int j = 0; j < outputW; j++) {
                    double u = Math.max(0, (j + 0.5) * w / outputW - 0.5);
                    int left = Math.min((int) Math.floor(u), w - 1);
                    int right = Math.min(left + 1, w - 1);
                    for (int k = 0; k < c; k++) {
                        double upper = x[at(b, top, left, k, h, w, c)] * (1 - (u - left))
                                + x[at(b, top, right, k, h, w, c)] * (u - left);
                        double lower = x[at(b, bottom, left, k, h, w, c)] * (1 - (u - left))
                                + x[at(b, bottom, right, k, h, w, c)] * (u - left);
                        y[at(b, i, j, k, outputH, outputW, c)] = upper * (1 - (v - top)) + lower * (v - top);
                    }
                }
            }
        }
        return y;
    }
}
