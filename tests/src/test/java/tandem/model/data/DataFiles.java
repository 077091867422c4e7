package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;

/** Makes small data sets of any layout, by hand and without the code under test. */
record DataFiles(Path root) {

    DataFiles text(String file, String... lines) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, String.join("\n", lines));
        return this;
    }

    /** Color images of 20 x 10 pixels. */
    DataFiles images(String... files) throws IOException {
        for (String file : files) {
            rgb(file, 20, 10, (x, y) -> x * 9 << 16 | y * 20 << 8 | 77);
        }
        return this;
    }

    DataFiles rgb(String file, int width, int height, IntBinaryOperator color) throws IOException {
        return write(file, fill(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), color));
    }

    /** An 8-bit gray image with these samples. */
    DataFiles gray(String file, int width, int height, IntBinaryOperator value) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        samples(image, value);
        return write(file, image);
    }

    /** A palette image with these indices and colors. */
    DataFiles palette(String file, int width, int height, int[] colors, IntBinaryOperator index) throws IOException {
        IndexColorModel model = new IndexColorModel(8, colors.length, colors, 0, false, -1, 0);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model);
        samples(image, index);
        return write(file, image);
    }

    private static void samples(BufferedImage image, IntBinaryOperator value) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.getRaster().setSample(x, y, 0, value.applyAsInt(x, y));
            }
        }
    }

    private static BufferedImage fill(BufferedImage image, IntBinaryOperator color) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, color.applyAsInt(x, y));
            }
        }
        return image;
    }

    private DataFiles write(String file, BufferedImage image) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        if (!ImageIO.write(image, file.substring(file.lastIndexOf('.') + 1), path.toFile())) {
            throw new IOException("no writer for " + file);
        }
        return this;
    }

    RecognizedData open() {
        return RecognizedData.of(root, ReadingOptions.DEFAULT);
    }

    DataSet read() {
        return open().reader().read("test", ImageLists.everything(), BadFiles.stop());
    }

    Sample read(String id) {
        return read().samples().stream()
                .filter(sample -> sample.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
