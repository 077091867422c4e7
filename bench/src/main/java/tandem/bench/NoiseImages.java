package tandem.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
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
import tandem.model.figure.MaskPng;
import tandem.model.network.NetworkSettings;

/**
 * Pictures of noise with boxes and masks, in a folder that closing removes: as much work as real ones of their size.
 */
public final class NoiseImages implements AutoCloseable {

    private final Path folder;
    private final ImageCache images;

    /**
     * Makes them.
     *
     * @param settings whose classes and input side they have
     * @param count how many
     * @param boxes of each
     */
    public NoiseImages(NetworkSettings settings, int count, int boxes) throws IOException {
        folder = Files.createTempDirectory("tandem-noise");
        SplittableRandom random = new SplittableRandom(7);
        int side = settings.inputSide();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(sample(settings, i, side, boxes, random));
        }
        images = new ImageCache(
                new DataSet("noise", settings.boxClasses(), settings.maskClasses(), samples),
                side * side,
                Long.MAX_VALUE);
    }

    private Sample sample(NetworkSettings settings, int number, int side, int boxes, SplittableRandom random)
            throws IOException {
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        byte[] mask = new byte[side * side];
        long[] counts = new long[settings.maskChannels()];
        for (int p = 0; p < side * side; p++) {
            picture.setRGB(p % side, p / side, random.nextInt());
            mask[p] = (byte) random.nextInt(settings.maskChannels());
            counts[mask[p]]++;
        }
        List<Long> pixels = new ArrayList<>();
        for (long count : counts) {
            pixels.add(count);
        }
        Path image = folder.resolve(number + ".png");
        Path classes = folder.resolve(number + "-mask.png");
        ImageIO.write(picture, "png", image.toFile());
        MaskPng.write(classes, mask, side, side);
        List<Box> placed = new ArrayList<>();
        for (int b = 0; b < boxes; b++) {
            int x = random.nextInt(side / 2);
            int y = random.nextInt(side / 2);
            placed.add(new Box(random.nextInt(settings.boxClasses().size()), x, y, x + 32, y + 32, false));
        }
        return new Sample(
                "image" + number,
                image,
                side,
                side,
                Optional.of(placed),
                Optional.of(new MaskFile(classes, pixels, 0)));
    }

    /** The pictures, decoded when first used. */
    public ImageCache images() {
        return images;
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
