package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.cli.Tandem;

class PretrainCommandTest {

    private static final List<String> TINY = List.of(
            "--size",
            "96",
            "--batch",
            "2",
            "--images",
            "4",
            "--held-out",
            "2",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--convolutions",
            "direct");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("pretrain"));
        arguments.addAll(TINY);
        arguments.addAll(Arrays.asList(more));
        return Tandem.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    @Test
    void encoderIsWrittenInSixteenBits() throws IOException {
        assertEquals(0, run("--steps", "3", "--output", folder.toString()), err::toString);
        Path weights = folder.resolve(PretrainCommand.WEIGHTS);
        assertTrue(Files.size(weights) < 6_000_000, "bytes: " + Files.size(weights));
        try (SafetensorsReader small = SafetensorsReader.open(weights);
                SafetensorsReader full = SafetensorsReader.open(folder.resolve(CheckpointStore.CURRENT))) {
            assertTrue(small.names().stream().allMatch(name -> name.startsWith("encoder.")));
            assertEquals(
                    full.names().stream()
                            .filter(name -> name.startsWith("encoder."))
                            .count(),
                    small.names().size());
            int[] shape = small.shape("encoder.layer4.1.conv2.weight");
            float[] stored = small.readAnyFloat("encoder.layer4.1.conv2.weight", shape);
            float[] exact = full.read("encoder.layer4.1.conv2.weight", shape);
            for (int i = 0; i < exact.length; i++) {
                assertEquals(exact[i], stored[i], Math.abs(exact[i]) / 2048 + 0x1p-25);
            }
        }
        JsonNode result =
                new JsonMapper().readTree(folder.resolve("result.json").toFile());
        assertEquals(3, result.get("steps").asInt());
        assertEquals(3, result.get("trainingImages").asInt());
        assertTrue(Files.size(folder.resolve(PretrainCommand.EXAMPLES)) > 0);
    }

    @Test
    void stepsFollowFromTheTime() throws IOException {
        assertEquals(0, run("--minutes", "0.05", "--parts", "heads", "--output", folder.toString()), err::toString);
        assertTrue(err.toString().contains("ms per step of 2 images"), err::toString);
        try (SafetensorsReader small = SafetensorsReader.open(folder.resolve(PretrainCommand.WEIGHTS))) {
            assertTrue(small.contains("detection.location.0.out.weight"));
            assertTrue(small.contains("segmentation.fuse.2.conv.weight"));
            assertTrue(small.names().stream()
                    .noneMatch(name ->
                            name.startsWith("segmentation.out") || name.matches("detection.confidence.*out.*")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--steps 1 --minutes 1", "--steps 0", "--minutes -1", "--steps 1 --learning-rate 0"})
    void badOptionsAreOneLine(String options) {
        List<String> more = new ArrayList<>(List.of("--output", folder.toString()));
        more.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));
        assertEquals(2, run(more.toArray(String[]::new)));
        assertEquals(
                1,
                err.toString()
                        .lines()
                        .filter(line -> !line.startsWith("device:"))
                        .count(),
                err::toString);
    }
}
