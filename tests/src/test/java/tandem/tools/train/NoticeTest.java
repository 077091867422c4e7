package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.declaration.SettingsJson;
import tandem.model.network.NetworkSettings;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;

/** What the error stream of the process contains beside the messages of a command. */
class NoticeTest {

    @TempDir
    Path folder;

    @Test
    void anAbsentFieldOfACheckpointIsReportedInOneLine() throws IOException {
        NetworkSettings settings = NetworkSettings.small(SyntheticInspection.CLASSES, List.of(), 64)
                .with(change -> change.encoderChannels(8).neckChannels(8));
        String text = SettingsJson.write(settings);
        Path complete = TinyWeights.write(folder.resolve("complete.safetensors"), settings, text);
        Path without = TinyWeights.write(
                folder.resolve("without.safetensors"), settings, text.replace("\"neck\":\"fpn\",", ""));
        Path data = TinyRun.data(folder.resolve("data"));
        assertEquals(List.of(), notices(data, complete));
        assertEquals(List.of("WARN " + without + ": no neck, the default fpn is used"), notices(data, without));
    }

    private List<String> notices(Path data, Path weights) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CommandRun run;
        try {
            System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            run = CommandRun.direct(
                    "eval",
                    "--weights",
                    weights.toString(),
                    "--data",
                    data.toString(),
                    "--val",
                    "Main/val",
                    "--output",
                    folder.resolve("out").toString());
        } finally {
            System.setErr(before);
        }
        assertEquals(0, run.code(), run.err());
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
