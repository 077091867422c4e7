package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecognizedDataTest {

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    private static ReadingOptions format(String name) {
        return new ReadingOptions(Optional.of(name), CocoSources.ANY, Optional.empty(), Optional.empty());
    }

    private String refused(ReadingOptions options) {
        return assertThrows(DataException.class, () -> RecognizedData.of(root, options))
                .getMessage();
    }

    @Test
    void nothingKnownListsWhatWasLookedForAndFound() throws IOException {
        files().images("a.png", "b.png").text("notes.txt", "hello");
        String message = refused(ReadingOptions.DEFAULT);
        for (String part : List.of(
                "JPEGImages",
                "annotations/instances_train.json",
                "data.yaml",
                "shapes",
                ".xml",
                "masks/",
                "it has 2 images (" + ImageEndings.TEXT + "), 1 .txt",
                "--format")) {
            assertTrue(message.contains(part), () -> part + " in " + message);
        }
    }

    @Test
    void twoLayoutsAreAmbiguousUnlessOneIsChosen() throws IOException {
        files().images("images/a.png")
                .gray("masks/a.png", 20, 10, (x, y) -> x < 3 ? 1 : 0)
                .text("labels/a.txt", "0 0.5 0.5 0.2 0.2")
                .text("classes.txt", "dent");
        String message = refused(ReadingOptions.DEFAULT);
        assertTrue(
                message.contains("has more than one layout: yolo (has labels such as labels/a.txt), "
                        + "masks (has masks such as masks/a.png); choose one with --format"),
                message);
        RecognizedData yolo = RecognizedData.of(root, format("yolo"));
        assertEquals("yolo", yolo.format());
        assertTrue(yolo.line().contains("layout YOLO (as --format requires)"), yolo.line());
        assertEquals(
                1,
                yolo.reader()
                        .read("t", ImageLists.everything(), BadFiles.stop())
                        .boxed());
        DataSet masks =
                RecognizedData.of(root, format("masks")).reader().read("t", ImageLists.everything(), BadFiles.stop());
        assertEquals(1, masks.masked());
        String unknown = refused(format("yolov8"));
        assertTrue(
                unknown.contains("'yolov8'; use --format with one of [voc, coco, yolo, labelme, voc-xml, masks]"),
                unknown);
    }

    @Test
    void anotherFormatThanTheContentIsAnError() throws IOException {
        files().images("a.png");
        assertTrue(refused(format("labelme")).contains("has no .json with shapes"));
        assertTrue(refused(format("coco")).contains("has no COCO instances file"));
        assertTrue(refused(format("voc")).contains("has no folder JPEGImages"));
        assertTrue(refused(format("yolo")).contains("no class names"));
        assertTrue(refused(format("voc-xml")).contains("0 VOC annotation files"));
        assertTrue(refused(format("masks")).contains("0 masks"));
    }

    @Test
    void imagesInOtherFormatsAreCounted() throws IOException {
        files().images("images/a.png")
                .text("images/b.heic", "")
                .text("images/c.avif", "")
                .text("data.yaml", "names: [dent]", "train: images")
                .text("labels/a.txt", "0 0.5 0.5 0.2 0.2");
        BadFiles bad = BadFiles.stop();
        files().open().reader().read("test", ImageLists.everything(), bad);
        files().open().reader().read("again", ImageLists.everything(), bad);
        String notices = String.join("\n", bad.notices());
        assertTrue(
                notices.contains(root + ": 2 files are images in a format that is not read (convert them to PNG)"
                        + " (images/b.heic, images/c.avif)"),
                notices);
    }

    @Test
    void listsOfExportsAreSplits() {
        assertEquals(
                new Splits(List.of("train2017"), List.of("val2017"), List.of()),
                Splits.of(List.of("train2017", "val2017")));
        assertEquals(
                new Splits(List.of("Main/train"), List.of("Main/val"), List.of("Main/test")),
                Splits.of(List.of(
                        "Layout/train",
                        "Main/aeroplane_train",
                        "Main/test",
                        "Main/train",
                        "Main/trainval",
                        "Main/val",
                        "Segmentation/train")));
        assertEquals(
                new Splits(List.of("Train"), List.of("Validation"), List.of()),
                Splits.of(List.of("Train", "Validation", "default")));
        assertEquals(List.of("test"), Splits.of(List.of("test", "train")).heldOut());
        assertEquals(new Splits(List.of(), List.of(), List.of()), Splits.of(List.of("default", "result")));
    }

    @Test
    void cocoExportsAreRecognizedWithTheirSplits() throws IOException {
        String content =
                "{\"images\": [{\"id\": 1, \"file_name\": \"%s.jpg\"}], \"categories\": [{\"id\": 1, \"name\": \"dent\"}],"
                        + " \"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, 2, 2]}]}";
        for (String split : List.of("train", "valid", "test")) {
            files().images(split + "/" + split + ".jpg")
                    .text(split + "/_annotations.coco.json", content.formatted(split));
        }
        RecognizedData data = files().open();
        assertEquals("coco", data.format());
        assertEquals(root + ": layout COCO (has test/_annotations.coco.json and 2 more)", data.line());
        assertEquals(
                new Splits(List.of("train"), List.of("valid"), List.of("test")),
                Splits.of(data.reader().lists()));
        DataSet held = data.reader().read("v", ImageLists.full("valid"), BadFiles.stop());
        assertEquals(
                List.of("valid/valid"), held.samples().stream().map(Sample::id).toList());
    }

    /** Category 0 of Roboflow's COCO export is the project. */
    @Test
    void theProjectOfARoboflowExportIsNoClass() throws IOException {
        String content =
                "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}], \"categories\": [%s], \"annotations\": ["
                        + "{\"id\": 1, \"image_id\": 1, \"category_id\": 2, \"bbox\": [1, 1, 2, 2]}]}";
        String project = "{\"id\": 0, \"name\": \"defects\", \"supercategory\": \"none\"}";
        String classes = "{\"id\": 1, \"name\": \"dent\", \"supercategory\": \"defects\"},"
                + "{\"id\": 2, \"name\": \"hole\", \"supercategory\": \"%s\"}";
        files().images("train/a.jpg")
                .text("train/_annotations.coco.json", content.formatted(project + "," + classes.formatted("defects")));
        assertEquals(List.of("dent", "hole"), files().read().boxClasses());
        assertEquals(1, files().read("train/a").boxes().orElseThrow().get(0).label());
        assertTrue(
                files().open()
                        .line()
                        .contains("left out categories without objects that are the supercategory of others: defects"),
                files().open().line());
        files().text("train/_annotations.coco.json", content.formatted(project + "," + classes.formatted("other")));
        assertEquals(List.of("dent", "hole"), files().read().boxClasses(), "also when it is not the parent of all");
        files().text(
                        "train/_annotations.coco.json",
                        content.formatted(project + "," + classes.formatted("defects"))
                                .replace("\"category_id\": 2", "\"category_id\": 0"));
        assertEquals(List.of("defects", "dent", "hole"), files().read().boxClasses(), "an object has it");
    }
}
