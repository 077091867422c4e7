package tandem.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.model.data.DataFuzzTargets;
import tandem.model.data.ImageFuzzTargets;

/**
 * Damaged files are read or refused, in bounded time and memory. {@code -Dtandem.fuzz.cases=100000} runs more,
 * {@code -Dtandem.fuzz.seed=7} runs others, {@code -Dtandem.fuzz.target=coco} runs one reader.
 */
class FuzzTest {

    private static final int CASES = Integer.getInteger("tandem.fuzz.cases", 2_000);
    private static final long SEED = Long.getLong("tandem.fuzz.seed", 1);
    private static final String ONLY = System.getProperty("tandem.fuzz.target", "");

    @TempDir
    static Path folder;

    static Stream<FuzzTarget> targets() throws IOException {
        return Stream.of(
                        ImageFuzzTargets.all(folder).stream(),
                        DataFuzzTargets.all(folder).stream(),
                        WeightsFuzzTargets.all(folder).stream(),
                        PtxFuzzTargets.all().stream())
                .flatMap(all -> all)
                .filter(target -> target.name().contains(ONLY));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void damagedInputIsReadOrRefused(FuzzTarget target) throws InterruptedException {
        FuzzRun run = new FuzzRun(target, SEED, CASES, Path.of("target", "fuzz"));
        List<String> findings = run.findings();
        assertEquals(List.of(), findings, () -> String.join("\n", findings));
        assertTrue(run.refused() > 0, "no input was refused");
        assertTrue(run.refused() < CASES, "every input was refused: the seeds are not valid");
    }
}
