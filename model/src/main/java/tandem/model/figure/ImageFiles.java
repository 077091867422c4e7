package tandem.model.figure;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes images as PNG and JPEG files in memory. */
public final class ImageFiles {

    private static final int PNG_PIXELS = 512 * 512;
    private static final double QUALITY = 0.9;

    private ImageFiles() {}

    /** A PNG file, lossless. */
    public static byte[] png(BufferedImage image) {
        return encode(image, "png", 1);
    }

    /**
     * A JPEG file.
     *
     * @param quality above 0, at most 1
     */
    public static byte[] jpeg(BufferedImage image, double quality) {
        BufferedImage opaque = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        opaque.createGraphics().drawImage(image, 0, 0, Color.WHITE, null);
        return encode(opaque, "jpeg", quality);
    }

    /** A PNG file of an image up to 512 x 512 pixels, a JPEG file of good quality of a larger one. */
    public static byte[] compact(BufferedImage image) {
        return image.getWidth() * (long) image.getHeight() <= PNG_PIXELS ? png(image) : jpeg(image, QUALITY);
    }

    /** Writes a PNG file. */
    public static void writePng(Path file, BufferedImage image) throws IOException {
        Files.write(file, png(image));
    }

    private static byte[] encode(BufferedImage image, String format, double quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (format.equals("jpeg")) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality((float) quality);
            }
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a " + format + " into memory", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
