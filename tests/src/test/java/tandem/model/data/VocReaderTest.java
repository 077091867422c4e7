package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocReaderTest {

    @TempDir
    Path root;

    private DataSet read(ImageLists lists) {
        return VocReader.open(root).read("test", lists, BadFiles.stop());
    }

    @Test
    void anImageCarriesWhatItsListsSay() throws IOException {
        VocFolder.three(root);
        DataSet data = read(ImageLists.partial("Main/boxes", "Main/masks"));
        assertEquals(
                List.of("a", "b", "c"), data.samples().stream().map(Sample::id).toList());
        assertEquals(
                List.of(Annotation.BOTH, Annotation.BOXES, Annotation.MASK),
                data.samples().stream().map(Sample::annotation).toList());
        assertEquals(2, data.boxed());
        assertEquals(2, data.masked());
        assertEquals(3, data.maskChannels());

        DataSet boxesOnly = read(new ImageLists(List.of("Main/boxes"), List.of(), List.of()));
        assertEquals(
                List.of(Annotation.BOXES, Annotation.BOXES),
                boxesOnly.samples().stream().map(Sample::annotation).toList());
        DataSet all = read(ImageLists.full("Main/all"));
        assertEquals(
                List.of(Annotation.BOTH, Annotation.BOXES, Annotation.MASK),
                all.samples().stream().map(Sample::annotation).toList());
        assertEquals(3, read(ImageLists.everything()).size());
    }

    @Test
    void boxesCountFromOneAndIncludeBothEnds() throws IOException {
        VocFolder.three(root);
        DataSet data = read(ImageLists.full("Main/all"));
        assertEquals(
                List.of(new Box(1, 2, 1, 10, 8, false)),
                data.samples().get(0).boxes().orElseThrow());
        assertEquals(
                List.of(new Box(0, 0, 0, 12, 16, false)),
                data.samples().get(1).boxes().orElseThrow());
        assertEquals(Optional.empty(), data.samples().get(2).boxes());
    }

    @Test
    void boxesMayBeFractionsDifficultOnePixelOrCountedFromZeroAtTheBorder() throws IOException {
        VocFolder.in(root)
                .text("classes.txt", "dent\r\nrust\r\n")
                .image("a.jpg", 20, 10)
                .boxes(
                        "a",
                        20,
                        10,
                        new Object[] {"dent", "2.5", "3.25", "9.75", "8", 1},
                        new Object[] {"rust", 7, 7, 7, 7},
                        new Object[] {"rust", 0, 0, 20, 10});
        assertEquals(
                List.of(
                        new Box(0, 2.5f, 3.25f, 9.75f, 8, true), // corners with fractions are pixel edges
                        new Box(1, 6, 6, 7, 7, false),
                        new Box(1, 0, 0, 20, 10, false)),
                read(ImageLists.everything()).samples().get(0).boxes().orElseThrow());
    }

    @Test
    void partsOfAnObjectAreNotItsBox() throws IOException {
        VocFolder.in(root).image("a.jpg", 50, 40).text("Annotations/a.xml", """
                <?xml version="1.0" encoding="UTF-8"?>
                <annotation><object><name>person</name><part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></part>
                <bndbox><xmax>30</xmax><xmin>5</xmin><ymax>20</ymax><ymin>6</ymin></bndbox>
                <part><name>foot</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object></annotation>
                """);
        DataSet data = read(ImageLists.everything());
        assertEquals(
                List.of(new Box(14, 4, 5, 30, 20, false)),
                data.samples().get(0).boxes().orElseThrow());
    }

    @Test
    void withoutClassFileTheNamesDecide() throws IOException {
        VocFolder folder = VocFolder.in(root)
                .image("a.jpg", 9, 9)
                .image("b.jpg", 9, 9)
                .boxes("a", 9, 9, new Object[] {"cat", 1, 1, 5, 5});
        assertEquals(VocReader.VOC_CLASSES, VocReader.open(root).boxClasses());
        folder.boxes("b", 9, 9, new Object[] {"ant", 1, 1, 5, 5});
        assertEquals(List.of("ant", "cat"), VocReader.open(root).boxClasses());
        folder.text("mask-classes.txt", "soil\n\nleaf\n");
        assertEquals(List.of("ant", "cat"), VocReader.open(root).boxClasses());
        assertEquals(List.of("soil", "leaf"), VocReader.open(root).maskClasses());
    }

    @Test
    void listsMayHaveASecondColumnRepeatsBlankLinesAndEndings() throws IOException {
        VocFolder.three(root)
                .image("two words.png", 5, 5)
                .text("ImageSets/Main/dent_train.txt", "\uFEFFa  -1\r\nb  1\r\n\r\nc  0\r\nb  1\r\ntwo words 1\r\n")
                .text("other.txt", "b.png\nc");
        assertEquals(
                List.of("b", "c", "two words"),
                read(ImageLists.full("Main/dent_train")).samples().stream()
                        .map(Sample::id)
                        .toList());
        assertEquals(
                List.of("b", "c"),
                read(ImageLists.full(root.resolve("other.txt").toString())).samples().stream()
                        .map(Sample::id)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void masksAreReadByIndexWhateverTheirColors(int bits) throws IOException {
        int classes = (1 << bits) - 1;
        VocFolder.in(root)
                .text("classes.txt", classes(Math.min(classes, 254)))
                .image("a.png", 13, 7)
                .mask("a", 13, 7, bits, (x, y) -> (x + 13 * y) % (classes + 1));
        Sample sample = read(ImageLists.everything()).samples().get(0);
        byte[] expected = new byte[13 * 7];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (i % (classes + 1));
        }
        assertArrayEquals(expected, ImageDecoder.mask(sample).orElseThrow());
    }

    @Test
    void maskPixelsAreCountedAndIgnoredOnesApart() throws IOException {
        VocFolder.three(root).grayMask("b", 12, 16, (x, y) -> x == 0 ? 2 : x == 1 ? 255 : 0);
        DataSet data = read(ImageLists.full("Main/all"));
        ClassMask gray = data.samples().get(1).mask().orElseThrow();
        assertEquals(List.of(160L, 0L, 16L), gray.pixels());
        assertEquals(16, gray.ignored());
        ClassMask palette = data.samples().get(2).mask().orElseThrow();
        assertEquals(List.of(48L, 8L, 0L), palette.pixels());
        assertEquals(8, palette.ignored());
        assertEquals(8, palette.foreground());
    }

    @Test
    void theSummaryCountsListByList() throws IOException {
        VocFolder.three(root).image("d.png", 5, 5).boxes("d", 5, 5).text("ImageSets/Main/boxes.txt", "a\nb\nd\n");
        DataSummary summary = DataSummary.of(read(ImageLists.partial("Main/boxes", "Main/masks")));
        DataSummary.Counts boxes = summary.lists().get(0);
        assertEquals(List.of(3, 2, 1, 0), List.of(boxes.images(), boxes.boxed(), boxes.empty(), boxes.masked()));
        assertEquals(List.of(1L, 1L), boxes.boxes());
        DataSummary.Counts masks = summary.lists().get(1);
        assertEquals(List.of(2, 0, 2), List.of(masks.images(), masks.boxed(), masks.masked()));
        assertEquals(List.of(150 + 48L, 8L, 50L), masks.pixels());
        assertEquals(8, masks.ignored());
        summary.requireUsable(root);
        String text = String.join("\n", summary.lines());
        assertTrue(text.contains("Main/boxes: 3 images, 2 with boxes, 1 annotated as empty"), text);
        assertTrue(text.contains("boxes: 2: dent 1, rust 1"), text);
        assertTrue(text.contains("mask pixels: background 75.00 %, dent 3.03 %, rust 18.94 %, ignored 3.03 %"), text);
    }

    @Test
    void imagesMayBeJpegPngOrBmpInAnyCase() throws IOException {
        VocFolder folder = VocFolder.in(root).text("classes.txt", "dent\n");
        for (String ending : List.of("jpg", "jpeg", "png", "bmp")) {
            folder.image(ending + "." + ending, 6, 4);
        }
        Files.move(root.resolve("JPEGImages/png.png"), root.resolve("JPEGImages/png.PNG"));
        DataSet data = read(ImageLists.everything());
        assertEquals(
                List.of("bmp", "jpeg", "jpg", "png"),
                data.samples().stream().map(Sample::id).toList());
        for (Sample sample : data.samples()) {
            assertEquals(List.of(6, 4), List.of(sample.width(), sample.height()));
            assertEquals(Annotation.NEITHER, sample.annotation());
        }
    }

    private static String classes(int count) {
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            names.append("class").append(i).append('\n');
        }
        return names.toString();
    }
}
