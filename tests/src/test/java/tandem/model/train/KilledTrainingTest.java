package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledTrainingTest {

    @TempDir
    Path folder;

    /** Three kills; {@code tests/kill-training.sh} does fifty. */
    @Test
    void aKilledProcessLeavesAReadableCheckpoint() throws IOException, InterruptedException {
        assertTrue(KilledTraining.kill(folder, 3, 7) > 0);
    }
}
