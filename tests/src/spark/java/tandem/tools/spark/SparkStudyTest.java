package tandem.tools.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;
import tandem.tools.study.StudyTable;

/** Only with the Maven profile {@code spark}. */
class SparkStudyTest {

    @TempDir
    Path folder;

    private CommandRun study(String output, String... more) {
        return CommandRun.of(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                "study",
                                folder.resolve("data").toString(),
                                "--boxes",
                                "Partial/train-boxes",
                                "--masks",
                                "Partial/train-masks",
                                "--val",
                                "Main/val",
                                "--strategies",
                                "transfer,multi-task,multi-task-distillation",
                                "--seeds",
                                "0,1",
                                "--visits",
                                "16",
                                "--size",
                                "64",
                                "--encoder-channels",
                                "8",
                                "--neck-channels",
                                "8",
                                "--segmentation-channels",
                                "8",
                                "--batch",
                                "4",
                                "--threads",
                                "1",
                                "--output",
                                folder.resolve(output).toString()),
                        java.util.Arrays.stream(more))
                .toArray(String[]::new));
    }

    /** With one thread a stage both ways, the figures are the same to the last bit. */
    @Test
    void aStudySpreadOverTwoExecutorThreadsGivesTheSameTable() throws Exception {
        SyntheticInspection.of(64, 8, 4, 5).write(folder.resolve("data"));
        CommandRun spread = study("spread", "--master", "local[2]");
        assertEquals(0, spread.code(), spread.err());
        assertTrue(spread.err().contains("wave 2/2"), spread.err());
        CommandRun alone = study("alone");
        assertEquals(0, alone.code(), alone.err());
        assertEquals(StudyTable.of(folder.resolve("alone")), StudyTable.of(folder.resolve("spread")));
    }

    @Test
    void aStageThatFailsIsNamedInOneLine() throws Exception {
        SyntheticInspection.of(64, 8, 4, 5).write(folder.resolve("data"));
        // A file where the folder of all stages should be.
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(folder.resolve("broken/stages"), "in the way");
        CommandRun run = study("broken", "--master", "local[2]");
        assertEquals(1, run.code());
        assertTrue(
                run.err()
                        .lines()
                        .anyMatch(line -> line.startsWith("tandem: --master local[2]: ") && line.contains("stages")),
                run.err());
    }
}
