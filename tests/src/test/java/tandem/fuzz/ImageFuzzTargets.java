package tandem.fuzz;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import tandem.model.data.DataException;
import tandem.model.data.ImageDecoder;

/** Headers, images and masks. */
final class ImageFuzzTargets {

    private static final int WIDTH = 19;
    private static final int HEIGHT = 13;

    private ImageFuzzTargets() {}

    static List<FuzzTarget> all(Path folder) throws IOException {
        Path image = folder.resolve("image");
        Path mask = folder.resolve("mask.png");
        return List.of(
                new FuzzTarget("image header", images(), DataException.class, input -> {
                    Files.write(image, input);
                    ImageDecoder.channels(image);
                }),
                new FuzzTarget("image decoder", images(), DataException.class, input -> {
                    Files.write(image, input);
                    ImageDecoder.decode(image);
                }),
                new FuzzTarget("mask", masks(), DataException.class, input -> {
                    Files.write(mask, input);
                    ImageDecoder.mask(mask, WIDTH, HEIGHT);
                }));
    }

    private static List<byte[]> images() throws IOException {
        List<byte[]> images = new ArrayList<>();
        for (String format : List.of("png", "jpg", "bmp")) {
            images.add(encode(noise(BufferedImage.TYPE_3BYTE_BGR, 256), format));
            images.add(encode(noise(BufferedImage.TYPE_BYTE_GRAY, 256), format));
        }
        images.add(encode(noise(BufferedImage.TYPE_USHORT_GRAY, 65_536), "png"));
        images.add(encode(noise(BufferedImage.TYPE_4BYTE_ABGR, 256), "png"));
        images.add(encode(noise(BufferedImage.TYPE_BYTE_BINARY, 2), "png"));
        images.add(encode(palette(8), "png"));
        return images;
    }

    private static List<byte[]> masks() throws IOException {
        return List.of(
                encode(noise(BufferedImage.TYPE_BYTE_GRAY, 3), "png"),
                encode(noise(BufferedImage.TYPE_BYTE_BINARY, 2), "png"),
                encode(noise(BufferedImage.TYPE_USHORT_GRAY, 3), "png"),
                encode(palette(8), "png"),
                encode(palette(2), "png"));
    }

    private static BufferedImage noise(int type, int values) {
        return fill(new BufferedImage(WIDTH, HEIGHT, type), values);
    }

    private static BufferedImage palette(int bits) {
        byte[] steps = new byte[1 << bits];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = (byte) (i * 37);
        }
        IndexColorModel colors = new IndexColorModel(bits, steps.length, steps, steps, steps);
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        return fill(new BufferedImage(WIDTH, HEIGHT, type, colors), Math.min(3, steps.length));
    }

    private static BufferedImage fill(BufferedImage image, int values) {
        SplittableRandom random = new SplittableRandom(3);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    image.getRaster().setSample(x, y, band, random.nextInt(values));
                }
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("no writer for " + format + " and " + image);
        }
        return bytes.toByteArray();
    }
}
