package tandem.tools.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StudyCommandTest {

    @TempDir
    static Path folder;

    private CommandRun first;

    private CommandRun study(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "study",
                folder.resolve("data").toString(),
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
                "--val",
                "Main/val",
                "--visits",
                "24",
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
                "--device",
                "cpu",
                "--threads",
                "1",
                "--output",
                folder.resolve(output).toString()));
        arguments.addAll(List.of(more));
        return CommandRun.direct(arguments.toArray(String[]::new));
    }

    private List<JsonNode> lines(String output) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(output).resolve(ResultsFile.NAME))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private List<Path> stages(String output) throws IOException {
        try (Stream<Path> stages = Files.list(folder.resolve(output).resolve("stages"))) {
            return stages.sorted().toList();
        }
    }

    /** The finished study under another name, for tests that add to it. */
    private void copy(String name) throws IOException {
        Path from = folder.resolve("study");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folder.resolve(name).resolve(from.relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @BeforeAll
    void runOnce() {
        SyntheticInspection.of(64, 8, 4, 5).write(folder.resolve("data"));
        first = study(
                "study",
                "--strategies",
                "transfer-frozen,multi-task,multi-task-full",
                "--seeds",
                "0,1",
                "--budgets",
                "50%,4+3");
        assertEquals(0, first.code(), first.err());
    }

    @Test
    void foldersOfOtherStagesAreReported() throws IOException {
        assertFalse(first.out().contains("of no stage of this plan"), first.out());
        Path stages = Files.createDirectories(folder.resolve("unused/stages"));
        Files.createDirectories(stages.resolve("detection-0123456789abcdef"));
        Files.createDirectories(stages.resolve("segmentation-0123456789abcdef"));
        CommandRun run = study("unused", "--dry-run", "--seeds", "0", "--strategies", "multi-task");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("stage folders under " + stages + " of no stage of this plan: 2 "), run.out());
    }

    @Test
    void optionsThatAStudyRefusesAreNotInItsHelp() {
        String help = CommandRun.of("study", "--help").out();
        assertTrue(help.contains("--batch") && help.contains("--seeds"), help);
        assertFalse(help.contains("--epochs") || help.matches("(?s).*--seed[ =].*"), help);
        for (String[] option : new String[][] {{"--epochs", "use --visits N"}, {"--seed", "use --seeds N,N,..."}}) {
            CommandRun run = study("refused", option[0], "3");
            assertEquals(2, run.code(), run.err());
            assertTrue(run.err().contains(option[0] + " does not apply to a study: " + option[1]), run.err());
        }
    }

    @Test
    void aLineForEachRunAndAStageForEachTraining() throws IOException {
        List<JsonNode> lines = lines("study");
        assertEquals(4 * 2 * 2, lines.size());
        TreeSet<String> budgets = new TreeSet<>();
        for (JsonNode line : lines) {
            for (String name :
                    List.of("strategy", "seed", "boxes", "masks", "ap50", "ap", "miou", "seconds", "key", "stages")) {
                assertTrue(line.has(name), name);
            }
            assertTrue(line.get("miou").asDouble() >= 0 && line.get("miou").asDouble() <= 1);
            budgets.add(line.get("boxes") + "+" + line.get("masks"));
            assertEquals(
                    line.get("strategy").asText().startsWith("multi-task") ? 1 : 2,
                    line.get("networks").asInt());
        }
        assertEquals(new TreeSet<>(List.of("2+4", "4+3")), budgets);
        // For each seed and budget: detection, segmentation, and one for each of the three others.
        assertEquals(2 * 2 * 5, stages("study").size());
        for (Path stage : stages("study")) {
            try (Stream<Path> files = Files.list(stage)) {
                assertTrue(
                        files.noneMatch(file -> file.getFileName().toString().startsWith("checkpoint")),
                        stage + " keeps a checkpoint");
            }
        }
    }

    @Test
    void theReportHasTablesChartsImagesAndARecommendation() throws IOException {
        String html = Files.readString(folder.resolve("study").resolve(StudyReport.HTML));
        String markdown = Files.readString(folder.resolve("study").resolve(StudyReport.MARKDOWN));
        for (String text : List.of(
                "Recommendation",
                "multi-task-full",
                "difference from single-task [95 %]",
                "AP50 with 4 images with boxes and 3 with masks")) {
            assertTrue(html.contains(text) && markdown.contains(text), text);
        }
        assertEquals(2, html.split("<svg xmlns", -1).length - 1, "charts; the colors of a legend have no namespace");
        int busy = 0;
        for (String id : Files.readAllLines(folder.resolve("data/ImageSets/Main/val.txt"))) {
            busy += Files.readString(folder.resolve("data/Annotations").resolve(id + ".xml"))
                            .contains("<object>")
                    ? 1
                    : 0;
        }
        assertTrue(busy > 0 && busy <= 4);
        String examples = html.substring(
                html.indexOf("Predictions of each strategy"), html.indexOf("Grad-CAM heat maps of single-task and "));
        assertEquals(
                busy,
                examples.split("<div class=\"strip", -1).length - 1,
                "a row of images for each held-out image that shows an object");
        assertEquals(busy * (2 + 4), examples.split("<img alt=\"", -1).length - 1, "input, truth, four strategies");
        assertFalse(html.contains("alt=\"\""));
        String maps =
                html.substring(html.indexOf("Grad-CAM heat maps of single-task and "), html.indexOf("<h2>Runs</h2>"));
        int rows = maps.split("<div class=\"strip", -1).length - 1;
        assertTrue(rows >= busy && rows <= 2 * busy, rows + " rows");
        assertEquals(
                rows,
                maps.split("single-task, boxes: best score ", -1).length - 1 - rows,
                "as caption and alternative");
        assertEquals(
                rows * (1 + 2 + 2), maps.split("<img alt=\"", -1).length - 1, "truth, and two maps of two strategies");
        assertTrue(html.contains("<td>strategies</td><td>single-task, transfer-frozen"));
        assertTrue(first.out().contains("2 seeds"), first.out());
    }

    /** Nothing is trained twice: the stages' files stay as they are, and an added seed adds its own. */
    /** The printed commands train the networks of the recommended strategy: each step has the same losses. */
    @Test
    void thePrintedCommandRepeatsTheRecommendedNetworks() throws IOException {
        List<String> commands = first.out()
                .lines()
                .filter(line -> line.startsWith("  tandem train "))
                .toList();
        assertTrue(!commands.isEmpty(), first.out());
        for (String command : commands) {
            assertTrue(command.endsWith(" --device cpu --threads 1 --convolutions direct"), command);
            String[] words = command.strip().substring("tandem ".length()).split(" ");
            CommandRun again = CommandRun.of(words);
            assertEquals(0, again.code(), again.err());
            Path output = Path.of(words[List.of(words).indexOf("--output") + 1]);
            Path stage = output.getParent().resolveSibling("stages").resolve(output.getFileName());
            assertEquals(losses(stage.resolve("log.jsonl")), losses(output.resolve("log.jsonl")));
        }
    }

    private static List<String> losses(Path log) throws IOException {
        List<String> losses = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            JsonNode event = new ObjectMapper().readTree(line);
            if (event.has("gradientNorm")) {
                losses.add(event.get("losses") + " " + event.get("gradientNorm") + " " + event.get("learningRate"));
            }
        }
        assertTrue(!losses.isEmpty(), log.toString());
        return losses;
    }

    @Test
    void theSameCommandAgainOnlyWritesTheReportAndMoreSeedsAreAdded() throws IOException {
        copy("more");
        List<JsonNode> before = lines("more");
        List<Path> stages = stages("more");
        List<Object> times = new ArrayList<>();
        for (Path stage : stages) {
            times.add(Files.getLastModifiedTime(stage.resolve("weights.safetensors")));
        }
        CommandRun again = study("more", "--strategies", "multi-task", "--seeds", "0,1,2", "--budgets", "4+3");
        assertEquals(0, again.code(), again.err());
        assertEquals(before.size() + 2, lines("more").size());
        assertEquals(before, lines("more").subList(0, before.size()));
        assertEquals(stages.size() + 3, stages("more").size());
        for (int i = 0; i < stages.size(); i++) {
            assertEquals(times.get(i), Files.getLastModifiedTime(stages.get(i).resolve("weights.safetensors")));
        }
        assertTrue(Files.readString(folder.resolve("more").resolve(StudyReport.MARKDOWN))
                .contains("2 strategies, 3 seeds, 1 annotation budgets"));
    }

    @Test
    void aTornLastLineIsCutOffAndItsRunAddedAgain() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("torn"));
        String text = Files.readString(folder.resolve("study").resolve(ResultsFile.NAME));
        List<String> lines = text.lines().toList();
        Files.writeString(
                copy.resolve(ResultsFile.NAME),
                lines.get(0) + "\n" + lines.get(1).substring(0, 40));
        ResultsFile file = new ResultsFile(copy);
        assertEquals(1, file.results().size());
        file.add(new ObjectMapper().readValue(lines.get(1), RunResult.class));
        assertEquals(lines.subList(0, 2), Files.readAllLines(copy.resolve(ResultsFile.NAME)));
        file.add(new ObjectMapper().readValue(lines.get(1), RunResult.class));
        assertEquals(2, Files.readAllLines(copy.resolve(ResultsFile.NAME)).size());
    }

    @Test
    void aWholeLineThatIsNoResultIsNamed() throws IOException {
        Path output = Files.createDirectories(folder.resolve("bad"));
        Files.writeString(
                output.resolve(ResultsFile.NAME), "{\"strategy\": 1, \"unknown\": 2}\n", StandardOpenOption.CREATE);
        CommandRun run = study("bad", "--strategies", "single-task", "--seeds", "0");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("results.jsonl, line 1"), run.err());
    }

    @Test
    void aPilotPassesOrFailsLineByLine() throws IOException {
        copy("pilot");
        Path criteria = folder.resolve("accept.json");
        Files.writeString(
                criteria,
                "{\"ap50\": {\"scratch\": 0, \"mean\": 0}, \"miou\": 0, \"misses\": {\"most\": 1000, \"score\": 0.3}, \"p99Milliseconds\": 60000}");
        CommandRun passed = study(
                "pilot",
                "--strategies",
                "multi-task",
                "--seeds",
                "0,1",
                "--budgets",
                "4+3",
                "--accept",
                criteria.toString(),
                "--pilot",
                "multi-task");
        assertEquals(0, passed.code(), passed.err() + passed.out());
        assertEquals(
                5, passed.out().lines().filter(line -> line.startsWith("PASS")).count(), passed.out());
        Files.writeString(criteria, "{\"miou\": 0.999, \"ap50\": {\"mean\": 0}}");
        CommandRun failed = study(
                "pilot",
                "--strategies",
                "multi-task",
                "--seeds",
                "0,1",
                "--budgets",
                "4+3",
                "--accept",
                criteria.toString());
        assertEquals(1, failed.code());
        assertTrue(failed.out().contains("FAIL  mIoU") && failed.out().contains("PASS  AP50"), failed.out());
        assertTrue(Files.readString(folder.resolve("pilot").resolve(StudyReport.HTML))
                .contains("FAIL"));
        for (String bad : List.of(
                "{}",
                "{\"ap50\": {\"nothing\": 0.5}}",
                "{\"miou\": 2}",
                "{\"misses\": {\"most\": 3}}",
                "{\"speed\": 3}",
                "[",
                "")) {
            Files.writeString(criteria, bad);
            CommandRun run = study(
                    "pilot",
                    "--strategies",
                    "multi-task",
                    "--seeds",
                    "0,1",
                    "--budgets",
                    "4+3",
                    "--accept",
                    criteria.toString());
            assertEquals(2, run.code(), bad + run.err());
            assertTrue(run.err().contains("--accept"), run.err());
        }
    }

    @Test
    void aDryRunPrintsThePlanAndTrainsNothing() throws IOException {
        CommandRun run = study(
                "dry",
                "--strategies",
                "multi-task,multi-task-distillation",
                "--seeds",
                "3",
                "--budgets",
                "2,all",
                "--dry-run");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("6 runs need 7 stages; 0 are finished, 3 are shared by several runs"), run.out());
        assertFalse(Files.exists(folder.resolve("dry/stages")));
    }

    @Test
    void invalidOptionsAreErrors() {
        for (String[] bad : new String[][] {
            {"--strategies", "magic"},
            {"--budgets", "5"},
            {"--budgets", "0"},
            {"--budgets", "many"},
            {"--budgets", "1+2+3"},
            {"--epochs", "3"},
            {"--seed", "3"},
            {"--visits", "0"},
            {"--pilot", "multi-task"},
            {"--synthetic", "8"}
        }) {
            CommandRun run = study("wrong", bad);
            assertEquals(2, run.code(), String.join(" ", bad) + ": " + run.err());
            assertTrue(run.err().contains(bad[0]) || run.err().contains("visits"), run.err());
        }
    }

    @Test
    void budgetsAreNumbersOrShares() {
        assertEquals(new Budget(12, 40), Budget.parse("12", tandem.model.distillation.Task.DETECTION, 20, 40));
        assertEquals(new Budget(20, 10), Budget.parse("25%", tandem.model.distillation.Task.SEGMENTATION, 20, 40));
        assertEquals(new Budget(5, 40), Budget.parse(".25", tandem.model.distillation.Task.DETECTION, 20, 40));
        assertEquals(new Budget(20, 20), Budget.parse("all+50%", tandem.model.distillation.Task.DETECTION, 20, 40));
    }

    /** Two kills; {@code tests/kill-study.sh} does twenty. */
    @Test
    void aKilledStudyGivesTheSameTable() throws IOException, InterruptedException {
        assertTrue(KilledStudy.compare(Files.createDirectories(folder.resolve("kill")), 2, 3) > 0);
    }
}
