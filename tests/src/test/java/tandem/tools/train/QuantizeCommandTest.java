package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.declaration.SettingsJson;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.quantization.QuantizedFile;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;

/** Networks of random weights. */
@Timeout(600)
class QuantizeCommandTest {

    @TempDir
    Path folder;

    private Path data;
    private Path weights;
    private String held = "Main/val";

    private void network(int channels) throws IOException {
        data = folder.resolve("data");
        SyntheticInspection.of(64, 4, 3, 5).write(data);
        NetworkSettings settings = NetworkSettings.small(SyntheticInspection.CLASSES, SyntheticInspection.CLASSES, 128)
                .with(change -> change.encoderChannels(channels));
        weights = TinyWeights.write(folder.resolve("net.safetensors"), settings, SettingsJson.write(settings));
    }

    private CommandRun quantize(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "quantize",
                weights.toString(),
                "--data",
                data.toString(),
                "--device",
                "cpu",
                "--threads",
                "1",
                "--val",
                held));
        arguments.addAll(List.of(more));
        return CommandRun.direct(arguments.toArray(String[]::new));
    }

    /** Starts from a file that has a layer in int8; the first layers are wide enough to gain. */
    @Test
    void printsLayersScoresAndTimesAndWritesAFile() throws IOException {
        network(32);
        Path first = weights;
        weights = folder.resolve("net.int8.safetensors");
        try (Device device = new CpuDevice()) {
            QuantizedFile.write(first, QuantizedLayers.of(List.of("encoder.conv1")), weights, device);
        }
        CommandRun run = quantize();
        assertEquals(0, run.code(), run.err());
        assertTrue(QuantizedFile.isQuantized(weights));
        assertTrue(run.out().contains("has layers in int8 already"), run.out());
        assertTrue(run.out().contains("calibration images: 3"), run.out());
        assertEquals(
                1,
                run.out()
                        .lines()
                        .filter(line -> line.startsWith("encoder.conv1 "))
                        .count(),
                run.out());
        assertTrue(run.out().contains("AP50: "), run.out());
        assertTrue(run.out().contains("mIoU: "), run.out());
        assertTrue(run.out().contains("time of one image: "), run.out());
        long chosen =
                run.out().lines().filter(line -> line.contains("  int8  ")).count();
        assertTrue(chosen > 0, run.out());
        assertTrue(run.out().contains(chosen + " of "), run.out());
        assertTrue(run.out().contains("layers in int8: " + weights), run.out());

        CommandRun eval = CommandRun.direct(
                "eval",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                weights.toString(),
                "--data",
                data.toString(),
                "--val",
                held,
                "--output",
                folder.resolve("eval").toString());
        assertEquals(0, eval.code(), eval.err());
        assertTrue(eval.out().contains(chosen + " of "), eval.out());
        assertEquals(
                eval.out()
                        .lines()
                        .filter(line -> line.endsWith(" layers in int8"))
                        .findFirst()
                        .orElseThrow(),
                TinyRun.json(folder.resolve("eval").resolve("result.json"))
                        .at("/settings/precision")
                        .asText());

        Path onnx = folder.resolve("net.onnx");
        CommandRun export = CommandRun.of("export", weights.toString(), "-o", onnx.toString());
        assertEquals(0, export.code(), export.err());
        assertTrue(export.out().contains("all are exported in float32"), export.out());
        Path plain = folder.resolve("plain.onnx");
        assertEquals(
                0,
                CommandRun.of("export", first.toString(), "-o", plain.toString())
                        .code());
        assertEquals(-1, Files.mismatch(onnx, plain));
    }

    @Test
    void wrongInputIsOneLineAndCodeTwo() throws IOException {
        network(8);
        assertRefused(quantize("--max-loss", "2"), "--max-loss");
        assertRefused(quantize("--max-loss", "NaN"), "--max-loss");
        assertRefused(quantize("--output", folder.toString()), "is a folder");
        assertRefused(quantize("--output", folder.resolve("no/net.safetensors").toString()), "there is no folder");
        assertRefused(quantize("--calibration", "nothing"), "nothing");
        held = "nothing";
        assertRefused(quantize(), "nothing");
        weights = folder.resolve("absent.safetensors");
        assertRefused(quantize(), "absent.safetensors");
    }

    private static void assertRefused(CommandRun run, String text) {
        assertEquals(2, run.code(), run.out() + run.err());
        String line = run.err().lines().reduce((first, last) -> last).orElse("");
        assertTrue(line.contains(text), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }
}
