package tandem.model.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads pictures and masks. Thread-safe. EXIF orientation is not applied: annotations are taken to be drawn on the
 * pixels as they are stored.
 */
public final class ImageDecoder {

    private static final String AGAIN = "copy the file again from its source, or leave it out";

    private ImageDecoder() {}

    /**
     * A sample's picture and mask, shrunk by the smallest whole factor that leaves at most {@code mostPixels}: the
     * picture by averaging squares, the mask by taking the middle of each.
     *
     * @throws DataException when a file is cut short or damaged, or its size is not the sample's
     */
    public static DecodedImage decode(Sample sample, int mostPixels) {
        BufferedImage picture = picture(sample.image());
        if (picture.getWidth() != sample.width() || picture.getHeight() != sample.height()) {
            throw new DataException(
                    sample.image(),
                    "has " + picture.getWidth() + " x " + picture.getHeight() + " pixels, expected " + sample.width()
                            + " x " + sample.height() + " as when it was first read",
                    "leave data unchanged while it is used");
        }
        byte[] mask = mask(sample).orElse(null);
        return Shrink.by(
                Shrink.factor(sample.width(), sample.height(), mostPixels),
                sample.width(),
                sample.height(),
                rgb(sample.image(), picture),
                mask);
    }

    /** A picture alone at full size, for prediction. */
    public static DecodedImage decode(Path file) {
        BufferedImage picture = picture(file);
        return Shrink.by(1, picture.getWidth(), picture.getHeight(), rgb(file, picture), null);
    }

    /** A sample's mask at full size, (height, width) class of each pixel; empty when it has none. */
    public static Optional<byte[]> mask(Sample sample) {
        return sample.mask().map(mask -> mask.read(sample.width(), sample.height()));
    }

    /**
     * A class mask in a file, (height, width) class of each pixel.
     *
     * @throws DataException when it is damaged, has no class indices or another size
     */
    public static byte[] mask(Path file, int width, int height) {
        return MaskDecoder.read(file, width, height);
    }

    /**
     * How many colours a picture stores for each pixel: 1 or 2 for grey, 3 or 4 for colour, an alpha channel included.
     */
    public static int channels(Path file) {
        return ImageHeader.read(file, bytes(file, "a picture")).channels();
    }

    /** All bytes of a file. */
    static byte[] bytes(Path file, String what) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new DataException(file, "does not exist, expected " + what, "add it, or leave the image out");
        } catch (IOException e) {
            throw new DataException(
                    file,
                    "cannot be read (" + e.getClass().getSimpleName() + "), expected " + what,
                    "check the file and its permissions");
        }
    }

    /** Decodes a file whose end is there and about which the decoder does not complain. */
    static BufferedImage picture(Path file) {
        byte[] bytes = bytes(file, "a picture");
        return picture(file, bytes, ImageHeader.read(file, bytes));
    }

    static BufferedImage picture(Path file, byte[] bytes, ImageHeader header) {
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(header.format()).next();
        String[] complaint = new String[1];
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.contains("Premature end")
                    || warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous")) {
                complaint[0] = warning;
            }
        });
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            BufferedImage image = reader.read(0);
            if (complaint[0] != null) {
                throw new DataException(file, "is damaged (" + complaint[0] + ")", AGAIN);
            }
            return image;
        } catch (IOException | RuntimeException e) {
            if (e instanceof DataException known) {
                throw known;
            }
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            boolean colours = cause.contains("Unsupported Image Type");
            throw new DataException(
                    file,
                    colours
                            ? "has colours that are neither grey nor RGB (CMYK, say)"
                            : "cannot be decoded (" + cause + ")",
                    colours ? "convert it to RGB" : AGAIN);
        } finally {
            reader.dispose();
        }
    }

    /** (height, width, 3) bytes, red first. Grey is repeated as it is stored, an alpha channel is dropped. */
    static byte[] rgb(Path file, BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if ((long) width * height * 3 > Integer.MAX_VALUE - 16) {
            throw new DataException(
                    file,
                    "has " + width + " x " + height + " pixels, more than fit in memory at once",
                    "cut it into tiles");
        }
        byte[] rgb = new byte[width * height * 3];
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && raster.getDataBuffer() instanceof DataBufferByte data
                && data.getData().length == rgb.length) {
            byte[] bgr = data.getData();
            for (int i = 0; i < rgb.length; i += 3) {
                rgb[i] = bgr[i + 2];
                rgb[i + 1] = bgr[i + 1];
                rgb[i + 2] = bgr[i];
            }
            return rgb;
        }
        boolean grey =
                !(model instanceof IndexColorModel) && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            if (grey) {
                raster.getSamples(0, y, width, 1, 0, row);
            } else {
                image.getRGB(0, y, width, 1, row, 0, width);
            }
            int o = y * width * 3;
            for (int x = 0; x < width; x++, o += 3) {
                int value = row[x];
                rgb[o] = (byte) (grey ? value >> shift : value >> 16);
                rgb[o + 1] = (byte) (grey ? value >> shift : value >> 8);
                rgb[o + 2] = (byte) (grey ? value >> shift : value);
            }
        }
        return rgb;
    }
}
