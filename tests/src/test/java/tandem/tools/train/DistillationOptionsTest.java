package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

class DistillationOptionsTest {

    @TempDir
    Path folder;

    @Test
    void aStudentIsDistilledFromTeachersAndTheLogHasTheLosses() throws IOException {
        Path data = TinyRun.data(folder.resolve("data"));
        Path teacher = folder.resolve("teacher");
        TinyRun.trainTwoSteps(data, teacher);
        String file = teacher.resolve("checkpoint.safetensors").toString();
        Path student = folder.resolve("student");
        CommandRun run = TinyRun.trainTwoSteps(
                data,
                student,
                "--teacher-detection",
                file,
                "--teacher-segmentation",
                file,
                "--teacher-images",
                "unlabelled",
                "--imitate",
                "pdf",
                "--levels",
                "auto",
                "--similarity-every",
                "1",
                "--temperature",
                "2",
                "--measure-every",
                "0");
        assertTrue(run.err().contains(", teachers "), run.err());
        JsonNode settings = TinyRun.json(student.resolve("result.json"))
                .get("settings")
                .get("training")
                .get("distillation");
        assertEquals("pdf", settings.get("features").asText());
        assertEquals("unlabelled", settings.get("detection").get("images").asText());
        assertEquals(2, settings.get("segmentation").get("temperature").asDouble());
        assertTrue(settings.get("automaticLevels").asBoolean());
        List<String> log = Files.readAllLines(student.resolve("log.jsonl"));
        List<JsonNode> measured = log.stream()
                .filter(line -> line.startsWith("{\"event\":\"similarity\""))
                .map(DistillationOptionsTest::read)
                .toList();
        assertEquals(4, measured.size());
        assertEquals(4, measured.get(0).get("similarity").size());
        JsonNode step = log.stream()
                .filter(line -> line.startsWith("{\"event\":\"step\""))
                .map(DistillationOptionsTest::read)
                .findFirst()
                .orElseThrow();
        assertTrue(step.get("losses").get("distillation").asDouble() > 0);
        String report = Files.readString(student.resolve("report.html"));
        assertTrue(report.contains("Feature map similarity of student and segmentation teacher")
                && report.contains("distillation"));
    }

    private static JsonNode read(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new IllegalStateException(line, e);
        }
    }

    private CommandRun refused(String... options) {
        Path data = folder.resolve("data");
        CommandRun run =
                TinyRun.train(Files.exists(data) ? data : TinyRun.data(data), folder.resolve("refused"), options);
        assertEquals(2, run.code(), run.err());
        return run;
    }

    @Test
    void whatCannotBeMeantIsRefused() throws IOException {
        assertTrue(refused("--imitate", "mse").err().contains("name one with --teacher-detection"));
        String missing = folder.resolve("missing.safetensors").toString();
        assertTrue(refused("--teacher-detection", missing)
                .err()
                .contains("--teacher-detection " + missing + ": no such file"));
        Path file = Files.write(folder.resolve("some"), new byte[] {1});
        assertTrue(refused("--teacher-detection", file.toString(), "--levels", "auto,1")
                .err()
                .contains("--levels auto stands alone"));
        assertTrue(refused("--teacher-detection", file.toString(), "--levels", "fine")
                .err()
                .contains("--levels fine: expected numbers"));
        assertTrue(refused("--teacher-detection", file.toString(), "--levels", "1,1")
                .err()
                .contains("different numbers"));
    }
}
