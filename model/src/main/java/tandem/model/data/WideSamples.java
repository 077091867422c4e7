package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Samples of 32 and 64 bits, which TIFF files have. Floating-point ones are taken as 0 to 1, and integers as a part of
 * their largest value: gray levels of 0 to 255 or 0 to 65535 in such a file would become white, or black.
 */
final class WideSamples {

    private static final String REMEDY = "convert the image to 8 or 16 bits";

    private WideSamples() {}

    /**
     * Rejects integers of 32 bits, and floating-point samples outside of 0 to 1.
     *
     * @param bytes of the file
     * @param image what was decoded from them
     * @throws DataException when the image has such
     */
    static void check(Path file, byte[] bytes, ImageHeader header, BufferedImage image) {
        int type = image.getRaster().getTransferType();
        if (type == DataBuffer.TYPE_INT && image.getSampleModel().getSampleSize(0) > 16) {
            throw new DataException(file, "has integer samples of 32 bits, expected 8 or 16", REMEDY);
        }
        if (type != DataBuffer.TYPE_FLOAT && type != DataBuffer.TYPE_DOUBLE) {
            return;
        }
        Raster raster = stored(file, bytes, header);
        double[] row = new double[raster.getWidth() * raster.getNumBands()];
        for (int y = 0; y < raster.getHeight(); y++) {
            for (double sample : raster.getPixels(0, y, raster.getWidth(), 1, row)) {
                if (!(sample >= 0 && sample <= 1)) {
                    throw new DataException(
                            file, "has the floating-point sample " + (float) sample + ", expected 0 to 1", REMEDY);
                }
            }
        }
    }

    /** The samples of the file: the decoder of images clips them. */
    private static Raster stored(Path file, byte[] bytes, ImageHeader header) {
        ImageReader reader = header.format().reader();
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            return reader.readRaster(0, null);
        } catch (IOException | RuntimeException e) {
            throw new DataException(file, "has floating-point samples that cannot be read", REMEDY);
        } finally {
            reader.dispose();
        }
    }
}
