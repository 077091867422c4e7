package tandem.bench.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.synthetic.SyntheticInspection;
import tandem.model.weights.SafetensorsReader;

class ParityRunTest {

    @TempDir
    Path folder;

    private static float[] tensor(Path file, String name, int... shape) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return reader.read(name, shape);
        }
    }

    /** A run of two steps of all images: the files that the peer reads. */
    @Test
    void writesWeightsImagesOrderAndLosses() throws IOException {
        Path data = folder.resolve("data");
        new SyntheticInspection(64, 64, 8, 1, 1.5, 1, 3).write(data);
        Path canvases = folder.resolve("canvases.safetensors");
        Path output = folder.resolve("run");
        ParityRun.main(new String[] {
            "data=" + data,
            "boxes=Partial/train-boxes",
            "masks=Partial/train-masks",
            "canvases=" + canvases,
            "output=" + output,
            "size=64",
            "batch=4",
            "steps=2",
            "early=1",
            "optimizer=sgd"
        });
        JsonNode run = new ObjectMapper().readTree(output.resolve("run.json").toFile());
        assertEquals(2, run.get("steps").size());
        assertTrue(run.get("size").isInt(), "the peer computes with it");
        assertEquals(64, run.get("size").asInt());
        assertTrue(run.get("steps").get(1).get("total").asDouble() > 0);
        Set<Integer> seen = new HashSet<>();
        run.get("order").forEach(step -> step.forEach(image -> seen.add(image.asInt())));
        assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7), seen);
        float[] before = tensor(output.resolve("weights-0.safetensors"), "encoder.conv1.weight", 32, 7, 7, 3);
        assertFalse(Arrays.equals(
                before, tensor(output.resolve("weights-1.safetensors"), "encoder.conv1.weight", 32, 7, 7, 3)));
        assertFalse(Files.exists(output.resolve("weights-2.safetensors")));
        assertTrue(Files.exists(output.resolve("average.safetensors")));
        float[] images = tensor(canvases, "images", 8, 64, 64, 3);
        float[] weights = tensor(canvases, "weights", 8, 2);
        float[] masks = tensor(canvases, "masks", 8, 64, 64);
        // (8² + 4² + 2² + 1) cells of six anchors; an image without boxes has only background.
        float[] targets = tensor(canvases, "targets", 8, 510);
        assertEquals(8 * 510 * 4, tensor(canvases, "offsets", 8, 510, 4).length);
        for (int image = 0; image < 8; image++) {
            long positive = 0;
            for (int anchor = 0; anchor < 510; anchor++) {
                positive += targets[510 * image + anchor] >= 0 ? 1 : 0;
            }
            assertTrue(weights[2 * image] == 1 || positive == 0);
            // Each image has boxes or a mask; without one its mask is ignored everywhere.
            assertEquals(1, weights[2 * image] + weights[2 * image + 1]);
            boolean masked = weights[2 * image + 1] == 1;
            float[] mask = Arrays.copyOfRange(masks, image * 4096, (image + 1) * 4096);
            float[] ignored = new float[4096];
            Arrays.fill(ignored, 255);
            if (masked) {
                assertFalse(Arrays.equals(ignored, mask));
            } else {
                assertArrayEquals(ignored, mask);
            }
            float[] values = Arrays.copyOfRange(images, image * 12288, (image + 1) * 12288);
            double mean = 0;
            for (float value : values) {
                mean += value / values.length;
            }
            // Bytes normalized with ImageNet's mean and deviation.
            assertTrue(mean > -2.2 && mean < 2.7 && mean != 0);
        }
    }
}
