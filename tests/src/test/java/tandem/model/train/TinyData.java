package tandem.model.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.image.ImageConversion;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.TrainingSettings;

/**
 * Gray noise with a red or a blue rectangle on it, whose box and mask are known, and networks small enough for tests.
 */
public final class TinyData {

    /** Names of the rectangles' classes. */
    public static final List<String> CLASSES = List.of("red", "blue");

    private TinyData() {}

    /** The annotations of the images. */
    public enum Annotations {
        /** Boxes and masks. */
        BOTH,
        /** Boxes on even images, masks on odd ones. */
        ALTERNATING
    }

    /** {@code count} images of {@code width} x {@code height} pixels in {@code folder}. */
    public static ImageCache write(Path folder, int count, int width, int height, Annotations annotations, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(sample(folder, i, width, height, annotations, random));
        }
        return new ImageCache(
                new DataSet("tiny", CLASSES, CLASSES, samples), ImageConversion.of(1 << 20), Long.MAX_VALUE);
    }

    private static Sample sample(
            Path folder, int number, int width, int height, Annotations annotations, SplittableRandom random) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        int w = width / 4 + random.nextInt(width / 4);
        int h = height / 4 + random.nextInt(height / 4);
        int left = random.nextInt(width - w);
        int top = random.nextInt(height - h);
        int label = number / 2 % 2;
        long inside = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int gray = 90 + random.nextInt(40);
                boolean in = x >= left && x < left + w && y >= top && y < top + h;
                int rgb = !in
                        ? gray << 16 | gray << 8 | gray
                        : label == 0 ? 220 << 16 | gray << 8 | 40 : 40 << 16 | gray << 8 | 220;
                picture.setRGB(x, y, rgb);
                mask.getRaster().setSample(x, y, 0, in ? label + 1 : 0);
                inside += in ? 1 : 0;
            }
        }
        try {
            Files.createDirectories(folder);
            Path image = folder.resolve("image" + number + ".png");
            Path labels = folder.resolve("mask" + number + ".png");
            ImageIO.write(picture, "png", image.toFile());
            ImageIO.write(mask, "png", labels.toFile());
            boolean boxed = annotations == Annotations.BOTH || number % 2 == 0;
            boolean masked = annotations == Annotations.BOTH || number % 2 == 1;
            List<Long> pixels =
                    List.of(width * (long) height - inside, label == 0 ? inside : 0, label == 1 ? inside : 0);
            return new Sample(
                    "image" + number,
                    image,
                    width,
                    height,
                    boxed
                            ? Optional.of(List.of(new Box(label, left, top, left + w, top + h, false)))
                            : Optional.empty(),
                    masked ? Optional.of(new MaskFile(labels, pixels, 0)) : Optional.empty());
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** A network of about 900 000 parameters with both heads. */
    public static NetworkSettings network(int side) {
        return NetworkSettings.standard(CLASSES, CLASSES, side)
                .with(change -> change.encoderChannels(16)
                        .stemPooling(true)
                        .neckChannels(16)
                        .segmentationChannels(16));
    }

    /** SGD for {@code epochs} passes in batches of {@code batch} images. */
    public static TrainingSettings training(int epochs, int batch) {
        TrainingSettings standard = TrainingSettings.standard();
        return standard.withOptimizer(standard.optimizer()
                        .with(change -> change.momentum(0.9f).weightDecay(5e-4f).gradientClip(10)))
                .withSchedule(standard.schedule()
                        .with(change -> change.epochs(epochs).learningRate(0.02).warmupSteps(5)))
                .withAverage(AverageSettings.of(0.99f, 10))
                .withBatches(standard.batches()
                        .with(change -> change.size(batch).microBatches(1).inputSizes(List.of())))
                .withLosses(standard.losses()
                        .with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(11);
    }
}
