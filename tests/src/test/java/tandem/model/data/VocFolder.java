package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;

/** Makes small folders in VOC layout, by hand and without the code under test. */
public record VocFolder(Path root) {

    public static VocFolder in(Path root) throws IOException {
        for (String folder : new String[] {"JPEGImages", "Annotations", "SegmentationClass", "ImageSets/Main"}) {
            Files.createDirectories(root.resolve(folder));
        }
        return new VocFolder(root);
    }

    public VocFolder text(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return this;
    }

    /** An image whose red is x, green y, blue their sum (modulo 256). */
    public VocFolder image(String file, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x & 255) << 16 | (y & 255) << 8 | x + y & 255);
            }
        }
        ImageIO.write(
                image,
                file.substring(file.lastIndexOf('.') + 1),
                root.resolve("JPEGImages").resolve(file).toFile());
        return this;
    }

    /** Boxes as VOC has them: name, xmin, ymin, xmax, ymax, counted from 1. */
    public VocFolder boxes(String id, int width, int height, Object[]... objects) throws IOException {
        StringBuilder xml = new StringBuilder("<annotation><filename>something else</filename><size><width>")
                .append(width)
                .append("</width><height>")
                .append(height)
                .append("</height><depth>3</depth></size>");
        for (Object[] object : objects) {
            xml.append("<object><name>")
                    .append(object[0])
                    .append("</name><difficult>")
                    .append(object.length > 5 ? object[5] : 0)
                    .append("</difficult><bndbox><xmin>")
                    .append(object[1])
                    .append("</xmin><ymin>")
                    .append(object[2])
                    .append("</ymin><xmax>")
                    .append(object[3])
                    .append("</xmax><ymax>")
                    .append(object[4])
                    .append("</ymax></bndbox></object>");
        }
        return text("Annotations/" + id + ".xml", xml.append("</annotation>").toString());
    }

    /** A palette mask of {@code bits} bits a pixel whose colors do not depend on its indices. */
    public VocFolder mask(String id, int width, int height, int bits, IntBinaryOperator classAt) throws IOException {
        byte[] anyColor = new byte[1 << bits];
        for (int i = 0; i < anyColor.length; i++) {
            anyColor[i] = (byte) (i * 37 + 11);
        }
        IndexColorModel model = new IndexColorModel(bits, anyColor.length, anyColor, anyColor, anyColor);
        BufferedImage image = new BufferedImage(
                width, height, bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY, model);
        return mask(id, image, classAt);
    }

    /** A gray mask. */
    public VocFolder grayMask(String id, int width, int height, IntBinaryOperator classAt) throws IOException {
        return mask(id, new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), classAt);
    }

    private VocFolder mask(String id, BufferedImage image, IntBinaryOperator classAt) throws IOException {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.getRaster().setSample(x, y, 0, classAt.applyAsInt(x, y));
            }
        }
        ImageIO.write(
                image,
                "png",
                root.resolve("SegmentationClass").resolve(id + ".png").toFile());
        return this;
    }

    /**
     * Three images, the first with a box and a mask, the second with a box, the third with a mask; classes dent and
     * rust.
     */
    public static VocFolder three(Path root) throws IOException {
        return in(root).text("classes.txt", "dent\nrust\n")
                .image("a.png", 20, 10)
                .boxes("a", 20, 10, new Object[] {"rust", 3, 2, 10, 8})
                .mask("a", 20, 10, 8, (x, y) -> x < 5 ? 2 : 0)
                .image("b.png", 12, 16)
                .boxes("b", 12, 16, new Object[] {"dent", 1, 1, 12, 16})
                .image("c.png", 8, 8)
                .mask("c", 8, 8, 8, (x, y) -> y == 0 ? 1 : y == 1 ? 255 : 0)
                .text("ImageSets/Main/boxes.txt", "a\nb\n")
                .text("ImageSets/Main/masks.txt", "a\nc\n")
                .text("ImageSets/Main/all.txt", "a\nb\nc\n");
    }
}
