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
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.tools.FolderTree;

/**
 * Images of noise with boxes and masks, in a folder that {@link #close} removes. They cost as much time as real images
 * of the same size.
 */
public final class NoiseImages implements AutoCloseable {

    private final Path folder;
    private final ImageCache images;

    /**
     * Generates the images.
     *
     * @param settings the network settings: classes and input size
     * @param count number of images
     * @param boxes number of boxes of each image
     */
    public NoiseImages(NetworkSettings settings, int count, int boxes) throws IOException {
        folder = Files.createTempDirectory("tandem-noise");
        SplittableRandom random = new SplittableRandom(7);
        PixelSize size = settings.inputSize();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(sample(settings, i, size, boxes, random));
        }
        images = new ImageCache(
                new DataSet("noise", settings.boxClasses(), settings.maskClasses(), samples),
                settings.conversion(),
                Long.MAX_VALUE);
    }

    private Sample sample(NetworkSettings settings, int number, PixelSize size, int boxes, SplittableRandom random)
            throws IOException {
        BufferedImage noise = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        byte[] mask = new byte[size.pixels()];
        long[] counts = new long[settings.maskChannels()];
        for (int p = 0; p < size.pixels(); p++) {
            noise.setRGB(p % size.width(), p / size.width(), random.nextInt());
            mask[p] = (byte) random.nextInt(settings.maskChannels());
            counts[mask[p]]++;
        }
        List<Long> pixels = new ArrayList<>();
        for (long count : counts) {
            pixels.add(count);
        }
        Path image = folder.resolve(number + ".png");
        Path classes = folder.resolve(number + "-mask.png");
        ImageIO.write(noise, "png", image.toFile());
        MaskPng.write(classes, mask, size.width(), size.height());
        List<Box> placed = new ArrayList<>();
        for (int b = 0; b < boxes; b++) {
            int x = random.nextInt(size.width() / 2);
            int y = random.nextInt(size.height() / 2);
            placed.add(new Box(random.nextInt(settings.boxClasses().size()), x, y, x + 32, y + 32, false));
        }
        return new Sample(
                "image" + number,
                image,
                size.width(),
                size.height(),
                Optional.of(placed),
                Optional.of(new MaskFile(classes, pixels, 0)));
    }

    /** The images, decoded when first used. */
    public ImageCache images() {
        return images;
    }

    @Override
    public void close() throws IOException {
        FolderTree.delete(folder);
    }
}
