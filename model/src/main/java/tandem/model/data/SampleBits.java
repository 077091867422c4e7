package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tandem.model.image.ImageConversion;

/**
 * The bits that a data set's images of 16 bits use. Cameras of 10, 12 and 14 bits store their values unchanged in files
 * of 16 bits.
 *
 * @param images number of images of 16 bits
 * @param max the largest sample in them
 */
public record SampleBits(int images, int max) {

    /** What cameras have. */
    private static final List<Integer> USUAL = List.of(8, 10, 12, 14);
    /** The bytes of a PNG up to its bit depth and color type. */
    private static final int PNG_HEADER = 26;

    /**
     * Decodes the images of 16 bits.
     *
     * @return empty when there are none
     */
    public static Optional<SampleBits> of(DataSet data) {
        return of(data.samples());
    }

    /** The same for some images. */
    public static Optional<SampleBits> of(List<Sample> samples) {
        // A sample's image was within the limit, and still has its size.
        return of(samples.parallelStream()
                .map(sample -> max(sample.image(), PixelLimit.of((long) sample.width() * sample.height()))));
    }

    /** The same for image files; those above the limit are left out. */
    public static Optional<SampleBits> ofFiles(List<Path> files, PixelLimit limit) {
        return of(files.parallelStream().map(file -> max(file, limit)));
    }

    private static Optional<SampleBits> of(Stream<Integer> all) {
        List<Integer> maxima = all.filter(Objects::nonNull).toList();
        return maxima.isEmpty()
                ? Optional.empty()
                : Optional.of(new SampleBits(
                        maxima.size(),
                        maxima.stream().mapToInt(Integer::intValue).max().orElse(0)));
    }

    /** The bits that hold {@link #max}: 8, 10, 12, 14 or 16. */
    public int bits() {
        return USUAL.stream().filter(bits -> max < 1 << bits).findFirst().orElse(ImageConversion.FULL_BITS);
    }

    /** The bits of some images; 16 when none has 16 bits. */
    public static int of(Optional<SampleBits> found) {
        return found.map(SampleBits::bits).orElse(ImageConversion.FULL_BITS);
    }

    /** The largest sample of an image of 16 bits; null for others, and for those that are damaged. */
    private static Integer max(Path file, PixelLimit limit) {
        try {
            if (!mayHave16Bits(file)) {
                return null;
            }
            byte[] bytes = ImageDecoder.bytes(file, "an image");
            ImageHeader header = ImageHeader.read(file, bytes, limit);
            if (header.bits() != ImageConversion.FULL_BITS) {
                return null;
            }
            return max(ImageDecoder.image(file, bytes, header));
        } catch (IOException | DataException e) {
            return null;
        }
    }

    private static Integer max(BufferedImage image) {
        if (image.getRaster().getTransferType() != DataBuffer.TYPE_USHORT) {
            return null;
        }
        int bands = image.getRaster().getNumBands();
        int colors = image.getColorModel().hasAlpha() ? bands - 1 : bands;
        int[] row = new int[bands * image.getWidth()];
        int max = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getPixels(0, y, image.getWidth(), 1, row);
            for (int i = 0; i < row.length; i++) {
                max = i % bands < colors ? Math.max(max, row[i]) : max;
            }
        }
        return max;
    }

    /**
     * Whether the first bytes are those of a format that can have 16 bits; most data sets are then not read further.
     */
    private static boolean mayHave16Bits(Path file) throws IOException {
        byte[] start;
        try (InputStream stream = Files.newInputStream(file)) {
            start = stream.readNBytes(PNG_HEADER);
        }
        if (start.length < PNG_HEADER) {
            return false;
        }
        return start[0] == (byte) 0x89
                ? start[24] == ImageConversion.FULL_BITS
                : start[0] == 'I' && start[1] == 'I' || start[0] == 'M' && start[1] == 'M' || start[0] == 'P';
    }
}
