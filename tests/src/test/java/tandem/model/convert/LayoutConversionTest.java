package tandem.model.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.SharedData;
import tandem.model.coco.RunLengthMask;
import tandem.model.data.Annotation;
import tandem.model.data.BadFiles;
import tandem.model.data.Box;
import tandem.model.data.CocoFolder;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.data.VocFolder;

class LayoutConversionTest {

    @TempDir
    Path root;

    private static void convert(Path from, Path to, LayoutConversion.Layout layout, ImageLists lists)
            throws IOException {
        LayoutConversion.read(DataReader.open(from), lists, BadFiles.stop()).write(layout, to, false, done -> {});
    }

    private static DataSet read(Path folder, ImageLists lists) {
        return DataReader.open(folder).read("test", lists, BadFiles.stop());
    }

    /** Same images in any order: files byte by byte, boxes, masks pixel by pixel. */
    private static void assertSame(DataSet expected, DataSet actual) throws IOException {
        assertEquals(expected.boxClasses(), actual.boxClasses());
        assertEquals(expected.maskClasses(), actual.maskClasses());
        Map<String, Sample> samples = new TreeMap<>();
        actual.samples().forEach(sample -> samples.put(sample.id(), sample));
        assertEquals(expected.size(), samples.size());
        for (Sample sample : expected.samples()) {
            Sample other = samples.get(sample.id());
            assertEquals(sample.boxes(), other.boxes(), sample.id());
            assertEquals(-1, Files.mismatch(sample.image(), other.image()), sample.id());
            assertEquals(sample.mask().isPresent(), other.mask().isPresent(), sample.id());
            if (sample.mask().isPresent()) {
                assertArrayEquals(
                        ImageDecoder.mask(sample).orElseThrow(),
                        ImageDecoder.mask(other).orElseThrow(),
                        sample.id());
                assertEquals(sample.mask().get().pixels(), other.mask().get().pixels());
                assertEquals(sample.mask().get().ignored(), other.mask().get().ignored());
            }
        }
    }

    private Path small() throws IOException {
        Path voc = root.resolve("voc");
        VocFolder.three(voc)
                .image("empty.jpg", 9, 7)
                .boxes("empty", 9, 7)
                .image("bare.png", 5, 5)
                .image("both.png", 20, 10)
                .boxes("both", 20, 10, new Object[] {"dent", "2.5", "3.25", "9.75", "8", 1}, new Object[] {
                    "rust", 20, 10, 20, 10
                })
                .mask("both", 20, 10, 8, (x, y) -> 0)
                .text("ImageSets/Partial/some.txt", "both\nempty");
        return voc;
    }

    @Test
    void vocToCocoAndBackIsTheSame() throws IOException {
        Path voc = small();
        Path coco = root.resolve("coco");
        Path back = root.resolve("back");
        convert(voc, coco, LayoutConversion.Layout.COCO, ImageLists.everything());
        convert(coco, back, LayoutConversion.Layout.VOC, ImageLists.everything());
        DataSet original = read(voc, ImageLists.full("Main/all"));
        assertSame(original, read(coco, ImageLists.full("Main/all")));
        assertSame(original, read(back, ImageLists.full("Main/all")));
        for (Path folder : List.of(coco, back)) {
            assertSame(read(voc, ImageLists.full("Partial/some")), read(folder, ImageLists.full("Partial/some")));
            assertSame(
                    read(voc, ImageLists.partial("Main/boxes", "Main/masks")),
                    read(folder, ImageLists.partial("Main/boxes", "Main/masks")));
        }
        DataSet everything = read(back, ImageLists.everything());
        assertEquals(
                List.of("a", "b", "both", "c", "empty"),
                everything.samples().stream().map(Sample::id).toList(),
                "an image without annotation is in no COCO file");
    }

    @Test
    void cocoFilesSayWhatTheyHold() throws IOException {
        convert(small(), root.resolve("coco"), LayoutConversion.Layout.COCO, ImageLists.everything());
        JsonNode boxes = new ObjectMapper()
                .readTree(root.resolve("coco/annotations/instances_boxes.json").toFile());
        assertEquals("boxes", boxes.get("info").get("annotates").asText());
        assertEquals(
                List.of("a.png", "b.png", "both.png", "empty.jpg"),
                boxes.get("images").findValuesAsText("file_name"));
        assertEquals("[2,1,8,7]", boxes.get("annotations").get(0).get("bbox").toString());
        assertEquals(
                "[2.5,3.25,7.25,4.75]", // corners with fractions are pixel edges
                boxes.get("annotations").get(2).get("bbox").toString());
        assertEquals(1, boxes.get("annotations").get(2).get("ignore").asInt());
        JsonNode masks = new ObjectMapper()
                .readTree(root.resolve("coco/annotations/instances_masks.json").toFile());
        assertEquals(List.of("a.png", "both.png", "c.png"), masks.get("images").findValuesAsText("file_name"));
        JsonNode rust = masks.get("annotations").get(0);
        assertEquals(2, rust.get("category_id").asInt());
        RunLengthMask runs = RunLengthMask.parse(
                20, 10, rust.get("segmentation").get("counts").asText());
        assertArrayEquals(new int[] {0, 50, 150}, runs.runs());
        JsonNode ignored = masks.get("annotations").get(2);
        assertEquals(
                List.of(1, 8),
                List.of(ignored.get("iscrowd").asInt(), ignored.get("area").asInt()));
    }

    @Test
    void onlyWhatTheListsNameIsWritten() throws IOException {
        convert(
                small(),
                root.resolve("coco"),
                LayoutConversion.Layout.COCO,
                ImageLists.partial("Main/boxes", "Main/masks"));
        DataSet data = read(root.resolve("coco"), ImageLists.everything());
        Map<String, Annotation> kinds = new TreeMap<>();
        data.samples().forEach(sample -> kinds.put(sample.id(), sample.annotation()));
        assertEquals(Map.of("a", Annotation.BOTH, "b", Annotation.BOXES, "c", Annotation.MASK), kinds);
        assertEquals(
                List.of("Main/boxes", "Main/masks", "boxes", "masks"),
                DataReader.open(root.resolve("coco")).lists());
    }

    @Test
    void cocoWithFoldersAndInstanceFilesBecomesVocWithLists() throws IOException {
        Path coco = root.resolve("coco");
        String category = "{\"id\": 12, \"name\": \"dent & <rust>\"}";
        CocoFolder.in(coco)
                .image("train/a.png", 4, 4)
                .image("val/a.png", 4, 4)
                .image("val/b.png", 4, 4)
                .instances(
                        "annotations/instances_train.json",
                        "{\"id\": 1, \"file_name\": \"a.png\"}",
                        category,
                        "{\"id\": 1, \"image_id\": 1, \"category_id\": 12, \"bbox\": [0.25, 0, 2.5, 4], \"iscrowd\": 1},"
                                + "{\"id\": 2, \"image_id\": 1, \"category_id\": 12, \"bbox\": [3, 2, 1, 2]}")
                .instances(
                        "annotations/instances_val.json",
                        "{\"id\": 1, \"file_name\": \"a.png\"}, {\"id\": 2, \"file_name\": \"b.png\"}",
                        category,
                        "{\"id\": 1, \"image_id\": 2, \"category_id\": 12, \"bbox\": [0, 0, 4, 2], \"segmentation\": [[0, 0, 4, 0, 4, 2, 0, 2]]}");
        convert(coco, root.resolve("voc"), LayoutConversion.Layout.VOC, ImageLists.everything());
        DataSet train = read(root.resolve("voc"), ImageLists.full("Main/train"));
        assertEquals(List.of("dent & <rust>"), train.boxClasses());
        assertEquals(
                List.of("train_a"), train.samples().stream().map(Sample::id).toList());
        assertEquals(
                List.of(new Box(0, 0.25f, 0, 2.75f, 4, true), new Box(0, 3, 2, 4, 4, false)),
                train.samples().get(0).boxes().orElseThrow());
        DataSet val = read(root.resolve("voc"), ImageLists.full("Main/val"));
        assertEquals(
                List.of("val_a", "b"), val.samples().stream().map(Sample::id).toList());
        assertArrayEquals(
                new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0},
                ImageDecoder.mask(val.samples().get(1)).orElseThrow());
    }

    @Test
    void aFolderThatHoldsSomethingIsNotTouched() throws IOException {
        Path voc = small();
        String message = assertThrows(
                        IOException.class,
                        () -> convert(voc, voc, LayoutConversion.Layout.VOC, ImageLists.everything()))
                .getMessage();
        assertTrue(message.contains("not empty"), message);
        assertFalse(Files.exists(voc.resolve("annotations")));
    }

    @Test
    void realSteelDefects() throws IOException {
        Path voc = SharedData.find("neu-steel-voc");
        ImageLists lists = ImageLists.partial("Partial/train-boxes-3class", "Partial/train-masks");
        convert(voc, root.resolve("coco"), LayoutConversion.Layout.COCO, lists);
        DataSet original = read(voc, lists);
        assertEquals(600, original.size());
        assertSame(original, read(root.resolve("coco"), lists));
        convert(root.resolve("coco"), root.resolve("back"), LayoutConversion.Layout.VOC, lists);
        assertSame(original, read(root.resolve("back"), lists));
        assertSame(original, read(root.resolve("back"), ImageLists.everything()));
    }
}
