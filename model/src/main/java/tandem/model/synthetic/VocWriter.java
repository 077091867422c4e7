package tandem.model.synthetic;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import tandem.model.figure.MaskPng;

/**
 * Writes a folder in Pascal VOC layout.
 *
 * @param root the folder
 */
record VocWriter(Path root) {

    private static final float JPEG_QUALITY = 0.95f;

    static VocWriter create(Path root) throws IOException {
        for (String folder :
                List.of("JPEGImages", "Annotations", "SegmentationClass", "ImageSets/Main", "ImageSets/Partial")) {
            Files.createDirectories(root.resolve(folder));
        }
        return new VocWriter(root);
    }

    void lines(String name, String folder, List<String> lines) throws IOException {
        Files.writeString(root.resolve(folder).resolve(name + ".txt"), String.join("\n", lines) + "\n");
    }

    void image(String id, SyntheticImage image) {
        try {
            Files.write(root.resolve("JPEGImages").resolve(id + ".jpg"), jpeg(image));
            Files.writeString(root.resolve("Annotations").resolve(id + ".xml"), xml(id, image));
            MaskPng.write(
                    root.resolve("SegmentationClass").resolve(id + ".png"),
                    image.mask(),
                    image.width(),
                    image.height());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] jpeg(SyntheticImage image) throws IOException {
        BufferedImage png = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) png.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < bgr.length; i += 3) {
            bgr[i] = image.rgb()[i + 2];
            bgr[i + 1] = image.rgb()[i + 1];
            bgr[i + 2] = image.rgb()[i];
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(JPEG_QUALITY);
            writer.write(null, new IIOImage(png, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Boxes in VOC's format: from 1, both ends inclusive. */
    private static String xml(String id, SyntheticImage image) {
        StringBuilder xml = new StringBuilder("<annotation>\n\t<folder>synthetic</folder>\n");
        xml.append("\t<filename>").append(id).append(".jpg</filename>\n");
        xml.append("\t<size><width>")
                .append(image.width())
                .append("</width><height>")
                .append(image.height())
                .append("</height><depth>3</depth></size>\n\t<segmented>1</segmented>\n");
        for (Footprint.Marked defect : image.defects()) {
            xml.append("\t<object>\n\t\t<name>")
                    .append(Defect.CLASSES.get(defect.label()))
                    .append("</name>\n")
                    .append("\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox><xmin>")
                    .append(defect.xMin() + 1)
                    .append("</xmin><ymin>")
                    .append(defect.yMin() + 1)
                    .append("</ymin><xmax>")
                    .append(defect.xMax())
                    .append("</xmax><ymax>")
                    .append(defect.yMax())
                    .append("</ymax></bndbox>\n\t</object>\n");
        }
        return xml.append("</annotation>\n").toString();
    }
}
