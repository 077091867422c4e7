package tandem.model.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.figure.MaskPng;

/**
 * Writes a folder in Pascal VOC layout. Whole corners of a box count pixels from 1; corners with a fraction are pixel
 * edges, as the reader expects them.
 *
 * @param root the folder
 * @param names new name of each image
 * @param link whether images become hard links
 */
record VocLayoutWriter(Path root, Map<String, String> names, boolean link) {

    private static final List<String> NAMES = List.of("xmin", "ymin", "xmax", "ymax");

    void write(DataSet data, IntConsumer progress) throws IOException {
        for (String folder : List.of("JPEGImages", "Annotations", "SegmentationClass", "ImageSets")) {
            Files.createDirectories(root.resolve(folder));
        }
        if (data.boxClasses().equals(data.maskClasses())) {
            Files.write(root.resolve("classes.txt"), data.boxClasses());
        } else {
            Files.write(root.resolve("box-classes.txt"), data.boxClasses());
            Files.write(root.resolve("mask-classes.txt"), data.maskClasses());
        }
        AtomicInteger done = new AtomicInteger();
        try {
            data.samples().parallelStream().forEach(sample -> {
                try {
                    image(sample, data.boxClasses());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                progress.accept(done.incrementAndGet());
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void image(Sample sample, List<String> classes) throws IOException {
        String name = names.get(sample.id());
        String fileName = LayoutConversion.place(sample, name, root.resolve("JPEGImages"), link);
        if (sample.boxes().isPresent()) {
            Files.writeString(root.resolve("Annotations").resolve(name + ".xml"), xml(sample, fileName, classes));
        }
        if (sample.mask().isPresent()) {
            MaskPng.write(
                    root.resolve("SegmentationClass").resolve(name + ".png"),
                    ImageDecoder.mask(sample).orElseThrow(),
                    sample.width(),
                    sample.height());
        }
    }

    private static String xml(Sample sample, String fileName, List<String> classes) {
        StringBuilder xml = new StringBuilder("<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>")
                .append(escape(fileName))
                .append("</filename>\n\t<size><width>")
                .append(sample.width())
                .append("</width><height>")
                .append(sample.height())
                .append("</height><depth>")
                .append(ImageDecoder.channels(sample.image()))
                .append("</depth></size>\n\t<segmented>")
                .append(sample.mask().isPresent() ? 1 : 0)
                .append("</segmented>\n");
        for (Box box : sample.boxes().orElseThrow()) {
            xml.append("\t<object>\n\t\t<name>")
                    .append(escape(classes.get(box.label())))
                    .append("</name>\n\t\t<difficult>")
                    .append(box.difficult() ? 1 : 0)
                    .append("</difficult>\n\t\t")
                    .append(corners(box))
                    .append("\n\t</object>\n");
        }
        return xml.append("</annotation>\n").toString();
    }

    /** Whole corners count pixels from 1; with a fraction in any of them all are pixel edges, with a decimal point. */
    private static String corners(Box box) {
        double[] edges = {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
        boolean whole = Arrays.stream(edges).allMatch(edge -> edge == Math.rint(edge));
        StringBuilder xml = new StringBuilder("<bndbox>");
        for (int i = 0; i < edges.length; i++) {
            String name = NAMES.get(i);
            String number = whole ? Long.toString((long) edges[i] + (i < 2 ? 1 : 0)) : Double.toString(edges[i]);
            xml.append('<')
                    .append(name)
                    .append('>')
                    .append(number)
                    .append("</")
                    .append(name)
                    .append('>');
        }
        return xml.append("</bndbox>").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
