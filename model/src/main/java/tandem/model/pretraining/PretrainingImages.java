package tandem.model.pretraining;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.PixelMask;
import tandem.model.data.Sample;

/**
 * Generated images of surfaces with defects, to pretrain an encoder. Every image has boxes around its defects and a
 * mask that gives the kind of surface or defect of each pixel. The images are in memory; the same size, seed and number
 * give the same image on every machine.
 *
 * @param size rows and columns of each image in pixels
 * @param seed seed of all images
 */
public record PretrainingImages(int size, long seed) {

    /** Names of the kinds of defects. */
    public static final List<String> BOX_CLASSES = names(DefectKind.values());

    /** Names of the mask classes without the first kind of surface, which takes the place of the background. */
    public static final List<String> MASK_CLASSES = Stream.concat(
                    names(SurfaceKind.values()).stream().skip(1), BOX_CLASSES.stream())
            .toList();

    /** Rejects sizes on which the defects would not fit. */
    public PretrainingImages {
        if (size < 96 || size > 1024) {
            throw new IllegalArgumentException("generated images must have 96 to 1024 rows, not " + size);
        }
    }

    /** Bytes of an image in memory. */
    public long bytesOfImage() {
        return 4L * size * size;
    }

    /**
     * Generates images on all cores.
     *
     * @param name of the data set and prefix of the images' ids
     * @param first number of the first image
     * @param count number of images
     * @param maxPixels limit of the network that reads them
     */
    public ImageCache make(String name, int first, int count, int maxPixels) {
        List<GeneratedImage> images = IntStream.range(first, first + count)
                .parallel()
                .mapToObj(this::image)
                .toList();
        List<Sample> samples = IntStream.range(0, count)
                .mapToObj(i -> sample(String.format(Locale.ROOT, "%s_%06d", name, first + i), images.get(i)))
                .toList();
        List<DecodedImage> decoded = images.stream()
                .map(image -> new DecodedImage(size, size, 1, size, size, image.rgb(), image.mask()))
                .toList();
        return ImageCache.inMemory(new DataSet(name, BOX_CLASSES, MASK_CLASSES, samples), decoded, maxPixels);
    }

    /** Image {@code number}, which does not depend on the other images. */
    GeneratedImage image(int number) {
        // Seeds that differ by a small number give sequences that overlap, so the seed of an image is mixed twice.
        long mixed = new SplittableRandom(new SplittableRandom(seed).nextLong() + number).nextLong();
        return GeneratedImage.draw(size, new SplittableRandom(mixed));
    }

    private static Sample sample(String id, GeneratedImage image) {
        int size = image.size();
        return new Sample(
                id,
                Path.of(id + " (generated)"),
                size,
                size,
                Optional.of(image.boxes()),
                Optional.of(PixelMask.of(size, size, MASK_CLASSES.size() + 1, image.mask())));
    }

    private static List<String> names(Enum<?>[] kinds) {
        return Stream.of(kinds)
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
