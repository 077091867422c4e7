package tandem.model.augment;

import tandem.model.data.DecodedImage;
import tandem.model.image.PixelSize;

/** The warp of one image in plain double arithmetic, written from the description alone. */
public record ReferenceWarp(DecodedImage image, ImageParameters parameters, PixelSize canvas) {

    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] DEVIATION = {0.229, 0.224, 0.225};
    /** Nearer than this to an edge, single precision may fall on either side of it. */
    private static final double NEAR = 1e-3;

    private static int taps(double scale, int side) {
        return (int) Math.max(1, Math.min(8, Math.ceil(Math.abs(scale) / side / 2)));
    }

    /**
     * The normalized color of a pixel of the canvas, or null where a sample lies too near to the edge of the image to
     * tell.
     */
    public double[] pixel(int column, int row) {
        Geometry geometry = parameters.geometry();
        int tapsX = taps(geometry.scaleX(), canvas.width());
        int tapsY = taps(geometry.scaleY(), canvas.height());
        double[] sum = new double[3];
        int inside = 0;
        for (int ty = 0; ty < tapsY; ty++) {
            for (int tx = 0; tx < tapsX; tx++) {
                double x = geometry.imageX((column + (tx + 0.5) / tapsX) / canvas.width());
                double y = geometry.imageY((row + (ty + 0.5) / tapsY) / canvas.height());
                if (nearEdge(x, image.contentWidth()) || nearEdge(y, image.contentHeight())) {
                    return null;
                }
                if (x >= 0 && x < image.contentWidth() && y >= 0 && y < image.contentHeight()) {
                    inside++;
                    for (int c = 0; c < 3; c++) {
                        sum[c] += bilinear(x - 0.5, y - 0.5, c);
                    }
                }
            }
        }
        double[] color = {114, 114, 114};
        if (inside > 0) {
            double[] changed = photometric(sum[0] / inside, sum[1] / inside, sum[2] / inside);
            for (int c = 0; c < 3; c++) {
                color[c] = (changed[c] * inside + 114.0 * (tapsX * tapsY - inside)) / (tapsX * tapsY);
            }
        }
        for (int c = 0; c < 3; c++) {
            color[c] = (color[c] / 255 - MEAN[c]) / DEVIATION[c];
        }
        return color;
    }

    private static boolean nearEdge(double x, double end) {
        return Math.abs(x) < NEAR || Math.abs(x - end) < NEAR;
    }

    private double bilinear(double x, double y, int channel) {
        double sum = 0;
        for (int v = (int) Math.floor(y); v <= Math.floor(y) + 1; v++) {
            for (int u = (int) Math.floor(x); u <= Math.floor(x) + 1; u++) {
                int cu = Math.max(0, Math.min(image.width() - 1, u));
                int cv = Math.max(0, Math.min(image.height() - 1, v));
                sum += (1 - Math.abs(x - u))
                        * (1 - Math.abs(y - v))
                        * (image.rgb()[(cv * image.width() + cu) * 3 + channel] & 255);
            }
        }
        return sum;
    }

    /** Through the textbook's hue, saturation and value, sector by sector. */
    private double[] photometric(double red, double green, double blue) {
        Photometric p = parameters.photometric();
        double[] rgb = {red, green, blue};
        for (int c = 0; c < 3; c++) {
            rgb[c] = Math.max(0, Math.min(255, (rgb[c] + p.brightness()) * p.contrast()));
        }
        double v = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
        double chroma = v - Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
        if (chroma == 0) {
            return rgb;
        }
        double hue = v == rgb[0]
                ? (rgb[1] - rgb[2]) / chroma
                : v == rgb[1] ? 2 + (rgb[2] - rgb[0]) / chroma : 4 + (rgb[0] - rgb[1]) / chroma;
        hue = ((hue * 60 + p.hue()) % 360 + 360) % 360;
        double saturation = Math.min(1, chroma / v * p.saturation());
        double c = v * saturation;
        double x = c * (1 - Math.abs(hue / 60 % 2 - 1));
        double m = v - c;
        double[][] sectors = {{c, x, 0}, {x, c, 0}, {0, c, x}, {0, x, c}, {x, 0, c}, {c, 0, x}};
        double[] turned = sectors[(int) (hue / 60) % 6];
        return new double[] {turned[0] + m, turned[1] + m, turned[2] + m};
    }

    /** The class of a pixel of the canvas. */
    public int label(int column, int row) {
        double x = parameters.geometry().imageX((column + 0.5) / canvas.width());
        double y = parameters.geometry().imageY((row + 0.5) / canvas.height());
        boolean inside =
                parameters.masked() && x >= 0 && x < image.contentWidth() && y >= 0 && y < image.contentHeight();
        return inside ? image.mask()[(int) y * image.width() + (int) x] & 255 : 255;
    }

    /** Whether {@code label} may be the class of a pixel of the canvas. */
    public boolean allows(int column, int row, int label) {
        for (double dy : new double[] {-NEAR, 0, NEAR}) {
            for (double dx : new double[] {-NEAR, 0, NEAR}) {
                double x = parameters.geometry().imageX((column + 0.5) / canvas.width()) + dx;
                double y = parameters.geometry().imageY((row + 0.5) / canvas.height()) + dy;
                boolean inside = parameters.masked()
                        && x >= 0
                        && x < image.contentWidth()
                        && y >= 0
                        && y < image.contentHeight();
                if (label == (inside ? image.mask()[(int) y * image.width() + (int) x] & 255 : 255)) {
                    return true;
                }
            }
        }
        return false;
    }
}
