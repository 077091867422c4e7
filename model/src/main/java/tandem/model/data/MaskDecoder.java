package tandem.model.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads class masks: palette PNGs by their raw indices, independent of the colors, and 8-bit gray ones by their values.
 */
final class MaskDecoder {

    private MaskDecoder() {}

    /** (height, width) class of each pixel; the mask must be of that size. */
    static byte[] read(Path file, int width, int height) {
        byte[] bytes = ImageDecoder.bytes(file, "the class mask of an image");
        ImageHeader header = ImageHeader.read(file, bytes);
        requireSize(file, header, width, height);
        BufferedImage image = ImageDecoder.image(file, bytes, header);
        if (!hasIndices(header, image)) {
            throw new DataException(
                    file,
                    "is not a palette or 8-bit gray PNG, so it has no class indices",
                    "save the mask as a palette PNG (0 background, then the classes from 1, 255 ignored), or write the"
                            + " color of each class to labelmap.txt (NAME:R,G,B)");
        }
        return indices(image);
    }

    /** Whether an image is a palette PNG or a gray one of at most 8 bits. */
    static boolean hasIndices(ImageHeader header, BufferedImage image) {
        Raster raster = image.getRaster();
        return header.format() == ImageFormat.PNG
                && raster.getSampleModel().getSampleSize(0) <= 8
                && (image.getColorModel() instanceof IndexColorModel
                        || raster.getNumBands() <= 2
                                && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY);
    }

    /** (height, width) palette index or gray value of each pixel of such an image. */
    static byte[] indices(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] classes = new byte[width * height];
        if (raster.getDataBuffer() instanceof DataBufferByte data
                && data.getData().length == classes.length
                && raster.getNumBands() == 1
                && raster.getSampleModel().getSampleSize(0) == 8) {
            System.arraycopy(data.getData(), 0, classes, 0, classes.length);
            return classes;
        }
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                classes[y * width + x] = (byte) row[x];
            }
        }
        return classes;
    }

    /** The pixels that a mask file refers to: those of an image as stored, where it has that size. */
    static AnnotatedSize annotated(Path file, ImageHeader image) {
        if (!image.orientation().isTransposed()) {
            return AnnotatedSize.of(image, 0, 0);
        }
        ImageHeader mask = ImageHeader.read(file, ImageDecoder.bytes(file, "the class mask of an image"));
        return AnnotatedSize.of(image, mask.width(), mask.height());
    }

    static void requireSize(Path file, ImageHeader header, int width, int height) {
        if (header.width() != width || header.height() != height) {
            throw new DataException(
                    file,
                    "has " + header.width() + " x " + header.height() + " pixels, but its image has " + width + " x "
                            + height,
                    "create the mask again at the size of the image");
        }
    }

    /** Reads a mask and counts its pixels; an unknown class is an error. */
    static MaskFile count(Path file, List<String> classes, int width, int height) {
        byte[] mask = read(file, width, height);
        long[] counts = new long[256];
        for (byte value : mask) {
            counts[value & 0xFF]++;
        }
        for (int value = classes.size() + 1; value < 255; value++) {
            if (counts[value] > 0) {
                if (isSmooth(counts)) {
                    throw new DataException(
                            file,
                            "has gray values from black to white, mostly 0 and 255, so it is no mask of class indices",
                            "give --mask-threshold 128, and --mask-class NAME if there is more than one class");
                }
                throw new DataException(
                        file,
                        "has " + counts[value] + " pixels of the unknown class " + value
                                + ", expected 0 (background), 1 to " + classes.size() + " for " + classes
                                + ", or 255 (ignored)",
                        "correct the mask, or add the class to classes.txt");
            }
        }
        List<Long> pixels = new ArrayList<>();
        for (int value = 0; value <= classes.size(); value++) {
            pixels.add(counts[value]);
        }
        return new MaskFile(file, pixels, counts[MaskFile.IGNORE], ClassMask.checksum(mask));
    }

    /**
     * Whether pixel counts by gray value are those of a black-and-white mask with smooth edges: at least eight values,
     * at least 80 % of the pixels near 0 or 255, some of them white.
     */
    static boolean isSmooth(long[] counts) {
        long all = 0;
        long ends = 0;
        long white = 0;
        int values = 0;
        for (int value = 0; value < counts.length; value++) {
            all += counts[value];
            ends += value < 32 || value > 223 ? counts[value] : 0;
            white += value > 223 ? counts[value] : 0;
            values += counts[value] > 0 ? 1 : 0;
        }
        return values >= 8 && white > 0 && ends >= 0.8 * all;
    }
}
