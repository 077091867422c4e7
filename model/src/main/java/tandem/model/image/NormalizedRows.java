package tandem.model.image;

import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * Rows of gray or sRGB samples that are not unsigned bytes or shorts, or are multiplied by alpha, each taken as a
 * fraction of its full value. {@link ColorModel#getRGB(Object)} is not used: with a sample above 1 it writes one color
 * over the next.
 */
final class NormalizedRows implements RgbRows {

    private final Raster raster;
    private final boolean gray;
    private final int alpha;
    private final double[] full;
    private final double[] row;

    NormalizedRows(Raster raster, ColorModel model, boolean gray) {
        this.raster = raster;
        this.gray = gray;
        int bands = raster.getNumBands();
        alpha = model.hasAlpha() && model.isAlphaPremultiplied() ? bands - 1 : -1;
        row = new double[bands * raster.getWidth()];
        full = new double[bands];
        for (int band = 0; band < bands; band++) {
            full[band] = switch (raster.getTransferType()) {
                case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> 1;
                case DataBuffer.TYPE_SHORT -> Short.MAX_VALUE;
                default -> Math.scalb(1.0, model.getComponentSize(band)) - 1;
            };
        }
    }

    @Override
    public void read(int y, byte[] rgb, int at) {
        int bands = full.length;
        raster.getPixels(0, y, raster.getWidth(), 1, row);
        for (int x = 0; x < raster.getWidth(); x++) {
            for (int color = 0; color < 3; color++) {
                double value = fraction(bands * x, gray ? 0 : color);
                if (alpha >= 0) {
                    double opacity = fraction(bands * x, alpha);
                    value = opacity <= 0 ? 0 : value / opacity;
                }
                rgb[at + 3 * x + color] = (byte) (int) (Math.max(0, Math.min(1, value)) * 255 + 0.5);
            }
        }
    }

    private double fraction(int pixel, int band) {
        double sample = row[pixel + band];
        boolean unsigned = sample < 0 && raster.getTransferType() == DataBuffer.TYPE_INT;
        return (unsigned ? sample + 0x1p32 : sample) / full[band];
    }
}
