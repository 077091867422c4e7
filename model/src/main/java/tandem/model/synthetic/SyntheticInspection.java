package tandem.model.synthetic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A synthetic inspection line: images of metal and painted surfaces, some printed, with scratches, pits, stains and
 * missing print, in the layout that {@link tandem.model.data.VocReader} reads. Every image has its boxes and its mask
 * on disk; the lists {@code Partial/train-boxes} and {@code Partial/train-masks} split the training images, so that no
 * image is used for both. The same settings give the same files.
 *
 * @param width columns of each image, at least 64
 * @param height rows of each image, at least 64
 * @param train number of training images, at least 2
 * @param validation number of held-out images, at least 1
 * @param closeness scale of defects and print, 0.5 to 1.5; 1 is the default
 * @param contrast contrast of the defects, above 0 and at most 1; each is sampled between half of this value and this
 *     value
 * @param seed seed of all random numbers
 */
public record SyntheticInspection(
        int width, int height, int train, int validation, double closeness, double contrast, long seed) {

    /** Names of the defects, in the order of their mask values from 1. */
    public static final List<String> CLASSES = Defect.CLASSES;

    /** Rejects sizes on which defects would not fit. */
    public SyntheticInspection {
        if (width < 64 || height < 64 || width > 8192 || height > 8192) {
            throw new IllegalArgumentException(
                    "synthetic images of " + width + " x " + height + " pixels: width and height must be 64 to 8192");
        }
        if (train < 2 || validation < 1) {
            throw new IllegalArgumentException("a synthetic set of " + train + " training and " + validation
                    + " held-out images: at least 2 and 1 are needed");
        }
        if (!(closeness >= 0.5 && closeness <= 1.5)) {
            throw new IllegalArgumentException("closeness " + closeness + " must be 0.5 to 1.5");
        }
        if (!(contrast > 0 && contrast <= 1)) {
            throw new IllegalArgumentException("contrast " + contrast + " must be above 0 and at most 1");
        }
    }

    /** The default closeness and contrast for square images. */
    public static SyntheticInspection of(int side, int train, int validation, long seed) {
        return new SyntheticInspection(side, side, train, validation, 1, 0.85, seed);
    }

    /**
     * Generates the images on all cores and writes them.
     *
     * @param root the folder, created when absent; files with the same names are replaced
     * @throws UncheckedIOException when a file cannot be written
     */
    public void write(Path root) {
        try {
            VocWriter writer = VocWriter.create(root);
            writer.lines("classes", "", CLASSES);
            List<String> training = names("train", train);
            List<String> held = names("val", validation);
            List<String> all = new ArrayList<>(training);
            all.addAll(held);
            IntStream.range(0, all.size())
                    .parallel()
                    .forEach(i -> writer.image(all.get(i), draw(i < train ? 0 : 1, i < train ? i : i - train)));
            writer.lines("train", "ImageSets/Main", training);
            writer.lines("val", "ImageSets/Main", held);
            writer.lines("train-boxes", "ImageSets/Partial", half(training, 0));
            writer.lines("train-masks", "ImageSets/Partial", half(training, 1));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the synthetic images could not be written to " + root + ": " + e.getMessage(), e);
        }
    }

    /**
     * An image depends only on the seed, its part and its number in the part: more images do not change the first ones.
     */
    private SyntheticImage draw(int part, int number) {
        SplittableRandom random =
                new SplittableRandom(new SplittableRandom(seed).nextLong() + 2 * (long) number + part);
        return SyntheticImage.draw(width, height, closeness, contrast, random);
    }

    private static List<String> names(String part, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, "%s_%05d", part, i))
                .toList();
    }

    private static List<String> half(List<String> names, int odd) {
        return IntStream.range(0, names.size())
                .filter(i -> i % 2 == odd)
                .mapToObj(names::get)
                .toList();
    }
}
