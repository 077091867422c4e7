package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final List<String> BOXES = List.of("scratch", "pit", "stain");
    private static final List<String> MASKS = List.of("scratch", "stain");

    @Test
    void partiallyAnnotatedImagesCountForWhatTheyCarry() throws IOException {
        Evaluator evaluator = new Evaluator(BOXES, MASKS);
        BoxRegion box = new BoxRegion(10, 10, 30, 30);
        evaluator.add(
                "boxes only",
                List.of(new Detection(0, 0.9, box), new Detection(1, 0.8, box)),
                List.of(
                        new TruthBox(0, box, false),
                        new TruthBox(1, new BoxRegion(50, 50, 60, 60), false),
                        new TruthBox(2, new BoxRegion(70, 70, 90, 90), true)),
                new byte[] {1, 1},
                null);
        evaluator.add(
                "mask only", List.of(new Detection(0, 0.9, box)), null, new byte[] {0, 0, 1, 1}, new byte[] {0, 0, 1, 0
                });
        evaluator.add("neither", List.of(), null, null, null);
        Evaluation result = evaluator.result();

        assertEquals(3, result.images());
        assertEquals(1, result.boxes().images());
        assertEquals(1, result.masks().images());
        // Scratch is found, pit is not, stain is only difficult and so left out.
        assertEquals(0.5, result.ap50(), 1e-15);
        assertEquals(0.5, result.ap(), 1e-15);
        assertEquals(0.5, result.boxes().vocAllPoint(), 1e-15);
        assertEquals((2 / 3.0 + 1 / 2.0) / 2, result.miou(), 1e-15);
        assertEquals(0.75, result.pixelAccuracy(), 1e-15);
        assertEquals("pit", result.boxes().classes().get(1).name());
        assertEquals(0, result.boxes().classes().get(1).recall());
        assertTrue(Double.isNaN(result.boxes().classes().get(2).ap50()));

        JsonNode json = new ObjectMapper().readTree(result.toJson().toString());
        assertEquals(0.5, json.get("ap50").asDouble());
        assertEquals(0.75, json.get("pixelAccuracy").asDouble());
        assertTrue(json.get("boxes").get("apLarge").isNull());
        assertEquals(
                "scratch", json.get("boxes").get("classes").get(0).get("name").asText());
        assertEquals(1, json.get("boxes").get("classes").get(0).get("ap50").asDouble());
        assertEquals(
                "background",
                json.get("masks").get("classes").get(0).get("name").asText());
        assertEquals(
                "stain", json.get("masks").get("classes").get(2).get("name").asText());
        assertTrue(json.get("masks").get("classes").get(2).get("iou").isNull());
        assertEquals(2 / 3.0, json.get("masks").get("classes").get(0).get("iou").asDouble(), 1e-15);
    }

    @Test
    void nothingAnnotated() {
        Evaluation result = new Evaluator(BOXES, MASKS).result();
        assertNull(result.boxes());
        assertNull(result.masks());
        assertTrue(Double.isNaN(result.ap50()));
        assertTrue(result.toJson().get("miou").isNull());
    }

    @Test
    void errorsNameTheImage() {
        Evaluator evaluator = new Evaluator(BOXES, MASKS);
        assertTrue(message(() -> evaluator.add("a.jpg", List.of(), null, new byte[3], new byte[4]))
                .startsWith("image a.jpg: predicted mask has 3 pixels"));
        assertTrue(message(() -> evaluator.add("b.jpg", List.of(), null, null, new byte[4]))
                .startsWith("image b.jpg: it has a true mask but no predicted one"));
        assertTrue(message(() -> evaluator.add(
                        "c.jpg", List.of(new Detection(3, 1, new BoxRegion(0, 0, 1, 1))), List.of(), null, null))
                .startsWith("image c.jpg: label 3 with 3 box classes"));
        assertTrue(message(() -> evaluator.add("e.jpg", null, List.of(), null, null))
                .contains("no list of detections"));
        assertTrue(message(() -> evaluator.add(
                        "f.jpg",
                        List.of(),
                        List.of(new TruthBox(3, new BoxRegion(0, 0, 1, 1), false)),
                        new byte[1],
                        new byte[1]))
                .contains("label 3"));
        assertEquals(0, evaluator.result().images());
        assertNull(evaluator.result().masks(), "an image that fails is not counted at all");
        assertTrue(
                message(() -> new Evaluator(BOXES, List.of()).add("d.jpg", List.of(), null, new byte[1], new byte[1]))
                        .contains("no mask classes"));
    }

    private static String message(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }
}
