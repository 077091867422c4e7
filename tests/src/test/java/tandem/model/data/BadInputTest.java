package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.model.coco.CocoFile;
import tandem.model.coco.CocoJson;

/** Each kind of bad input in image {@code b} of three: one line that names the file and what was expected. */
class BadInputTest {

    @FunctionalInterface
    private interface Damage {
        void apply(VocFolder folder) throws IOException;
    }

    private record Case(String name, Damage damage, String file, String... parts) {
        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    Path root;

    static Stream<Case> cases() {
        Object[] good = {"dent", 1, 1, 5, 5};
        return Stream.of(
                new Case("truncated JPEG", f -> replaceByJpeg(f, 0.6), "b.jpg", "cut short", "copy the file again"),
                new Case(
                        "JPEG without its last marker",
                        f -> replaceByJpeg(f, -2),
                        "b.jpg",
                        "cut short",
                        "end-of-image"),
                new Case(
                        "empty image",
                        f -> Files.write(f.root().resolve("JPEGImages/b.png"), new byte[0]),
                        "b.png",
                        "empty",
                        "expected an image"),
                new Case(
                        "text named .png",
                        f -> f.text("JPEGImages/b.png", "hello, this is text"),
                        "b.png",
                        "not a JPEG, PNG, BMP"),
                new Case(
                        "missing boxes",
                        f -> Files.delete(f.root().resolve("Annotations/b.xml")),
                        "b.xml",
                        "does not exist",
                        "the boxes of b.png"),
                new Case(
                        "missing mask",
                        f -> Files.delete(f.root().resolve("SegmentationClass/b.png")),
                        "b.png",
                        "does not exist",
                        "mask"),
                new Case(
                        "mask of another size",
                        f -> f.mask("b", 16, 12, 8, (x, y) -> 0),
                        "b.png",
                        "16 x 12",
                        "12 x 16"),
                new Case(
                        "mask of an unknown class",
                        f -> f.mask("b", 12, 16, 8, (x, y) -> x == 3 ? 9 : 0),
                        "b.png",
                        "unknown class 9",
                        "[dent, rust]"),
                new Case(
                        "color mask",
                        f -> Files.copy(
                                f.root().resolve("JPEGImages/b.png"),
                                f.root().resolve("SegmentationClass/b.png"),
                                java.nio.file.StandardCopyOption.REPLACE_EXISTING),
                        "b.png",
                        "not a palette or 8-bit gray PNG"),
                new Case(
                        "box outside",
                        f -> f.boxes("b", 12, 16, good, new Object[] {"dent", 5, 5, 15, 9}),
                        "b.xml",
                        "object 2 ('dent')",
                        "outside",
                        "12 x 16"),
                new Case(
                        "box far outside",
                        f -> f.boxes("b", 12, 16, new Object[] {"dent", -50, 5, -40, 9}),
                        "b.xml",
                        "outside"),
                new Case(
                        "inverted box",
                        f -> f.boxes("b", 12, 16, new Object[] {"dent", 9, 5, 4, 9}),
                        "b.xml",
                        "inverted",
                        "9 to 4"),
                new Case(
                        "box of NaN",
                        f -> f.boxes("b", 12, 16, new Object[] {"dent", "NaN", 5, 4, 9}),
                        "b.xml",
                        "expected a number"),
                new Case(
                        "box of words",
                        f -> f.boxes("b", 12, 16, new Object[] {"dent", "left", 5, 4, 9}),
                        "b.xml",
                        "'left'",
                        "<xmin>",
                        "expected a number"),
                new Case(
                        "unknown class",
                        f -> f.boxes("b", 12, 16, new Object[] {"dint", 1, 1, 5, 5}),
                        "b.xml",
                        "unknown class",
                        "[dent, rust]"),
                new Case("annotation for another size", f -> f.boxes("b", 16, 12, good), "b.xml", "16 x 12", "12 x 16"),
                new Case(
                        "object without box",
                        f -> f.text("Annotations/b.xml", "<annotation><object><name>dent</name></object></annotation>"),
                        "b.xml",
                        "<xmin>"),
                new Case(
                        "XML cut short",
                        f -> f.text("Annotations/b.xml", "<annotation><object><name>dent"),
                        "b.xml",
                        "well-formed"),
                new Case("empty XML", f -> f.text("Annotations/b.xml", ""), "b.xml", "well-formed"),
                new Case(
                        "other XML",
                        f -> f.text("Annotations/b.xml", "<html><body/></html>"),
                        "b.xml",
                        "<html>",
                        "<annotation>"),
                new Case("external entity", f -> f.text("Annotations/b.xml", """
                        <!DOCTYPE annotation [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
                        <annotation><object><name>&secret;</name></object></annotation>"""), "b.xml", "entity", "remove"),
                new Case("external document type", f -> f.text("Annotations/b.xml", """
                        <!DOCTYPE annotation SYSTEM "http://127.0.0.1:1/annotation.dtd"><annotation/>"""), "b.xml", "document type"),
                new Case("entities within entities", f -> f.text("Annotations/b.xml", """
                        <!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><annotation>&y;</annotation>"""), "b.xml", "entity"));
    }

    private static void replaceByJpeg(VocFolder folder, double keep) throws IOException {
        Files.delete(folder.root().resolve("JPEGImages/b.png"));
        folder.image("b.jpg", 12, 16);
        Path file = folder.root().resolve("JPEGImages/b.jpg");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, keep < 0 ? bytes.length + (int) keep : (int) (bytes.length * keep)));
    }

    private VocFolder folder() throws IOException {
        return VocFolder.three(root).mask("b", 12, 16, 8, (x, y) -> 1).boxes("c", 8, 8);
    }

    private static ImageLists both() {
        return new ImageLists(List.of("Main/all"), List.of("Main/all"), List.of());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stopsWithOneClearLine(Case bad) throws IOException {
        bad.damage.apply(folder());
        DataException error =
                assertThrows(DataException.class, () -> VocReader.open(root).read("test", both(), BadFiles.stop()));
        assertLine(error.getMessage(), bad);
        assertEquals(bad.file, error.file().getFileName().toString());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void skipsItAndRemembersIt(Case bad) throws IOException {
        bad.damage.apply(folder());
        BadFiles skipped = BadFiles.skip();
        DataSet data = VocReader.open(root).read("test", both(), skipped);
        assertEquals(List.of("a", "c"), data.samples().stream().map(Sample::id).toList());
        assertEquals(1, skipped.lines().size());
        assertLine(skipped.lines().get(0), bad);
    }

    private static void assertLine(String line, Case bad) {
        assertFalse(line.contains("\n"), line);
        assertFalse(line.contains("Exception"), line);
        assertTrue(line.contains(bad.file + ": "), line);
        for (String part : bad.parts) {
            assertTrue(line.contains(part), () -> "'" + part + "' in: " + line);
        }
    }

    /**
     * Damage between whole markers shows only in decoding: skipping finds it at once, stopping when the image is used.
     */
    @Test
    void anImageThatCannotBeDecodedIsReported() throws IOException {
        folder();
        Path file = root.resolve("JPEGImages/b.png");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 45, 60, (byte) 0x55);
        Files.write(file, bytes);
        BadFiles skipped = BadFiles.skip();
        assertEquals(
                List.of("a", "c"),
                VocReader.open(root).read("test", both(), skipped).samples().stream()
                        .map(Sample::id)
                        .toList());
        assertTrue(
                skipped.lines().get(0).contains("b.png: cannot be decoded"),
                skipped.lines().get(0));
        Sample bad = VocReader.open(root)
                .read("test", both(), BadFiles.stop())
                .samples()
                .get(1);
        assertTrue(assertThrows(
                        DataException.class,
                        () -> ImageDecoder.decode(bad, tandem.model.image.ImageConversion.of(1000)))
                .getMessage()
                .contains("b.png: cannot be decoded"));
    }

    @Test
    void aListNamesAnAbsentFile() throws IOException {
        folder().text("ImageSets/Main/all.txt", "a\nghost\nc\n");
        DataException error =
                assertThrows(DataException.class, () -> VocReader.open(root).read("test", both(), BadFiles.stop()));
        assertTrue(error.getMessage().contains("all.txt: line 2 names 'ghost'"), error.getMessage());
        BadFiles skipped = BadFiles.skip();
        assertEquals(2, VocReader.open(root).read("test", both(), skipped).size());
        assertEquals(1, skipped.lines().size());
    }

    @Test
    void anEmptyOrAbsentListIsNeverSkipped() throws IOException {
        folder().text("ImageSets/Main/none.txt", "\n \n");
        for (BadFiles bad : List.of(BadFiles.stop(), BadFiles.skip())) {
            DataException empty = assertThrows(
                    DataException.class, () -> VocReader.open(root).read("test", ImageLists.full("Main/none"), bad));
            assertTrue(empty.getMessage().contains("none.txt: names no image"), empty.getMessage());
            DataException absent = assertThrows(
                    DataException.class, () -> VocReader.open(root).read("test", ImageLists.full("Main/nune"), bad));
            assertTrue(
                    absent.getMessage().contains("nune.txt: does not exist")
                            && absent.getMessage().contains("Main/all"),
                    absent.getMessage());
        }
    }

    @Test
    void aListWithNothingUsableStops() throws IOException {
        folder().boxes("a", 20, 10)
                .boxes("b", 12, 16)
                .mask("a", 20, 10, 8, (x, y) -> 0)
                .text("ImageSets/Main/blank.txt", "a\n");
        DataSet noBoxes =
                VocReader.open(root).read("test", ImageLists.partial("Main/boxes", "Main/all"), BadFiles.stop());
        DataException error =
                assertThrows(DataException.class, () -> DataSummary.of(noBoxes).requireUsable(root));
        assertTrue(
                error.getMessage().contains("list Main/boxes has 0 % usable labels")
                        && error.getMessage().contains("at least one box"),
                error.getMessage());
        DataSet noMasks = VocReader.open(root)
                .read("test", new ImageLists(List.of(), List.of("Main/blank"), List.of()), BadFiles.stop());
        assertTrue(
                assertThrows(DataException.class, () -> DataSummary.of(noMasks).requireUsable(root))
                        .getMessage()
                        .contains("one pixel of a class"));
    }

    @Test
    void aListOfWhichNothingIsLeftStops() throws IOException {
        folder().text("ImageSets/Main/one.txt", "b\n").text("JPEGImages/b.png", "text");
        DataException error = assertThrows(
                DataException.class,
                () -> VocReader.open(root).read("test", ImageLists.full("Main/one"), BadFiles.skip()));
        assertTrue(
                error.getMessage().contains("one.txt") && error.getMessage().contains("no usable image"),
                error.getMessage());
    }

    @Test
    void aFolderThatIsNoDataSetIsNamed() {
        assertTrue(assertThrows(DataException.class, () -> VocReader.open(root))
                .getMessage()
                .contains("no folder JPEGImages"));
        assertTrue(assertThrows(DataException.class, () -> VocReader.open(root.resolve("nowhere")))
                .getMessage()
                .contains("nowhere"));
    }

    @Test
    void twoImagesOfOneNameAreRefused() throws IOException {
        folder().image("a.jpg", 20, 10);
        assertTrue(assertThrows(DataException.class, () -> VocReader.open(root))
                .getMessage()
                .contains("same name as a.jpg"));
    }

    @Test
    @Timeout(20)
    void pipesAmongDataAreRefused() throws Exception {
        Path pipe = root.resolve("instances_train.json");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (Path data : List.of(pipe, Path.of("/dev/zero"))) {
            assertTrue(assertThrows(DataException.class, () -> DataReader.open(data))
                    .getMessage()
                    .contains("is a pipe or a device"));
        }
        for (Executable read : List.<Executable>of(
                () -> CocoFile.read(pipe), () -> CocoFile.hasInstances(pipe), () -> new CocoJson(pipe).tree())) {
            assertTrue(assertThrows(IOException.class, read).getMessage().contains("is a pipe or a device"));
        }
    }

    /** The JDK's parser would print a line of its own for bytes that do not fit the encoding. */
    @Test
    void vocFilesHaveTheEncodingThatTheyDeclare() {
        String text =
                "<?xml version=\"1.0\" encoding=\"%s\"?><annotation><object><name>Stück</name><bndbox><xmin>1</xmin>"
                        + "<ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>";
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true));
        try {
            for (Charset encoding : List.of(
                    StandardCharsets.ISO_8859_1,
                    StandardCharsets.UTF_8,
                    StandardCharsets.UTF_16,
                    Charset.forName("windows-1252"))) {
                byte[] bytes = String.format(text, encoding.name()).getBytes(encoding);
                assertEquals(
                        1,
                        VocAnnotation.parse(root.resolve("a.xml"), bytes)
                                .boxes(List.of("Stück"), 64, 48, Optional.empty(), BadFiles.stop())
                                .size());
            }
            byte[] wrong = String.format(text, "UTF8").getBytes(StandardCharsets.ISO_8859_1);
            assertTrue(assertThrows(DataException.class, () -> VocAnnotation.parse(root.resolve("a.xml"), wrong))
                    .getMessage()
                    .contains("has bytes that are not UTF-8"));
            byte[] unknown = String.format(text, "UTX-9").getBytes(StandardCharsets.US_ASCII);
            assertTrue(assertThrows(DataException.class, () -> VocAnnotation.parse(root.resolve("a.xml"), unknown))
                    .getMessage()
                    .contains("has the unknown encoding 'UTX-9'"));
        } finally {
            System.setErr(before);
        }
        assertEquals("", printed.toString());
    }

    @Test
    void textsInPlaceOfListsAreFaults() throws IOException {
        Path file = Files.writeString(root.resolve("texts.json"), """
                {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "a"}], "annotations": [
                 {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "segmentation": "10,10,50,10,50,50"},
                 {"id": 2, "image_id": 1, "category_id": 1, "bbox": "1,1,9,9", "segmentation": [[1, 1, 5, 1, 5, 5]]},
                 {"id": 3, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "segmentation": ""}]}""");
        List<CocoFile.Item> items = CocoFile.read(file).items();
        assertTrue(
                items.get(0).fault().contains("expected polygons or run lengths"),
                items.get(0).fault());
        assertTrue(items.get(1).fault().contains("bbox"), items.get(1).fault());
        assertEquals(null, items.get(2).fault());
        assertEquals(null, items.get(2).outline());
    }
}
