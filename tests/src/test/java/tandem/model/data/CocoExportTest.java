package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COCO files as labelling tools export them; images are 20 x 10 pixels, and everything is worked out by hand. */
class CocoExportTest {

    private static final String CATEGORIES = "{\"id\": 1, \"name\": \"dent\"}, {\"id\": 2, \"name\": \"rust\"}";
    private static final String FILE = "annotations/instances_train.json";

    @TempDir
    Path root;

    private CocoFolder folder() throws IOException {
        return CocoFolder.in(root);
    }

    private static String image(String id, String name) {
        return "{\"id\": " + id + ", \"file_name\": \"" + name + "\", \"width\": 20, \"height\": 10}";
    }

    private static String item(int id, String image, int category, String rest) {
        return "{\"id\": " + id + ", \"image_id\": " + image + ", \"category_id\": " + category + ", " + rest + "}";
    }

    private DataSet read(ReadingOptions options, BadFiles bad) {
        return RecognizedData.of(root, options).reader().read("t", ImageLists.everything(), bad);
    }

    private DataSet read() {
        return read(ReadingOptions.DEFAULT, BadFiles.stop());
    }

    /** CVAT writes brush masks as run lengths with iscrowd 1. */
    @Test
    void crowdsAreObjectsInClassesThatHaveNothingElse() throws IOException {
        String runs = "\"bbox\": [2, 0, 3, 10], \"segmentation\": {\"size\": [10, 20], \"counts\": [20, 30, 150]}, ";
        folder().image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "a.png") + "," + image("2", "b.png"),
                        CATEGORIES,
                        item(1, "1", 1, runs + "\"iscrowd\": 1") + ","
                                + item(2, "2", 2, runs + "\"iscrowd\": 1") + ","
                                + item(3, "2", 2, "\"bbox\": [10, 2, 5, 5], \"iscrowd\": 0"));
        BadFiles bad = BadFiles.stop();
        DataSet data = read(ReadingOptions.DEFAULT, bad);
        assertEquals(
                List.of(new Box(0, 2, 0, 5, 10, false)),
                data.samples().get(0).boxes().orElseThrow());
        assertEquals(
                List.of(170L, 30L, 0L),
                data.samples().get(0).mask().orElseThrow().pixels());
        assertTrue(data.samples().get(1).boxes().orElseThrow().get(0).difficult(), "rust has another object");
        assertEquals(55, data.samples().get(1).mask().orElseThrow().ignored());
        assertTrue(
                bad.notices()
                        .toString()
                        .contains("1 annotations with iscrowd 1 belong to classes that have no others, and"
                                + " were read as objects; --crowds ignore ignores them (dent)"),
                bad.notices().toString());
        DataSet ignored = read(ReadingOptions.DEFAULT.withCrowds(ReadingOptions.Crowds.IGNORE), BadFiles.stop());
        assertTrue(ignored.samples().get(0).boxes().orElseThrow().get(0).difficult());
        assertEquals(30, ignored.samples().get(0).mask().orElseThrow().ignored());
        DataSet objects = read(ReadingOptions.DEFAULT.withCrowds(ReadingOptions.Crowds.OBJECTS), BadFiles.stop());
        assertEquals(
                List.of(145L, 0L, 30L),
                objects.samples().get(1).mask().orElseThrow().pixels());
    }

    @Test
    void aClassOfMoreCrowdsThanObjectsIsNamed() throws IOException {
        String crowd = "\"bbox\": [2, 0, 3, 10], \"iscrowd\": 1";
        folder().image("images/a.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "a.png"),
                        CATEGORIES,
                        item(1, "1", 1, crowd) + "," + item(2, "1", 1, crowd) + ","
                                + item(3, "1", 1, "\"bbox\": [10, 2, 5, 5]"));
        BadFiles bad = BadFiles.stop();
        read(ReadingOptions.DEFAULT, bad);
        assertTrue(
                bad.notices()
                        .toString()
                        .contains("1 classes have more annotations with iscrowd 1, which are ignored, than"
                                + " others; --crowds objects reads them as objects (dent)"),
                bad.notices().toString());
    }

    @Test
    void outlinesOfTwoPointsAndObjectsWithoutOutlineAreUnknownPixels() throws IOException {
        folder().image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "a.png") + "," + image("2", "b.png"),
                        CATEGORIES,
                        item(1, "1", 1, "\"bbox\": [2, 1, 4, 5], \"segmentation\": [[2, 1, 6, 6]]") + ","
                                + item(2, "2", 1, "\"bbox\": [0, 0, 0, 0], \"segmentation\": [[2, 1, 6, 6]]") + ","
                                + item(3, "2", 1, "\"bbox\": [10, 2, 2, 3], \"segmentation\": []") + ","
                                + item(
                                        4,
                                        "2",
                                        1,
                                        "\"bbox\": [14, 2, 3, 3], \"segmentation\": [[14, 2, 17, 2, 17, 5, 14, 5]]"));
        DataSet data = read();
        assertEquals(
                List.of(180L, 0L, 0L),
                data.samples().get(0).mask().orElseThrow().pixels());
        assertEquals(20, data.samples().get(0).mask().orElseThrow().ignored());
        assertEquals(
                List.of(200L - 20 - 6 - 9, 9L, 0L),
                data.samples().get(1).mask().orElseThrow().pixels());
        assertEquals(20 + 6, data.samples().get(1).mask().orElseThrow().ignored());
        assertEquals(
                new Box(0, 2, 1, 6, 6, false),
                data.samples().get(1).boxes().orElseThrow().get(0),
                "an empty bbox is the box around the outline");
    }

    @Test
    void boxesOfOutlinesOfTwoPointsAreCheckedAsOthers() throws IOException {
        String points = "\"segmentation\": [[12, 1, 12, 6]]";
        String whole = "\"bbox\": [2, 1, 3, 3], \"segmentation\": [[2, 1, 5, 1, 5, 4, 2, 4]]";
        folder().image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "a.png") + "," + image("2", "b.png"),
                        CATEGORIES,
                        item(1, "1", 1, "\"bbox\": [16, 7, 8, 8], " + points) + "," + item(2, "1", 1, whole) + ","
                                + item(3, "2", 1, "\"bbox\": [0, 0, 0, 0], " + points) + ","
                                + item(4, "2", 1, whole));
        DataSet data = read();
        assertEquals(12, data.samples().get(0).mask().orElseThrow().ignored(), "4 x 3 pixels are in the image");
        assertEquals(0, data.samples().get(1).mask().orElseThrow().ignored(), "a vertical line has no pixels");
    }

    @Test
    void anEmptyBoxIsTheBoxAroundItsOutline() throws IOException {
        folder().image("images/a.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "a.png"),
                        CATEGORIES,
                        item(1, "1", 1, "\"bbox\": [0, 0, 0, 0], \"segmentation\": [[4, 2, 9, 2, 9, 8, 4, 8]]"));
        BadFiles bad = BadFiles.stop();
        assertEquals(
                List.of(new Box(0, 4, 2, 9, 8, false)),
                read(ReadingOptions.DEFAULT, bad).samples().get(0).boxes().orElseThrow());
        assertTrue(
                bad.notices().toString().contains("the bounding box of their segmentation was used"),
                bad.notices().toString());
    }

    @Test
    void idsMayBeFractionsOrWords() throws IOException {
        folder().image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .image("images/c.png", 20, 10)
                .instances(
                        FILE,
                        image("208", "a.png") + "," + image("\"left\"", "b.png") + "," + image("\"7\"", "c.png"),
                        CATEGORIES.replace("\"id\": 2", "\"id\": \"two\""),
                        item(1, "208.0", 1, "\"bbox\": [1, 1, 2, 2]")
                                        .replace("\"category_id\": 1", "\"category_id\": 1.0")
                                + ","
                                + item(2, "\"left\"", 1, "\"bbox\": [1, 1, 3, 3]")
                                        .replace("\"category_id\": 1", "\"category_id\": \"two\"")
                                + "," + item(3, "7", 1, "\"bbox\": [1, 1, 4, 4]"))
                .text("subsets/some", "left\n208\n");
        DataSet data = read();
        assertEquals(List.of("dent", "rust"), data.boxClasses());
        assertEquals(new Box(0, 1, 1, 3, 3, false), only(data, 0));
        assertEquals(new Box(1, 1, 1, 4, 4, false), only(data, 1));
        assertEquals(new Box(0, 1, 1, 5, 5, false), only(data, 2));
        assertEquals(
                List.of("b", "a"),
                RecognizedData.of(root, ReadingOptions.DEFAULT).reader().images("some", BadFiles.stop()));
        folder().instances(FILE, image("208", "a.png"), CATEGORIES, item(1, "208.5", 1, "\"bbox\": [1, 1, 2, 2]"));
        assertTrue(assertThrows(DataException.class, this::read)
                .getMessage()
                .contains("expected a whole number, found 208.5"));
    }

    private static Box only(DataSet data, int index) {
        List<Box> boxes = data.samples().get(index).boxes().orElseThrow();
        assertEquals(1, boxes.size());
        return boxes.get(0);
    }

    @Test
    void namesMayBeOfAUrlDecomposedOrInAnotherCase() throws IOException {
        String composed = "St\u00fcck";
        String decomposed = Normalizer.normalize(composed, Normalizer.Form.NFD);
        folder().image("images/prise d'\u00e9cran.png", 20, 10)
                .image("images/" + decomposed + ".png", 20, 10)
                .image("images/IMG_1.JPG", 20, 10)
                .image("images/3c4d-right part.png", 20, 10)
                .image("images/1a2b-left.png", 20, 10)
                .image("images/100%.png", 20, 10)
                .instances(
                        FILE,
                        image("1", "images/prise%20d'%C3%A9cran.png") + "," + image("2", composed + ".png") + ","
                                + image("3", "IMG_1.jpg") + ","
                                + image("4", "/data/local-files/?d=set/3c4d-right%20part.png") + ","
                                + image("5", "..\\\\..\\\\media\\\\upload\\\\7\\\\1a2b-left.png") + ","
                                + image("6", "100%.png"),
                        CATEGORIES,
                        item(1, "1", 1, "\"bbox\": [1, 1, 2, 2]"));
        assertEquals(
                List.of("prise d'\u00e9cran", composed, "IMG_1", "3c4d-right part", "1a2b-left", "100%"),
                read().samples().stream().map(Sample::id).toList());
    }

    @Test
    void severalImagesOfOneNameAreNamed() throws IOException {
        folder().image("images/cam1/1.png", 20, 10)
                .image("images/cam2/1.png", 20, 10)
                .instances(FILE, image("1", "1.png"), CATEGORIES, "");
        String message = assertThrows(DataException.class, this::read).getMessage();
        assertTrue(
                message.contains("image 1 is '1.png', but there is no image with that path, and 2 have that name"
                        + " (images/cam1/1.png, images/cam2/1.png)"),
                message);
        String skipped = assertThrows(DataException.class, () -> read(ReadingOptions.DEFAULT, BadFiles.skip()))
                .getMessage();
        assertTrue(skipped.contains("has no usable image left") && skipped.contains("2 have that name"), skipped);
    }

    @Test
    void imagesOfNoFileAreCounted() throws IOException {
        folder().image("images/a.png", 20, 10)
                .image("images/b.png", 20, 10)
                .text("images/c.heic", "")
                .instances(FILE, image("1", "a.png"), CATEGORIES, item(1, "1", 1, "\"bbox\": [1, 1, 2, 2]"));
        BadFiles bad = BadFiles.stop();
        read(ReadingOptions.DEFAULT, bad);
        assertEquals(
                List.of(
                        root
                                + ": 1 files are images in a format that is not read (convert them to PNG) (images/c.heic)",
                        root + ": 1 images are in no instances file (images/b.png)"),
                bad.notices());
    }

    @Test
    void optionsOfOtherLayoutsAreRefused() throws IOException {
        folder().image("images/a.png", 20, 10)
                .instances(FILE, image("1", "a.png"), CATEGORIES, item(1, "1", 1, "\"bbox\": [1, 1, 2, 2]"));
        assertTrue(assertThrows(
                        DataException.class, () -> read(ReadingOptions.DEFAULT.withVocOrigin(0), BadFiles.stop()))
                .getMessage()
                .contains("leave out --voc-origin"));
        assertEquals(Optional.of(1), ReadingOptions.DEFAULT.withVocOrigin(1).vocOrigin());
        assertThrows(IllegalArgumentException.class, () -> ReadingOptions.DEFAULT.withVocOrigin(2));
    }
}
