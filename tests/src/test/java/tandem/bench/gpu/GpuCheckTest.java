package tandem.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.cuda.MockCuda;
import tandem.engine.cuda.MockMain;

/** The whole GPU check on the mock GPU, in small sizes; and its report when everything fails or hangs. */
class GpuCheckTest {

    @TempDir
    Path folder;

    private JsonNode report;
    private String text;

    private int check(String java, String... options) throws IOException, InterruptedException {
        Path script = Path.of("..", "bench", "gpu-check");
        script = Files.exists(script) ? script : Path.of("bench", "gpu-check");
        List<String> command = new ArrayList<>(List.of(
                "python3",
                script.toAbsolutePath().normalize().toString(),
                "--output",
                folder.resolve("report").toString(),
                "--java",
                java,
                "--system-libraries"));
        command.addAll(List.of(options));
        Path log = folder.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "there is no python3: " + e.getMessage());
            return -1;
        }
        if (!process.waitFor(8, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("it hangs: " + Files.readString(log));
        }
        Path json = folder.resolve("report/gpu-check.json");
        assertTrue(Files.exists(json), () -> "no report; it printed " + log);
        report = new JsonMapper().readTree(json.toFile());
        text = Files.readString(folder.resolve("report/gpu-check.md"));
        return process.exitValue();
    }

    private Map<String, String> verdicts() {
        Map<String, String> verdicts = new HashMap<>();
        report.get("targets")
                .forEach(target -> verdicts.put(
                        target.get("target").asText(),
                        target.get("verdict").asText() + ": "
                                + target.get("text").asText()));
        return verdicts;
    }

    @Test
    void runsToItsEndOnTheMock() throws Exception {
        Path mock = Files.createDirectory(folder.resolve("mock"));
        try {
            MockCuda.build(mock);
        } catch (IOException e) {
            assumeTrue(false, "the mock CUDA libraries cannot be built: " + e.getMessage());
        }
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 24) {
            java.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        java.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MockMain.class.getName(),
                mock.toString()));
        check("'" + String.join("' '", java) + "'", "--small");

        Map<String, String> verdicts = verdicts();
        for (String what : List.of(
                "doctor exits with status 0",
                "every row of the operation table on the GPU",
                "2 training steps on both devices",
                "two GPU runs give the same bits",
                "memory of resnet18, float32, is as planned")) {
            assertTrue(verdicts.getOrDefault(what, "absent").startsWith("PASS"), what + ": " + verdicts.get(what));
        }
        Set<String> failed = new HashSet<>();
        Set<String> parts = new HashSet<>();
        for (JsonNode part : report.get("parts")) {
            parts.add(part.get("part").asText());
            if (!part.get("error").isNull() && !part.get("part").asText().startsWith("PyTorch")) {
                failed.add(part.toString());
            }
        }
        assertEquals(Set.of(), failed);
        assertTrue(
                parts.containsAll(List.of(
                        "machine",
                        "operation table",
                        "kernel bandwidth",
                        "training, resnet18, float32",
                        "inference, resnet18",
                        "PyTorch")),
                parts.toString());
        assertTrue(
                report.get("machine").get("device").asText().contains("Mock GPU"),
                report.get("machine").toString());
        assertTrue(
                text.contains("| copy | limit |")
                        && text.contains("| adamw_step | optimizer |")
                        && text.contains("| Tandem | every 20 ms |"),
                text);
        assertTrue(
                verdicts.get("training of resnet18, float32, at least 1.3 times PyTorch's best")
                                .startsWith("NOT MEASURED: ")
                        || text.contains("PyTorch, training"),
                verdicts.toString());
    }

    @Test
    void reportHasTheErrorOfAFailedPart() throws Exception {
        assertEquals(1, check("sh -c 'echo broken-on-purpose >&2; exit 7'", "--small"));
        Map<String, String> verdicts = verdicts();
        assertTrue(
                verdicts.get("doctor exits with status 0").startsWith("FAIL: ended with status 7: broken-on-purpose"),
                verdicts.toString());
        assertFalse(verdicts.values().stream().anyMatch(verdict -> verdict.startsWith("PASS")), verdicts.toString());
        assertTrue(text.contains("broken-on-purpose"), text);
    }

    @Test
    void partThatHangsIsStopped() throws Exception {
        assertEquals(1, check("sh -c 'sleep 100'", "--small", "--minutes", "0.1"));
        List<String> errors = new ArrayList<>();
        report.get("parts").forEach(part -> errors.add(part.get("error").asText()));
        assertTrue(errors.get(0).startsWith("stopped after 6 s, its limit"), errors.toString());
        assertTrue(
                errors.subList(1, errors.size()).stream()
                        .allMatch(error -> error.startsWith("not run: the 0.1 minutes were used up")),
                errors.toString());
    }
}
