package tandem.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.inference.PartThresholds;
import tandem.model.train.TinyNetwork;

/** The example of the README runs, and the README shows it. */
class LineLoopTest {

    @TempDir
    Path folder;

    @Test
    void everyFrameIsDecided() throws IOException {
        TinyNetwork network = TinyNetwork.train(folder, 70, 50, 1);
        Files.writeString(
                PartThresholds.file(network.checkpoint()),
                PartThresholds.of(1, -1).toJson().toString());
        List<Boolean> gate = new ArrayList<>();
        int[] frames = new int[1];
        LineLoop.run(network.checkpoint(), buffer -> fill(buffer, frames[0]++), gate::add);
        assertEquals(List.of(true, true, true), gate);
    }

    private static boolean fill(ByteBuffer buffer, int number) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * number));
        }
        return number < 3;
    }

    @Test
    void theReadmeShowsTheExample() throws IOException {
        String source = Files.readString(Path.of("src/test/java/tandem/example/LineLoop.java"));
        String example = source.substring(
                source.indexOf("// begin of the example\n") + "// begin of the example\n".length(),
                source.indexOf("    // end of the example"));
        String quoted = example.stripTrailing().stripIndent();
        assertTrue(
                Files.readString(Path.of("../README.md")).contains("```java\n" + quoted + "\n```"),
                "README.md does not contain:\n" + quoted);
        assertTrue(quoted.lines().count() <= 25, quoted.lines().count() + " lines");
    }
}
