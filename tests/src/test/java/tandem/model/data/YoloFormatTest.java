package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** YOLO's labels. Boxes are computed by hand; pixels of polygons with pycocotools. Images are 20 x 10. */
class YoloFormatTest {

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    /** Roboflow writes paths that Ultralytics finds only by leaving out the first {@code ../}. */
    private DataFiles roboflow() throws IOException {
        return files().images(
                        "train/images/a.jpg", "train/images/b.png", "train/images/empty.jpg", "valid/images/v.jpg")
                .text(
                        "data.yaml",
                        "train: ../train/images",
                        "val: ../valid/images",
                        "test: ../test/images",
                        "nc: 2",
                        "names: ['scratch', \"no\"]")
                .text("train/labels/a.txt", "1 0.5 0.5 0.2 0.4", "0 0.05 0.95 0.1 0.1")
                .text("train/labels/empty.txt", "")
                .text("valid/labels/v.txt", "0.0 0.5 0.5 1 1");
    }

    @Test
    void boxesAreSharesOfWidthAndHeightAndAnAbsentFileMeansEmpty() throws IOException {
        DataSet data = roboflow().read();
        assertEquals(List.of("scratch", "no"), data.boxClasses());
        assertEquals(
                List.of(new Box(1, 8, 3, 12, 7, false), new Box(0, 0, 9, 2, 10, false)),
                files().read("train/images/a").boxes().orElseThrow());
        assertEquals(Optional.of(List.of()), files().read("train/images/b").boxes());
        assertEquals(Optional.of(List.of()), files().read("train/images/empty").boxes());
        assertEquals(0, data.masked());
    }

    @Test
    void theSplitsAreListsAndTheLineNamesThem() throws IOException {
        RecognizedData data = roboflow().open();
        assertEquals("yolo", data.format());
        assertEquals(
                root + ": layout YOLO (has data.yaml with class names); 2 classes; lists train 3, val 1;"
                        + " absent and left out: test: ../test/images",
                data.line());
        assertEquals(List.of("train", "val"), data.reader().lists());
        assertEquals(
                new Splits(List.of("train"), List.of("val"), List.of()),
                Splits.of(data.reader().lists()));
        DataSet held = data.reader().read("val", ImageLists.full("val"), BadFiles.stop());
        assertEquals(
                List.of("valid/images/v"),
                held.samples().stream().map(Sample::id).toList());
    }

    @Test
    void aPolygonHasItsBoundingBoxAndTheMaskOfPycocotools() throws IOException {
        files().images("images/train/a.png", "images/train/empty.png")
                .text("d.yaml", "path: /content/drive/set", "train: images/train", "names: {0: dent, 1: rust}")
                .text("labels/train/a.txt", "1 0.1 0.1 0.6 0.1 0.6 0.8 0.35 0.5", "0 0.9 0.5 0.1 0.2");
        Sample sample = files().read("images/train/a");
        assertEquals(
                List.of(new Box(1, 2, 1, 12, 8, false), new Box(0, 17, 4, 19, 6, false)),
                sample.boxes().orElseThrow());
        ClassMask mask = sample.mask().orElseThrow();
        assertEquals(37, mask.pixels().get(2));
        assertEquals(0, mask.pixels().get(1));
        assertEquals(4, mask.ignored(), "an object with only a box has unknown pixels");
        Sample empty = files().read("images/train/empty");
        assertEquals(Optional.of(List.of()), empty.boxes());
        assertEquals(List.of(200L, 0L, 0L), empty.mask().orElseThrow().pixels());
    }

    @Test
    void listFilesAndListsOfFoldersDefineSplits() throws IOException {
        files().images("one/images/a.png", "two/images/a.png", "two/images/b.png", "images/images/c.png")
                .text("one/labels/a.txt", "0 0.5 0.5 0.5 0.5")
                .text("images/labels/c.txt", "0 0.5 0.5 0.5 0.5")
                .text("val.txt", "./images/images/c.png", "", "/home/else/two/images/b.png")
                .text("data.yaml", "names: [dent]", "train: [one/images, two/images/]", "val: val.txt");
        DataReader reader = files().open().reader();
        assertEquals(List.of("one/images/a", "two/images/a", "two/images/b"), reader.images("train", BadFiles.stop()));
        assertEquals(List.of("images/images/c", "two/images/b"), reader.images("val", BadFiles.stop()));
        assertEquals(1, files().read("images/images/c").boxes().orElseThrow().size());
    }

    @Test
    void namesInATextFileAreEnoughAndLabelsMayBeBesideTheImages() throws IOException {
        files().images("obj_train_data/a.png")
                .text("obj.names", "dent", "rust")
                .text("obj_train_data/a.txt", "1 .5 .5 1 1");
        RecognizedData data = files().open();
        assertEquals("yolo", data.format());
        assertEquals(
                List.of(new Box(1, 0, 0, 20, 10, false)),
                files().read("obj_train_data/a").boxes().orElseThrow());
    }

    @Test
    void keyPointsAreLeftOut() throws IOException {
        files().images("images/a.png")
                .text("data.yaml", "names: [part]", "train: images", "kpt_shape: [2, 3]")
                .text("labels/a.txt", "0 0.5 0.5 0.5 0.5 0.1 0.2 2 0.3 0.4 1");
        Sample sample = files().read("images/a");
        assertEquals(
                List.of(new Box(0, 5, 2.5f, 15, 7.5f, false)), sample.boxes().orElseThrow());
        assertFalse(sample.mask().isPresent());
    }

    @Test
    void duplicatesAndLabelsWithoutImageAreCounted() throws IOException {
        files().images("images/a.png")
                .text("data.yaml", "names: [part]", "train: images")
                .text("labels/a.txt", "0 0.5 0.5 0.5 0.5", "0  0.5 0.5 0.5 0.5 ")
                .text("labels/gone.txt", "0 0.5 0.5 0.5 0.5");
        BadFiles bad = BadFiles.stop();
        DataSet data = files().open().reader().read("test", ImageLists.everything(), bad);
        assertEquals(1, data.samples().get(0).boxes().orElseThrow().size());
        assertEquals(2, bad.notices().size(), bad.notices().toString());
        assertTrue(bad.notices().toString().contains("1 labels are duplicates and were left out (a.txt, line 2)"));
        assertTrue(bad.notices().toString().contains("annotation files have no image"));
    }

    private record Bad(String label, String... parts) {}

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("2 0.5 0.5 0.1 0.1", "line 2 has the class 2", "data.yaml names 2 classes: 0 dent, 1 rust"),
                new Bad("-1 0.5 0.5 0.1 0.1", "line 2 has the class -1"),
                new Bad("1.5 0.5 0.5 0.1 0.1", "line 2 has the class 1.5"),
                new Bad("0 0.5 0.5 0.1", "line 2 has 4 numbers, expected 5 (class, center x, center y, width, height)"),
                new Bad(
                        "0 0.5 0.5 0.1 0.1 0.9",
                        "line 2 has 6 numbers",
                        "remove the sixth number if it is a confidence"),
                new Bad("0 0.1 0.1 0.2 0.2 0.3 0.3 0.4", "line 2 has 8 numbers", "odd number from 7 on"),
                new Bad(
                        "0 10 5 4 2",
                        "coordinate 10",
                        "expected 0 to 1",
                        "look like pixels: divide x by 20 and y by 10"),
                new Bad("0 0.5 1.2 0.1 0.1", "coordinate 1.2", "correct the line"),
                new Bad("0 0.5 0.5 0.1 -0.005", "height -0.005"),
                new Bad("0 0.1 0.1 0.2 -0.3 0.3 0.3", "coordinate -0.3"),
                new Bad("0 nan 0.5 0.1 0.1", "line 2 has 'nan', expected numbers"),
                new Bad("dent 0.5 0.5 0.1 0.1", "line 2 has 'dent', expected numbers"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void eachBadLineIsNamed(Bad bad) throws IOException {
        files().images("images/a.png", "images/b.png")
                .text("data.yaml", "names: [dent, rust]", "train: images")
                .text("labels/a.txt", "0 0.5 0.5 0.5 0.5", bad.label)
                .text("labels/b.txt", "0 0.5 0.5 0.5 0.5");
        String message = assertThrows(DataException.class, () -> files().read()).getMessage();
        assertTrue(message.contains("a.txt: ") && !message.contains("\n"), message);
        for (String part : bad.parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
        }
        BadFiles skip = BadFiles.skip();
        assertEquals(
                1,
                files().open()
                        .reader()
                        .read("test", ImageLists.everything(), skip)
                        .size());
        assertEquals(List.of(message), skip.lines());
    }

    private String refused() {
        return assertThrows(DataException.class, () -> files().read()).getMessage();
    }

    @Test
    void aBadConfigurationIsOneLine() throws IOException {
        files().images("images/a.png").text("labels/a.txt", "0 0.5 0.5 0.5 0.5");
        assertTrue(refused().contains("no class names, neither in data.yaml nor in classes.txt"), refused());
        files().text("data.yaml", "names: [a, b", "train: images");
        assertTrue(refused().contains("data.yaml: is not valid YAML (line 2: "), refused());
        files().text("data.yaml", "names: [a, a]", "train: images");
        assertTrue(refused().contains("gives classes 0 and 1 the same name 'a'"), refused());
        files().text("data.yaml", "names: {0: a, 2: b}", "train: images");
        assertTrue(refused().contains("classes [0, 2], expected 0 to 1"), refused());
        files().text("data.yaml", "names: [a]", "nc: 3", "train: images");
        assertTrue(refused().contains("has nc 3, but 1 names"), refused());
        files().text("data.yaml", "names: [a]", "train: nowhere");
        assertTrue(refused().contains("names only images that do not exist: train: nowhere"), refused());
        files().text("data.yaml", "names: !!javax.script.ScriptEngineManager [a]", "train: images");
        assertTrue(refused().contains("data.yaml: is not valid YAML"), refused());
        files().images("images/a.jpg").text("data.yaml", "names: [a]", "train: images");
        assertTrue(refused().contains("has the same name as a.jpg except for the extension"), refused());
    }

    @Test
    void theLastImagesFolderOfAPathBecomesLabels() {
        assertEquals(Path.of("/d/images/x/labels/a.b.txt"), YoloFormat.labels(Path.of("/d/images/x/images/a.b.jpg")));
        assertEquals(Path.of("/d/x/a.txt"), YoloFormat.labels(Path.of("/d/x/a.jpg")));
    }
}
