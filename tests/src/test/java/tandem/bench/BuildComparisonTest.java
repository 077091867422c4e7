package tandem.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildComparisonTest {

    @TempDir
    Path folder;

    private void round(String file, double step, String other) throws IOException {
        String text = """
                [{"benchmark": "tandem.bench.StepBenchmark.step", "params": {"size": "64"},
                  "primaryMetric": {"score": %s, "scoreUnit": "ms/op"},
                  "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 0.0, "scoreUnit": "B/op"}}}%s]""".formatted(step, other);
        Files.writeString(folder.resolve(file), text);
    }

    @Test
    void ratiosAreThoseOfRoundsAndNotOfMedians() throws IOException {
        String added = """
                , {"benchmark": "tandem.bench.NewBenchmark.run", "primaryMetric": {"score": 1, "scoreUnit": "s"}}""";
        // The machine becomes twice as slow after the first round: 1.1, 1.0 and 0.9 are the ratios, in whatever round.
        round("before-1.json", 10, "");
        round("after-1.json", 11, added);
        round("before-2.json", 20, "");
        round("after-2.json", 20, added);
        round("before-3.json", 40, "");
        round("after-3.json", 36, added);
        List<String> lines = BuildComparison.table(folder, 3).lines().toList();
        assertEquals("| StepBenchmark.step 64 | 20.00 | 20.00 | ms/op | 1.000 | 0.900 | 1.100 |", lines.get(2));
        assertEquals("| StepBenchmark.step 64, heap | 0.000 | 0.000 | B/op | | | |", lines.get(3));
        assertEquals("NewBenchmark.run: only in the build after, not compared", lines.get(4));
        assertEquals(5, lines.size());
    }
}
