package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.CommandRun;

/** The encoder of this build, and the runs that start from it. */
class ShippedWeightsTest {

    private static final String FILTER = "encoder.layer4.1.conv2.weight";

    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void write() {
        data = TinyRun.data(folder.resolve("data"));
    }

    private static byte[] resource() throws IOException {
        try (InputStream stream = ShippedWeights.class.getResourceAsStream(ShippedWeights.NAME)) {
            return stream.readAllBytes();
        }
    }

    /** The values of a float16 tensor, read from the bytes of the file. */
    private static float[] halves(byte[] file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(bytes.getLong(0));
        JsonNode tensor = new ObjectMapper().readTree(file, 8, header).get(name);
        assertEquals("F16", tensor.get("dtype").asText());
        int begin = 8 + header + tensor.at("/data_offsets/0").asInt();
        int end = 8 + header + tensor.at("/data_offsets/1").asInt();
        float[] values = new float[(end - begin) / 2];
        for (int i = 0; i < values.length; i++) {
            int bits = bytes.getShort(begin + 2 * i) & 0xffff;
            int exponent = bits >> 10 & 31;
            float fraction = (bits & 1023) / 1024f;
            float size = exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
            int at = i;
            assertTrue(exponent < 31, () -> "value " + at + " is not finite");
            values[i] = bits >> 15 == 0 ? size : -size;
        }
        return values;
    }

    private CommandRun train(Path output, String... more) {
        String[] own = {
            "--size",
            "64",
            "--epochs",
            "1",
            "--batch",
            "4",
            "--lr",
            "1e-12",
            "--warmup",
            "0",
            "--convolutions",
            "direct"
        };
        String[] arguments = new String[own.length + more.length];
        System.arraycopy(own, 0, arguments, 0, own.length);
        System.arraycopy(more, 0, arguments, own.length, more.length);
        CommandRun run = TinyRun.train(data, output, arguments);
        assertEquals(0, run.code(), run.err());
        return run;
    }

    private static String start(Path run) throws IOException {
        return new ObjectMapper()
                .readTree(Files.readString(run.resolve("result.json")))
                .at("/settings/initialWeights")
                .asText();
    }

    @Test
    void itIsTheFileThatWasMeasured() throws IOException, GeneralSecurityException {
        byte[] file = resource();
        assertTrue(file.length < 6_000_000, file.length + " bytes");
        assertEquals(
                "b2838a7ec35860a870a1576c69bd439a7c48c1c829f24ff4af96afa7e7bf4b81",
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file)),
                "another file needs bench/pretrained again");
    }

    @Test
    void aRunStartsFromIt() throws IOException {
        Path output = folder.resolve("shipped");
        CommandRun run = train(output);
        assertTrue(
                run.err().contains("encoder from this build (--pretrained none for random initial weights)"),
                run.err());
        assertEquals("shipped", start(output));
        float[] expected = halves(resource(), FILTER);
        try (SafetensorsReader reader = SafetensorsReader.open(output.resolve("checkpoint.safetensors"))) {
            float[] trained = reader.read("training/" + FILTER, reader.shape("training/" + FILTER));
            assertEquals(expected.length, trained.length);
            float largest = 0;
            for (int i = 0; i < expected.length; i++) {
                int at = i;
                assertEquals(expected[i], trained[i], 1e-9f, () -> "value " + at);
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            assertTrue(largest > 0.01f, "all values are near zero");
        }
    }

    /**
     * Learning rate near zero: the encoder of each network is still the shipped one, also that of the printed command.
     */
    @Test
    void aStudyStartsFromIt() throws IOException {
        Path output = folder.resolve("study");
        CommandRun run = CommandRun.direct(
                "study",
                data.toString(),
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
                "--val",
                "Main/val",
                "--strategies",
                "single-task",
                "--seeds",
                "0",
                "--visits",
                "4",
                "--size",
                "64",
                "--batch",
                "4",
                "--lr",
                "1e-12",
                "--warmup",
                "0",
                "--output",
                output.toString());
        assertEquals(0, run.code(), run.err());
        float[] expected = halves(resource(), FILTER);
        List<Path> stages;
        try (Stream<Path> list = Files.list(output.resolve("stages"))) {
            stages = list.toList();
        }
        assertEquals(2, stages.size());
        for (Path stage : stages) {
            try (SafetensorsReader reader = SafetensorsReader.open(stage.resolve("weights.safetensors"))) {
                assertArrayEquals(expected, reader.read(FILTER, reader.shape(FILTER)), 1e-9f, stage.toString());
            }
        }
        assertTrue(run.out().contains("--pretrained shipped"), run.out());
        String report = Files.readString(output.resolve("report.md"));
        assertTrue(report.contains("| initial encoder | shipped | default |"), report);
    }

    @Test
    void randomInitialWeightsRemain() throws IOException {
        Path none = folder.resolve("none");
        assertFalse(train(none, "--pretrained", "none").err().contains("encoder from"));
        assertEquals("none", start(none));
        Path narrow = folder.resolve("narrow");
        assertFalse(train(narrow, "--encoder-channels", "8").err().contains("encoder from"));
        assertEquals("none", start(narrow));
    }
}
