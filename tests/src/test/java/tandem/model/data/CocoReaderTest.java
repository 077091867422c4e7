package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.model.coco.RunLengthMask;
import tandem.model.metrics.ReferenceData;

/** Data sets from COCO files; what each object covers is worked out by hand or by the rule as it is written. */
class CocoReaderTest {

    private static final String CATEGORIES = "{\"id\": 90, \"name\": \"rust\"}, {\"id\": 3, \"name\": \"dent\"}";

    @TempDir
    Path root;

    private CocoFolder folder() throws IOException {
        return CocoFolder.in(root);
    }

    private DataSet read(ImageLists lists) {
        return read(lists, BadFiles.stop());
    }

    private DataSet read(ImageLists lists, BadFiles bad) {
        return DataReader.open(root).read("test", lists, bad);
    }

    /** The second object has no outline, and a box that is impossible, or reaches far over the border. */
    @ParameterizedTest
    @CsvSource({"'[1, 1, 1e9, 2]', 1", "'[1e9, 1, 1, 2]', 0", "'[1, 1, 1e999, 2]', 0", "'[1, 1, -3, 2]', 0"})
    void boxesBesideOutlinesAreCheckedAsOthers(String box, int kept) throws IOException {
        folder().image("train/a.png", 6, 4)
                .image("train/b.png", 6, 4)
                .instances(
                        "annotations/instances_train.json",
                        "{\"id\": 7, \"file_name\": \"a.png\", \"width\": 6, \"height\": 4},"
                                + "{\"id\": 8, \"file_name\": \"b.png\", \"width\": 6, \"height\": 4}",
                        CATEGORIES,
                        """
                {"id": 1, "image_id": 7, "category_id": 3, "bbox": [0, 0, 1, 1], "segmentation": [[0, 0, 1, 0, 1, 1, 0, 1]]},
                {"id": 2, "image_id": 7, "category_id": 3, "bbox": %s},
                {"id": 3, "image_id": 8, "category_id": 90, "bbox": [0, 0, 1, 1], "segmentation": [[0, 0, 1, 0, 1, 1, 0, 1]]}
                """.formatted(box));
        BadFiles bad = BadFiles.skip();
        DataSet data = read(ImageLists.everything(), bad);
        assertEquals(1 + kept, data.size());
        assertEquals(1 - kept, bad.lines().size());
        if (kept == 1) {
            // The box is clipped to columns 1 to 5 and rows 1 and 2; its pixels are ignored.
            assertEquals(10, data.samples().get(0).mask().orElseThrow().ignored());
        }
    }

    @Test
    void boxesPolygonsRunsAndCrowdsOfOneImage() throws IOException {
        // 6 x 4: a full-height polygon of columns 0 to 3, a run-length object of column 2 and 3 rows 1 to 2, and a
        // crowd of columns 3 to 5.
        folder().image("train/a.png", 6, 4)
                .instances(
                        "annotations/instances_train.json",
                        "{\"id\": 7, \"file_name\": \"a.png\", \"width\": 6, \"height\": 4}",
                        CATEGORIES,
                        """
                {"id": 1, "image_id": 7, "category_id": 3, "bbox": [0, 0, 4, 4], "segmentation": [[0, 0, 4, 0, 4, 4, 0, 4]], "iscrowd": 0},
                {"id": 2, "image_id": 7, "category_id": 90, "bbox": [2, 1, 2, 2], "segmentation": {"size": [4, 6], "counts": [9, 2, 2, 2, 9]}},
                {"id": 3, "image_id": 7, "category_id": 3, "bbox": [3, 0, 3, 4], "segmentation": {"size": [4, 6], "counts": "<<"}, "iscrowd": 1}
                """);
        DataSet data = read(ImageLists.everything());
        assertEquals(List.of("dent", "rust"), data.boxClasses());
        Sample sample = data.samples().get(0);
        assertEquals("train/a", sample.id());
        assertEquals(
                List.of(new Box(0, 0, 0, 4, 4, false), new Box(1, 2, 1, 4, 3, false), new Box(0, 3, 0, 6, 4, true)),
                sample.boxes().orElseThrow());
        byte v = (byte) 255;
        assertArrayEquals(
                new byte[] {
                    1, 1, 1, 1, v, v,
                    1, 1, 2, 2, v, v,
                    1, 1, 2, 2, v, v,
                    1, 1, 1, 1, v, v
                },
                ImageDecoder.mask(sample).orElseThrow());
        assertEquals(List.of(0L, 12L, 4L), sample.mask().orElseThrow().pixels());
        assertEquals(8, sample.mask().orElseThrow().ignored());
    }

    @Test
    void ofTwoObjectsOfOneSizeTheLaterLiesOnTopWhateverTheirIds() throws IOException {
        folder().image("images/a.png", 4, 1)
                .instances(
                        "result.json",
                        "{\"id\": 0, \"file_name\": \"images\\\\\\\\a.png\"}",
                        "{\"id\": 0, \"name\": \"dent\"}, {\"id\": 1, \"name\": \"rust\"}",
                        """
                {"id": 5, "image_id": 0, "category_id": 0, "bbox": [0, 0, 3, 1], "segmentation": {"size": [1, 4], "counts": [0, 3, 1]}},
                {"id": 4, "image_id": 0, "category_id": 1, "bbox": [1, 0, 3, 1], "segmentation": {"size": [1, 4], "counts": [1, 3]}}
                """);
        assertArrayEquals(
                new byte[] {1, 2, 2, 2},
                ImageDecoder.mask(read(ImageLists.everything()).samples().get(0))
                        .orElseThrow());
    }

    @Test
    void filesListsAndKindsSayWhatAnImageCarries() throws IOException {
        CocoFolder folder = folder();
        for (String name : List.of("a", "b", "c")) {
            folder.image("images/" + name + ".png", 4, 4);
        }
        String box = "\"category_id\": 3, \"bbox\": [1, 1, 2, 2]";
        folder.instances(
                "annotations/instances_found.json",
                image(1, "a") + "," + image(2, "b"),
                CATEGORIES,
                "{\"id\": 1, \"image_id\": 1, " + box + "}");
        folder.instances(
                "annotations/instances_drawn.json",
                image(5, "b") + "," + image(6, "c"),
                CATEGORIES,
                "{\"id\": 1, \"image_id\": 6, \"segmentation\": [[0, 0, 4, 0, 4, 2, 0, 2]], " + box + "}");
        folder.text("subsets/half", "1\nc.png\n").text("ImageSets/Main/two.txt", "a\nb");
        DataSet parts = read(ImageLists.partial("found", "annotations/instances_drawn.json"));
        assertEquals(Map.of("a", Annotation.BOXES, "b", Annotation.BOTH, "c", Annotation.MASK), kinds(parts));
        assertEquals(Optional.of(List.of()), parts.samples().get(1).boxes());
        assertEquals(
                List.of(16L, 0L, 0L),
                parts.samples().get(1).mask().orElseThrow().pixels());
        // By themselves: the first file has no outlines and brings boxes alone, the second both.
        assertEquals(
                Map.of("a", Annotation.BOXES, "b", Annotation.BOTH, "c", Annotation.BOTH),
                kinds(read(ImageLists.everything())));
        assertEquals(Map.of("a", Annotation.BOXES, "c", Annotation.BOTH), kinds(read(ImageLists.full("half"))));
        assertEquals(Map.of("a", Annotation.BOXES, "b", Annotation.BOTH), kinds(read(ImageLists.full("Main/two"))));
        DataSet selected = DataReader.open(root, new CocoSources(List.of("found"), List.of("drawn")))
                .read("test", ImageLists.everything(), BadFiles.stop());
        assertEquals(Map.of("a", Annotation.BOXES, "b", Annotation.BOTH, "c", Annotation.MASK), kinds(selected));
        DataSet one = DataReader.open(root.resolve("annotations/instances_drawn.json"))
                .read("test", ImageLists.everything(), BadFiles.stop());
        assertEquals(Map.of("b", Annotation.BOTH, "c", Annotation.BOTH), kinds(one));
        assertEquals(
                List.of("Main/two", "drawn", "found"), DataReader.open(root).lists());
    }

    @Test
    void oddExportsAreReadAndCounted() throws IOException {
        folder().image("images/a.png", 10, 8)
                .image("images/sub/b.png", 10, 8)
                .instances(
                        "annotations/instances_default.json",
                        image(1, "a")
                                + ", {\"id\": 2, \"file_name\": \"/data/upload/9/b.png\", \"width\": 10, \"height\": 8},"
                                + image(1, "a"),
                        CATEGORIES,
                        """
                {"id": 1, "image_id": 1, "category_id": 3, "bbox": [-5, 2, 8, 20], "iscrowd": 0, "segmentation": [[]]},
                {"id": 1, "image_id": 1, "category_id": 3, "bbox": [4, 4, 0, 3]},
                {"id": 3, "image_id": 2, "category_id": 90, "bbox": null, "segmentation": [[2, 1, 6, 1, 6, 5, 2, 5], [1, 1, 2, 2]]},
                {"image_id": 2, "category_id": 90, "bbox": [8, 0, 2, 3]},
                {"id": 4, "image_id": 77, "category_id": 90, "bbox": [0, 0, 1, 1]}
                """);
        BadFiles bad = BadFiles.stop();
        DataSet data = read(ImageLists.everything(), bad);
        assertEquals(
                List.of(new Box(0, 0, 2, 3, 8, false)),
                data.samples().get(0).boxes().orElseThrow());
        assertEquals(
                List.of(new Box(1, 2, 1, 6, 5, false), new Box(1, 8, 0, 10, 3, false)),
                data.samples().get(1).boxes().orElseThrow());
        assertEquals(Annotation.BOXES, data.samples().get(0).annotation());
        assertEquals(
                List.of(58L, 0L, 16L),
                data.samples().get(1).mask().orElseThrow().pixels());
        assertEquals(6, data.samples().get(1).mask().orElseThrow().ignored());
        String notices = String.join("\n", bad.notices());
        for (String line : List.of(
                "1 images are listed twice (image 1)",
                "1 annotations have a duplicate id; all were kept (annotations[1], id 1)",
                "1 boxes extend over the border of their image and were clipped (annotation 1 of 'a.png')",
                "1 boxes have no area and were left out (annotation 1 of 'a.png')",
                "1 annotations have no bbox; the bounding box of their segmentation was used (annotation 3 of",
                "have a polygon of fewer than three vertices",
                "1 objects of outlined images have no segmentation; pixels in their boxes are ignored (annotations[3] of",
                "1 annotations belong to images that the file does not list, and were left out (annotation 4 of image 77)")) {
            assertTrue(
                    notices.contains("instances_default.json: ") && notices.contains(line),
                    () -> line + "\nin\n" + notices);
        }
        assertEquals(8, bad.notices().size());
    }

    private record Bad(String images, String annotations, String... parts) {}

    @Test
    void badAnnotationsAreNamed() throws IOException {
        List<Bad> cases = List.of(
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 4, \"bbox\": [0, 0, 1, 1]}",
                        "annotation 9 of 'a.png'",
                        "category_id 4"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [20, 0, 1, 1]}",
                        "annotation 9",
                        "outside its image of 10 x 8"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [5, 0, -1, 1]}",
                        "annotation 9",
                        "width and height at least 0"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [NaN, 0, 1, 1]}",
                        "annotation 9",
                        "finite"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 2, 3]}",
                        "annotation 9",
                        "(x, y, width, height)"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [\"left\", 2, 3, 4]}",
                        "annotation 9",
                        "expected numbers"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3}",
                        "annotation 9",
                        "neither a bbox nor a segmentation"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 1, 1, 1], \"segmentation\": {\"size\": [8, 10], \"counts\": \"X\"}}",
                        "annotation 9",
                        "ends within a number"),
                new Bad(
                        image(1, "a"),
                        "{\"id\": 9, \"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 1, 1, 1], \"segmentation\": {\"size\": [10, 8], \"counts\": [80]}}",
                        "annotation 9",
                        "8 x 10 pixels"),
                new Bad(image(1, "ghost"), "", "image 1 is 'ghost.png'", "there is no image"),
                new Bad(
                        "{\"id\": 1, \"file_name\": \"a.png\", \"width\": 8, \"height\": 10}",
                        "",
                        "8 x 10",
                        "10 x 8",
                        "EXIF"));
        for (Bad bad : cases) {
            folder().image("images/a.png", 10, 8)
                    .image("images/b.png", 10, 8)
                    .instances(
                            "annotations/instances_all.json",
                            bad.images + "," + image(2, "b"),
                            CATEGORIES,
                            bad.annotations);
            String message = assertThrows(DataException.class, () -> read(ImageLists.everything()), bad::toString)
                    .getMessage();
            assertLine(message, bad);
            BadFiles skip = BadFiles.skip();
            assertEquals(
                    List.of("b"),
                    read(ImageLists.everything(), skip).samples().stream()
                            .map(Sample::id)
                            .toList(),
                    message);
            assertLine(skip.lines().get(0), bad);
        }
    }

    private static void assertLine(String line, Bad bad) {
        assertTrue(line.contains("instances_all.json: ") && !line.contains("\n") && !line.contains("Exception"), line);
        for (String part : bad.parts) {
            assertTrue(line.contains(part), () -> "'" + part + "' in: " + line);
        }
    }

    @Test
    void unreadableFilesAndFoldersAreNamed() throws IOException {
        assertTrue(open().contains("neither a folder JPEGImages"), open());
        assertTrue(assertThrows(DataException.class, () -> DataReader.open(root.resolve("nowhere")))
                .getMessage()
                .contains("does not exist"));
        folder().image("images/a.png", 10, 8).text("annotations/instances_all.json", "{\"images\": [");
        assertTrue(
                open().contains("instances_all.json: is no instances file") && open().contains("not valid JSON"),
                open());
        folder().text("annotations/instances_all.json", "[]");
        assertTrue(open().contains("expected an object"), open());
        folder().text("annotations/instances_all.json", "{\"images\": [], \"annotations\": []}");
        assertTrue(open().contains("categories: expected an array"), open());
        folder().instances("annotations/instances_all.json", image(1, "a") + "," + image(1, "b"), CATEGORIES, "");
        assertTrue(assertThrows(DataException.class, () -> read(ImageLists.everything()))
                .getMessage()
                .contains("gives the id 1 to 'a.png' and to 'b.png'"));
        folder().instances("annotations/instances_all.json", image(1, "a"), CATEGORIES, "");
        String noList = assertThrows(DataException.class, () -> read(ImageLists.full("val")))
                .getMessage();
        assertTrue(noList.contains("no list 'val'") && noList.contains("[all]"), noList);
    }

    private String open() {
        return assertThrows(DataException.class, () -> DataReader.open(root)).getMessage();
    }

    @Test
    void twoFilesWithBoxesOfOneImageAreRefused() throws IOException {
        String box = "{\"id\": 1, \"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 1, 2, 2]}";
        folder().image("images/a.png", 10, 8)
                .instances("annotations/instances_x.json", image(1, "a"), CATEGORIES, box)
                .instances("annotations/instances_y.json", image(1, "a"), CATEGORIES, box);
        String message = assertThrows(DataException.class, () -> read(ImageLists.everything()))
                .getMessage();
        assertTrue(
                message.contains("instances_y.json: has boxes of 'a.png', and so has")
                        && message.contains("--boxes-from"),
                message);
        assertEquals(
                1,
                read(ImageLists.full("x"))
                        .samples()
                        .get(0)
                        .boxes()
                        .orElseThrow()
                        .size());
    }

    /**
     * COCO's own annotations over blank images: each pixel belongs to the smallest object over it, to a crowd, or to
     * nothing.
     */
    @Test
    void realAnnotations() throws IOException {
        Path truth = ReferenceData.find("coco_val2014_100/instances_val2014_100.json");
        Files.createDirectories(root.resolve("annotations"));
        Files.copy(truth, root.resolve("annotations/instances_val2014.json"));
        JsonNode json = new ObjectMapper().readTree(truth.toFile());
        Files.createDirectories(root.resolve("val2014"));
        Map<Long, JsonNode> images = new TreeMap<>();
        for (JsonNode image : json.get("images")) {
            images.put(image.get("id").asLong(), image);
            ImageIO.write(
                    new BufferedImage(
                            image.get("width").asInt(), image.get("height").asInt(), BufferedImage.TYPE_BYTE_GRAY),
                    "png",
                    root.resolve("val2014")
                            .resolve(image.get("file_name").asText().replace(".jpg", ".png"))
                            .toFile());
        }
        Files.writeString(
                root.resolve("annotations/instances_val2014.json"),
                json.toString().replace(".jpg\"", ".png\""));
        List<Long> categories = new ArrayList<>();
        json.get("categories")
                .forEach(category -> categories.add(category.get("id").asLong()));
        categories.sort(null);
        DataSet data = read(ImageLists.full("val2014"));
        assertEquals(80, data.boxClasses().size());
        assertEquals(images.size(), data.size());
        int index = 0;
        long crowds = 0;
        int boxes = 0;
        for (JsonNode image : json.get("images")) {
            Sample sample = data.samples().get(index++);
            boxes += sample.boxes().map(List::size).orElse(0);
            if (sample.mask().isEmpty()) {
                continue;
            }
            int width = image.get("width").asInt();
            int height = image.get("height").asInt();
            int[] expected = new int[width * height];
            long[] smallest = new long[width * height];
            for (JsonNode item : json.get("annotations")) {
                if (item.get("image_id").asLong() == image.get("id").asLong()) {
                    RunLengthMask pixels = draw(item.get("segmentation"), width, height);
                    boolean crowd = item.get("iscrowd").asInt() == 1;
                    byte[] inside = pixels.toMask();
                    for (int i = 0; i < inside.length; i++) {
                        if (inside[i] == 1 && (smallest[i] == 0 || !crowd && pixels.area() <= smallest[i])) {
                            expected[i] = crowd
                                    ? 255
                                    : categories.indexOf(item.get("category_id").asLong()) + 1;
                            smallest[i] = crowd ? Long.MAX_VALUE : pixels.area();
                        }
                    }
                }
            }
            byte[] mask = ImageDecoder.mask(sample).orElseThrow();
            for (int i = 0; i < mask.length; i++) {
                assertEquals(expected[i], mask[i] & 255, sample.id() + " pixel " + i);
            }
            crowds += sample.mask().get().ignored();
        }
        assertEquals(json.get("annotations").size(), boxes);
        assertTrue(crowds > 0);
    }

    private static RunLengthMask draw(JsonNode node, int width, int height) {
        if (node.isObject()) {
            int[] runs = new int[node.get("counts").size()];
            for (int i = 0; i < runs.length; i++) {
                runs[i] = node.get("counts").get(i).asInt();
            }
            return new RunLengthMask(width, height, runs);
        }
        double[][] polygons = new double[node.size()][];
        for (int i = 0; i < polygons.length; i++) {
            polygons[i] = new double[node.get(i).size()];
            for (int j = 0; j < polygons[i].length; j++) {
                polygons[i][j] = node.get(i).get(j).asDouble();
            }
        }
        return RunLengthMask.ofPolygons(width, height, polygons);
    }

    private static String image(int id, String name) {
        return "{\"id\": " + id + ", \"file_name\": \"" + name + ".png\"}";
    }

    private static Map<String, Annotation> kinds(DataSet data) {
        Map<String, Annotation> kinds = new TreeMap<>();
        data.samples().forEach(sample -> kinds.put(sample.id(), sample.annotation()));
        return kinds;
    }
}
