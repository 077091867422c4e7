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

/** What is not read is counted, in every layout; images are 20 x 10 pixels. */
class NothingLostTest {

    private static final String FILE = "annotations/instances_train.json";
    private static final String IMAGES = "{\"id\": 1, \"file_name\": \"a.png\", \"width\": 20, \"height\": 10},"
            + "{\"id\": 2, \"file_name\": \"b.png\", \"width\": 20, \"height\": 10}";

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    private static String box(String... corners) {
        return "<annotation><object><name>dent</name><bndbox><xmin>" + corners[0] + "</xmin><ymin>" + corners[1]
                + "</ymin><xmax>" + corners[2] + "</xmax><ymax>" + corners[3]
                + "</ymax></bndbox></object></annotation>";
    }

    private BadFiles notices() {
        BadFiles bad = BadFiles.stop();
        files().open().reader().read("t", ImageLists.everything(), bad);
        return bad;
    }

    private void assertNotice(String expected) {
        String text = String.join("\n", notices().notices());
        assertTrue(text.contains(expected), text);
    }

    @Test
    void anObjectWithAnOutlineButNoBoxIsAnObjectOfItsImage() throws IOException {
        CocoFolder.in(root)
                .image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(FILE, IMAGES, "{\"id\": 1, \"name\": \"dent\"}", """
                        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2], "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]]},
                        {"id": 2, "image_id": 2, "category_id": 1, "segmentation": [[5, 2, 9, 2, 9, 8, 5, 8]]}
                        """);
        Sample second = files().read().samples().get(1);
        assertEquals(Optional.of(List.of(new Box(0, 5, 2, 9, 8, false))), second.boxes());
        assertNotice("1 annotations have no bbox; the bounding box of their segmentation was used (annotation 2 of");
    }

    @Test
    void runLengthsThatAreNoWholeNumbersAreRefused() throws IOException {
        CocoFolder.in(root)
                .image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(FILE, IMAGES, "{\"id\": 1, \"name\": \"dent\"}", """
                        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2],
                         "segmentation": {"size": [10, 20], "counts": [20.5, 29.5, 150]}}
                        """);
        String message = assertThrows(DataException.class, () -> files().read()).getMessage();
        assertTrue(
                message.contains("annotation 1") && message.contains("expected whole numbers of pixels, found 20.5"),
                message);
    }

    @Test
    void categoriesOfOneNameAreNamed() throws IOException {
        CocoFolder.in(root)
                .image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(FILE, IMAGES, """
                        {"id": 1, "name": "dent"}, {"id": 2, "name": "rust"}, {"id": 3, "name": "dent"}
                        """, """
                        {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 2, 2]}
                        """);
        assertEquals(List.of("dent", "rust"), files().read().boxClasses());
        assertTrue(
                files().open().line().contains("categories with the same name were united: dent"),
                files().open().line());
    }

    @Test
    void yoloImagesWithoutLabelsAndInNoSplitAreCounted() throws IOException {
        files().images("images/train/a.png", "images/train/b.png", "images/train/c.png", "images/rest/d.png")
                .text("data.yaml", "names: [part]", "train: images/train")
                .text("labels/train/a.txt", "0 0.5 0.5 0.5 0.5")
                .text("labels/train/b.TXT", "0 0.5 0.5 1 1");
        DataSet data = files().read();
        assertEquals(3, data.size());
        assertEquals(
                List.of(new Box(0, 0, 0, 20, 10, false)),
                files().read("images/train/b").boxes().orElseThrow());
        assertNotice("1 images have no label file, and were read as images without objects (c.png)");
        assertNotice("1 images are in no split (images/rest/d.png)");
        assertTrue(!notices().notices().toString().contains("annotation files have no image"));
    }

    @Test
    void vocMasksThatAreNotReadAreCounted() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png")
                .text("classes.txt", "dent")
                .text("Annotations/a.xml", box("3", "3", "9", "9"))
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : 0)
                .gray("SegmentationClass/b.bmp", 20, 10, (x, y) -> 1)
                .gray("SegmentationClassPNG/b.png", 20, 10, (x, y) -> 1);
        assertNotice("1 masks are no PNG files (SegmentationClass/b.bmp)");
        assertNotice("1 masks are not in SegmentationClass (SegmentationClassPNG/b.png)");
    }

    @Test
    void linksToNothingAndFoldersTooDeepAreCounted() throws IOException {
        files().images("images/a.png", "images/1/2/3/4/5/6/7/8/9/deep.png")
                .text("labels/a.txt", "0 0.5 0.5 0.5 0.5")
                .text("classes.txt", "part");
        java.nio.file.Files.createSymbolicLink(root.resolve("images/gone.png"), root.resolve("nowhere.png"));
        String text = notices().notices().toString();
        assertTrue(text.contains("2 files or folders cannot be read or are no regular ones"), text);
        assertTrue(text.contains("images/gone.png") && text.contains("images/1/2/3/4/5/6/7"), text);
    }
}
