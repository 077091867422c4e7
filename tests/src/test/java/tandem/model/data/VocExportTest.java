package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.CocoEvaluator;

/**
 * Folders in VOC layout as labelling tools export them; images are 20 x 10 pixels, and everything is worked out by
 * hand.
 */
class VocExportTest {

    private static final String LABEL_MAP =
            "# label:color_rgb:parts:actions\nbackground:0,0,0::\nscratch:128,0,0::\ninclusion:0,128,0::\n";

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    /** An object without corners in text form. */
    private static String object(String name, String xMin, String yMin, String xMax, String yMax, String more) {
        return "<object><name>" + name + "</name>" + more + "<bndbox><xmin>" + xMin + "</xmin><ymin>" + yMin
                + "</ymin><xmax>" + xMax + "</xmax><ymax>" + yMax + "</ymax></bndbox></object>";
    }

    private DataFiles xml(String file, String... content) throws IOException {
        return files().text(file, "<annotation>" + String.join("", content) + "</annotation>");
    }

    private String refused() {
        return assertThrows(DataException.class, () -> files().read()).getMessage();
    }

    private static List<Long> pixels(Sample sample) {
        return sample.mask().orElseThrow().pixels();
    }

    @Test
    void aLabelMapDefinesIndicesAndColors() throws IOException {
        files().text("labelmap.txt", LABEL_MAP)
                .images("JPEGImages/a.png", "JPEGImages/b.png", "JPEGImages/c.png", "JPEGImages/d.png")
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : x < 5 ? 2 : 0)
                .rgb("SegmentationClass/b.png", 20, 10, (x, y) -> x < 3 ? 0x800000 : x < 5 ? 0x008000 : 0)
                // The palette is in another order than the file, so its colors count.
                .palette(
                        "SegmentationClass/c.png",
                        20,
                        10,
                        new int[] {0, 0x008000, 0x800000},
                        (x, y) -> x < 3 ? 2 : x < 5 ? 1 : 0)
                // A palette of other colors has the order of the file.
                .palette(
                        "SegmentationClass/d.png",
                        20,
                        10,
                        new int[] {0x111111, 0x222222, 0x333333},
                        (x, y) -> x < 3 ? 1 : x < 5 ? 2 : y == 0 ? 255 : 0);
        DataSet data = files().read();
        assertEquals(List.of("scratch", "inclusion"), data.maskClasses());
        for (Sample sample : data.samples().subList(0, 3)) {
            assertEquals(List.of(150L, 30L, 20L), pixels(sample), sample.id());
        }
        assertEquals(List.of(135L, 30L, 20L), pixels(data.samples().get(3)));
        assertEquals(15, data.samples().get(3).mask().orElseThrow().ignored());
        // A list of the same names in another order is the order of the network, and not that of the masks.
        files().text("classes.txt", "inclusion", "scratch");
        assertEquals(List.of("inclusion", "scratch"), files().read().maskClasses());
        assertEquals(List.of(150L, 20L, 30L), pixels(files().read("a")));
        files().text("labelmap.txt", "scratch:128,0,0::\nbackground:0,0,0::\n");
        Files.delete(root.resolve("classes.txt"));
        for (String mask : List.of("b", "c", "d")) {
            Files.delete(root.resolve("SegmentationClass/" + mask + ".png"));
        }
        files().gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 0 : 1);
        assertEquals(List.of(170L, 30L), pixels(files().read("a")), "index 1 is the line of the background");
    }

    @Test
    void listsOfLabelmeAndAFirstLineOfBackgroundNameTheClasses() throws IOException {
        files().images("JPEGImages/a.png").gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : x < 5 ? 2 : 0);
        for (Map.Entry<String, List<String>> list : Map.of(
                        "class_names.txt", List.of("_background_", "scratch", "dent"),
                        "labels.txt", List.of("__ignore__", "_background_", "scratch", "dent"),
                        "classes.txt", List.of("background", "scratch", "dent"))
                .entrySet()) {
            files().text(list.getKey(), list.getValue().toArray(String[]::new));
            assertEquals(List.of("scratch", "dent"), files().read().maskClasses(), list.getKey());
            assertEquals(List.of(150L, 30L, 20L), pixels(files().read("a")), list.getKey());
            Files.delete(root.resolve(list.getKey()));
        }
    }

    @Test
    void masksWithoutNamesAreRefusedAndBoxesAreNot() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png")
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : x < 5 ? 2 : 0)
                .text("ImageSets/Main/b.txt", "b");
        assertTrue(
                refused().contains("SegmentationClass/a.png: and other masks have class indices, but no file"),
                refused());
        assertTrue(refused().contains("; write the names to classes.txt"), refused());
        xml("Annotations/b.xml", object("nut", "1", "1", "5", "5", ""), object("bolt", "1", "1", "5", "5", ""));
        assertTrue(refused().contains("the order of the names in the annotations [bolt, nut] is unknown"), refused());
        assertEquals(
                1,
                files().open()
                        .reader()
                        .read("b", ImageLists.full("Main/b"), BadFiles.stop())
                        .size());
        ReadingOptions white =
                new ReadingOptions(Optional.empty(), CocoSources.ANY, Optional.of(1), Optional.of("nut"));
        DataSet data = RecognizedData.of(root, white).reader().read("t", ImageLists.everything(), BadFiles.stop());
        assertEquals(List.of(150L, 0L, 50L), pixels(data.samples().get(0)), "a threshold names the only class");
        // A single class has one possible order; PASCAL's names have PASCAL's.
        xml("Annotations/b.xml", object("bolt", "1", "1", "5", "5", ""));
        files().gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : 0);
        assertEquals(List.of(170L, 30L), pixels(files().read("a")));
        xml("Annotations/b.xml", object("bird", "1", "1", "5", "5", ""), object("boat", "1", "1", "5", "5", ""));
        assertEquals(VocReader.VOC_CLASSES, files().read().maskClasses());
        assertEquals(30, pixels(files().read("a")).get(1 + VocReader.VOC_CLASSES.indexOf("aeroplane")));
    }

    @Test
    void cornersWithFractionsAndThoseOfDatumaroArePixelEdges() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png", "JPEGImages/c.png", "JPEGImages/d.png");
        xml(
                "Annotations/a.xml",
                object("pit", "2.00", "1.00", "10.00", "9.00", ""),
                object("pit", "0.0", "0.25", "8.0", "8.25", ""));
        xml("Annotations/b.xml", object("pit", "2", "1", "10", "9", ""));
        xml(
                "Annotations/c.xml",
                "<source><database>Unknown</database><annotation>Unknown</annotation><image>Unknown</image></source>",
                object("pit", "0", "1", "10", "9", ""));
        xml(
                "Annotations/d.xml",
                "<source><annotation>PASCAL VOC2012</annotation></source>",
                object("pit", "2.5", "1", "10", "9", ""));
        BadFiles bad = BadFiles.stop();
        DataSet data = files().open().reader().read("t", ImageLists.everything(), bad);
        assertEquals(
                List.of(new Box(0, 2, 1, 10, 9, false), new Box(0, 0, 0.25f, 8, 8.25f, false)),
                data.samples().get(0).boxes().orElseThrow());
        assertEquals(new Box(0, 1, 0, 10, 9, false), only(data, 1));
        assertEquals(new Box(0, 0, 1, 10, 9, false), only(data, 2));
        assertEquals(new Box(0, 1.5f, 0, 10, 9, false), only(data, 3));
        assertTrue(
                bad.notices().get(0).contains("Annotations: 3 boxes have corners with fractions or of Datumaro"),
                bad.notices().toString());
        DataSet edges = RecognizedData.of(root, ReadingOptions.DEFAULT.withVocOrigin(0))
                .reader()
                .read("t", ImageLists.everything(), BadFiles.stop());
        assertEquals(new Box(0, 2, 1, 10, 9, false), only(edges, 1));
        assertEquals(new Box(0, 2.5f, 1, 10, 9, false), only(edges, 3));
        DataSet counted = RecognizedData.of(root, ReadingOptions.DEFAULT.withVocOrigin(1))
                .reader()
                .read("t", ImageLists.everything(), BadFiles.stop());
        assertEquals(
                new Box(0, 1, 0, 10, 9, false),
                counted.samples().get(0).boxes().orElseThrow().get(0));
        assertEquals(new Box(0, 0, 0, 10, 9, false), only(counted, 2));
        xml("Annotations/b.xml", object("pit", "2.0", "1.0", "2.0", "9.0", ""));
        assertTrue(refused().contains("which has no area, as its corners are pixel edges"), refused());
    }

    /** One export in both formats, and detections at the places of its boxes. */
    @Test
    void aPerfectDetectorHasAnApOfOneInBothFormats() throws IOException {
        double[][] boxes = {{20, 20, 28, 28}, {5.5, 30.25, 13.5, 38.25}, {0, 0, 8, 8}};
        Path voc = root.resolve("voc");
        new DataFiles(voc).rgb("JPEGImages/a.png", 64, 48, (x, y) -> 77);
        StringBuilder objects = new StringBuilder("<annotation>");
        StringBuilder annotations = new StringBuilder();
        for (double[] box : boxes) {
            String[] text = new String[4];
            for (int i = 0; i < 4; i++) {
                text[i] = String.format(Locale.ROOT, "%.2f", box[i]);
            }
            objects.append(object("pit", text[0], text[1], text[2], text[3], ""));
            annotations
                    .append(annotations.isEmpty() ? "" : ", ")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"image_id\": 1, \"category_id\": 1, \"bbox\": [%s, %s, 8, 8], \"segmentation\": []}",
                            box[0],
                            box[1]));
        }
        new DataFiles(voc).text("Annotations/a.xml", objects + "</annotation>");
        Path coco = root.resolve("coco");
        CocoFolder.in(coco)
                .image("images/a.png", 64, 48)
                .instances(
                        "annotations/instances_default.json",
                        "{\"id\": 1, \"file_name\": \"a.png\", \"width\": 64, \"height\": 48}",
                        "{\"id\": 1, \"name\": \"pit\"}",
                        annotations.toString());
        for (Path data : List.of(voc, coco)) {
            List<CocoEvaluator.Truth> truths = new DataFiles(data)
                    .read("a").boxes().orElseThrow().stream()
                            .map(box -> new BoxRegion(box.xMin(), box.yMin(), box.xMax(), box.yMax()))
                            .map(region -> new CocoEvaluator.Truth(0, region, region.area(), false, false))
                            .toList();
            List<CocoEvaluator.Prediction> found = new ArrayList<>();
            for (double[] box : boxes) {
                BoxRegion region = new BoxRegion(box[0], box[1], box[2], box[3]);
                found.add(new CocoEvaluator.Prediction(0, 0.9 - found.size() / 10.0, region, region.area()));
            }
            CocoEvaluator evaluator = new CocoEvaluator(1);
            evaluator.add(1, found, truths);
            assertEquals(1, evaluator.figures().ap(), 1e-15, data.toString());
        }
    }

    private static Box only(DataSet data, int index) {
        List<Box> boxes = data.samples().get(index).boxes().orElseThrow();
        assertEquals(1, boxes.size());
        return boxes.get(0);
    }

    @Test
    void difficultMayBeAWordOrAFraction() throws IOException {
        files().images("JPEGImages/a.png");
        StringBuilder objects = new StringBuilder();
        for (String value : List.of("True", "true", "TRUE", "1", "1.0", "0", "False", "0.0")) {
            objects.append(object("dent", "3", "3", "9", "9", "<difficult>" + value + "</difficult>"));
        }
        xml("Annotations/a.xml", objects.toString(), object("dent", "3", "3", "9", "9", ""));
        assertEquals(
                List.of(true, true, true, true, true, false, false, false, false),
                files().read("a").boxes().orElseThrow().stream()
                        .map(Box::difficult)
                        .toList());
    }

    @Test
    void rootElementsAndEndingsMayBeUpperCase() throws IOException {
        files().images("JPEGImages/A1.JPG", "JPEGImages/A2.png")
                .text("ImageSets/Main/train.txt", "A1.jpg", "A2")
                .text("Annotations/A1.XML", "<Annotation>" + object("dent", "3", "3", "9", "9", "") + "</Annotation>");
        xml("Annotations/A2.xml", object("dent", "3", "3", "9", "9", ""));
        DataSet data = files().open().reader().read("t", ImageLists.full("Main/train"), BadFiles.stop());
        assertEquals(
                List.of("A1", "A2"), data.samples().stream().map(Sample::id).toList());
        assertEquals(2, data.boxed());
    }

    /** TIFF, WebP, GIF and PGM beside JPEG, with endings in any case. */
    @Test
    void imagesOfAllFormatsAreFound() throws IOException {
        files().images("JPEGImages/a.JPG", "JPEGImages/b.tif", "JPEGImages/c.gif");
        Files.write(root.resolve("JPEGImages/d.webp"), EncodedImages.webp(20, 10, 200, 100, 50, 0));
        byte[] pgm = Arrays.copyOf("P5 20 10 255\n".getBytes(StandardCharsets.US_ASCII), 13 + 200);
        Files.write(root.resolve("JPEGImages/e.PGM"), pgm);
        for (String id : List.of("a", "b", "c", "d", "e")) {
            xml("Annotations/" + id + ".xml", object("dent", "3", "3", "9", "9", ""));
        }
        DataSet data = files().read();
        assertEquals(
                List.of("a", "b", "c", "d", "e"),
                data.samples().stream().map(Sample::id).toList());
        assertEquals(5, data.boxed());
        for (Sample sample : data.samples()) {
            assertEquals(20, ImageDecoder.decode(sample.image()).width(), sample.id());
        }
    }

    @Test
    void imagesMayBeInFolders() throws IOException {
        files().images("JPEGImages/cam1/1.png", "JPEGImages/cam2/1.png", "JPEGImages/cam2/2.png", "JPEGImages/top.png")
                .text("ImageSets/Main/train.txt", "top", "cam1/1", "JPEGImages/cam2/1.png", "2")
                .gray("SegmentationClass/cam1/1.png", 20, 10, (x, y) -> x < 3 ? 1 : 0)
                .text("classes.txt", "dent");
        for (String id : List.of("cam1/1", "cam2/1", "top", "2")) {
            xml("Annotations/" + id + ".xml", object("dent", "3", "3", "9", "9", ""));
        }
        DataSet data = files().open().reader().read("t", ImageLists.full("Main/train"), BadFiles.stop());
        assertEquals(
                List.of("top", "cam1/1", "cam2/1", "cam2/2"),
                data.samples().stream().map(Sample::id).toList());
        assertEquals(4, data.boxed(), "2.xml belongs to the only image with that name");
        assertEquals(List.of(170L, 30L), pixels(data.samples().get(1)));
        files().text("ImageSets/Main/train.txt", "1");
        String message = assertThrows(
                        DataException.class,
                        () -> files().open().reader().read("t", ImageLists.full("Main/train"), BadFiles.stop()))
                .getMessage();
        assertTrue(message.contains("line 1 names '1', but JPEGImages has no such"), message);
    }

    @Test
    void namesMayBeComposedOrDecomposed() throws IOException {
        String composed = "St\u00fcck_\u00e91";
        String decomposed = Normalizer.normalize(composed, Normalizer.Form.NFD);
        files().images("JPEGImages/" + decomposed + ".png", "JPEGImages/plain.png")
                .text("ImageSets/Main/train.txt", composed, "plain");
        xml("Annotations/" + composed + ".xml", object("dent", "3", "3", "9", "9", ""));
        xml("Annotations/plain.xml", object("dent", "3", "3", "9", "9", ""));
        DataSet data = files().open().reader().read("t", ImageLists.full("Main/train"), BadFiles.stop());
        assertEquals(
                List.of(composed, "plain"),
                data.samples().stream().map(Sample::id).toList());
        assertEquals(2, data.boxed());
        assertEquals(
                20,
                ImageDecoder.decode(data.samples().get(0), tandem.model.image.ImageConversion.of(1000))
                        .width());
    }

    @Test
    void filesThatAreNotUsedAreCountedOnce() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png")
                .text("JPEGImages/c.heic", "")
                .text("JPEGImages/._a.png", "")
                .text("classes.txt", "dent")
                .gray("SegmentationClass/ghost.png", 20, 10, (x, y) -> 1);
        for (String id : List.of("a", "c", "d")) {
            xml("Annotations/" + id + ".xml", object("dent", "3", "3", "9", "9", ""));
        }
        BadFiles bad = BadFiles.stop();
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    2,
                    files().open()
                            .reader()
                            .read("t", ImageLists.everything(), bad)
                            .size());
        }
        assertEquals(
                List.of(
                        root + ": 2 annotation files have no image (Annotations/c.xml, Annotations/d.xml)",
                        root + ": 1 files are images in a format that is not read (convert them to PNG)"
                                + " (JPEGImages/c.heic)",
                        root + ": 1 masks have no image (SegmentationClass/ghost.png)"),
                bad.notices());
        assertEquals(List.of(), bad.corrections());
    }

    @Test
    void whiteMasksAmongOthersAreNamed() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png")
                .text("classes.txt", "dent")
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 1 : 0)
                .gray("SegmentationClass/b.png", 20, 10, (x, y) -> x < 3 ? 255 : 0);
        BadFiles bad = BadFiles.stop();
        files().open().reader().read("t", ImageLists.everything(), bad);
        assertTrue(
                bad.notices()
                                .get(0)
                                .contains("1 masks have only the values 0 and 255, so their white pixels are ignored;")
                        && bad.notices().get(0).endsWith("if white is 'dent', give --mask-threshold 1 (b.png)"),
                bad.notices().toString());
        DataSet data = RecognizedData.of(
                        root, new ReadingOptions(Optional.empty(), CocoSources.ANY, Optional.of(1), Optional.empty()))
                .reader()
                .read("t", ImageLists.everything(), BadFiles.stop());
        data.samples().forEach(sample -> assertEquals(List.of(170L, 30L), pixels(sample)));
    }

    @Test
    void namesThatDifferOnlyInCaseAreNamed() throws IOException {
        files().images("JPEGImages/a.png");
        xml(
                "Annotations/a.xml",
                object("SCRATCH", "3", "3", "9", "9", ""),
                object("Scratch", "3", "3", "9", "9", ""),
                object("dent", "3", "3", "9", "9", ""));
        assertTrue(
                files().open()
                        .line()
                        .endsWith("; warning: the classes 'SCRATCH', 'Scratch' differ only in upper and lower case or"
                                + " separators, and are probably one class"),
                files().open().line());
    }

    /** A file of another layout beside JPEGImages may have the annotations that are meant. */
    @Test
    void annotationsOfAnotherLayoutBesideTheFoldersAreNotOverlooked() throws IOException {
        files().images("JPEGImages/a.png").text("JPEGImages/a.json", "{\"shapes\": [], \"imagePath\": \"a.png\"}");
        String labelme = assertThrows(DataException.class, () -> files().open()).getMessage();
        assertTrue(
                labelme.contains(
                        "has more than one layout: voc (has JPEGImages), labelme (has files with shapes such as"
                                + " JPEGImages/a.json)"),
                labelme);
        Files.delete(root.resolve("JPEGImages/a.json"));
        files().text("result.json", "{\"images\": [], \"categories\": [], \"annotations\": []}");
        String coco = assertThrows(DataException.class, () -> files().open()).getMessage();
        assertTrue(coco.contains("coco (has result.json)"), coco);
    }
}
