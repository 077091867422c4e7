package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.coco.RunLengthMask;

class CocoFilesTest {

    private static final String TRUTH = """
            {"images": [{"id": 9, "width": 8, "height": 6, "file_name": "a.png"}, {"id": "3", "width": 8, "height": 6}],
             "categories": [{"id": 7, "name": "pit"}, {"id": 2, "name": "stain"}],
             "annotations": [
               {"image_id": 9, "category_id": 7, "bbox": [1, 1, 4, 2], "area": 5, "iscrowd": 1},
               {"image_id": "3", "category_id": 2, "segmentation": [[1, 1, 5, 1, 5, 3, 1, 3]]},
               {"image_id": 3, "category_id": 2, "segmentation": {"size": [6, 8], "counts": [12, 6, 30]}, "ignore": 1}]}
            """;

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void readsImagesCategoriesAndAnnotations() throws IOException {
        CocoDataset dataset = CocoDataset.read(write("truth.json", TRUTH));
        assertEquals(List.of(3L, 9L), List.copyOf(dataset.images().keySet()));
        assertEquals(List.of("stain", "pit"), List.copyOf(dataset.categories().values()));
        CocoDataset.Annotation crowd = dataset.images().get(9L).annotations().get(0);
        assertEquals(new BoxRegion(1, 1, 5, 3), crowd.box());
        assertEquals(1, crowd.label());
        assertEquals(5, crowd.area());
        assertTrue(crowd.crowd());
        List<CocoDataset.Annotation> masks = dataset.images().get(3L).annotations();
        assertEquals(8, masks.get(0).area());
        assertEquals(new RunLengthMask.Bounds(1, 1, 5, 3), masks.get(0).mask().bounds());
        assertEquals(new RunLengthMask.Bounds(2, 0, 3, 6), masks.get(1).mask().bounds());
        assertTrue(masks.get(1).ignored());
    }

    @Test
    void resultsSurviveTheRoundTrip() throws IOException {
        CocoDataset dataset = CocoDataset.read(write("truth.json", TRUTH));
        List<CocoResult> results = List.of(
                new CocoResult(9, 7, 0.25, new BoxRegion(1.5, 2, 3.25, 6), null),
                new CocoResult(3, 2, 0.1, null, RunLengthMask.ofPolygons(8, 6, new double[] {1, 1, 5, 1, 5, 3, 1, 3})));
        Path file = folder.resolve("results.json");
        CocoResult.write(file, results);
        assertEquals(results, CocoResult.read(file, dataset));
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals("[1.5,2.0,1.75,4.0]", json.get(0).get("bbox").toString());
        assertEquals(6, json.get(1).get("segmentation").get("size").get(0).asInt());
        CocoResult.write(file, List.of());
        assertEquals(List.of(), CocoResult.read(file, dataset));
    }

    @Test
    void badFilesAreNamedWithThePlace() throws IOException {
        assertMessage("line 2: not valid JSON", "{\"images\": [],\n \"categories\": [}");
        assertMessage("images: expected an array", "{\"categories\": []}");
        assertMessage(
                "annotations[0]: unknown category_id 4",
                "{\"images\": [{\"id\": 1}], \"categories\": [], \"annotations\": [{\"image_id\": 1, \"category_id\": 4}]}");
        assertMessage("annotations[0].bbox: box (0.0, 0.0, -2.0, 1.0) is inverted", """
                {"images": [{"id": 1}], "categories": [{"id": 4}],
                 "annotations": [{"image_id": 1, "category_id": 4, "bbox": [0, 0, -2, 1]}]}""");
        assertMessage("annotations[0].segmentation: polygons need the width", """
                {"images": [{"id": 1}], "categories": [{"id": 4}],
                 "annotations": [{"image_id": 1, "category_id": 4, "segmentation": [[0, 0, 1, 1, 2, 0]]}]}""");
        assertMessage("annotations[0].segmentation: compressed run-length mask ends", """
                {"images": [{"id": 1}], "categories": [{"id": 4}],
                 "annotations": [{"image_id": 1, "category_id": 4, "segmentation": {"size": [2, 2], "counts": "X"}}]}""");
        CocoDataset dataset = CocoDataset.read(write("truth.json", TRUTH));
        Path noScore = write("noscore.json", "[{\"image_id\": 9, \"category_id\": 7, \"bbox\": [1, 1, 4, 2]}]");
        assertTrue(assertThrows(IOException.class, () -> CocoResult.read(noScore, dataset))
                .getMessage()
                .endsWith("noscore.json, detection 0: has no numeric score"));
        Path empty = write("empty.json", "");
        assertThrows(IOException.class, () -> CocoDataset.read(empty));
    }

    @Test
    void detectionsOutsideTheDatasetAreRefused() throws IOException {
        CocoDataset dataset = CocoDataset.read(write("truth.json", TRUTH));
        List<CocoResult> unknown = List.of(new CocoResult(5, 7, 1, new BoxRegion(0, 0, 1, 1), null));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> dataset.evaluate(unknown, CocoDataset.Kind.BOXES))
                .getMessage()
                .contains("no such image"));
    }

    private void assertMessage(String expected, String text) throws IOException {
        Path file = write("bad.json", text);
        String message =
                assertThrows(IOException.class, () -> CocoDataset.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(expected), message);
    }
}
