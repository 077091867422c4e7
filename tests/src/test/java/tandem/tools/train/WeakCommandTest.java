package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

class WeakCommandTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path data;
    private static Path teacher;

    @BeforeAll
    static void make() {
        System.setProperty("tandem.masks", shared.resolve("masks").toString());
        data = TinyRun.data(shared.resolve("data"));
        TinyRun.trainTwoSteps(data, shared.resolve("teacher"));
        teacher = shared.resolve("teacher/checkpoint.safetensors");
    }

    @AfterAll
    static void clear() {
        System.clearProperty("tandem.masks");
    }

    private static JsonNode training(Path run) throws IOException {
        return TinyRun.json(run.resolve("result.json"))
                .get("settings")
                .get("training")
                .get("weak");
    }

    @Test
    void trainingTakesTheLabelsThatTheOptionsName() throws IOException {
        Path run = folder.resolve("run");
        CommandRun trained = TinyRun.trainTwoSteps(
                data,
                run,
                "--box-for-mask",
                "0.5",
                "--mask-for-box",
                "0.25",
                "--mask-for-box-from",
                "1",
                "--pseudo-labels",
                teacher.toString(),
                "--pseudo-weight",
                "0.75",
                "--pseudo-score",
                "0.3",
                "--pseudo-class-score",
                "pit=0.4",
                "--pseudo-quantile",
                "0.1",
                "--weak-ramp",
                "0");
        JsonNode weak = training(run);
        assertEquals(0.5, weak.get("boxForMask").get("weight").asDouble());
        assertEquals(0.25, weak.get("maskForBox").get("weight").asDouble());
        assertEquals(0, weak.get("maskForBox").get("firstRefinedEpoch").asInt());
        assertEquals(0.75, weak.get("pseudoLabels").get("weight").asDouble());
        assertEquals(
                0.4,
                weak.get("pseudoLabels").get("boxes").get("classes").get("pit").asDouble(),
                1e-6);
        assertEquals(0, weak.get("rampShare").asDouble());
        String log = Files.readString(run.resolve("log.jsonl"));
        for (String kind :
                new String[] {"masks from boxes", "boxes from masks", "boxes from teachers", "masks from teachers"}) {
            assertTrue(
                    log.contains("{\"event\":\"labels\",\"kind\":\"" + kind + "\",\"images\":4"), kind + " in " + log);
            assertTrue(trained.err().contains(kind), trained.err());
        }
        try (Stream<Path> masks = Files.list(shared.resolve("masks"))) {
            assertEquals(4, masks.count());
        }
        assertEquals(
                2,
                CommandRun.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--full",
                                "Main/train",
                                "--val",
                                "Main/val",
                                "--output",
                                run.toString(),
                                "--resume",
                                "--box-for-mask",
                                "1")
                        .code());
    }

    /** Boxes alone are enough for a network that segments, masks alone for one that finds boxes. */
    @Test
    void aTaskWithoutAnnotationIsTrainedFromTheOther() throws IOException {
        for (String[] kind : new String[][] {
            {"--boxes", "Partial/train-boxes", "--box-for-mask"}, {"--masks", "Partial/train-masks", "--mask-for-box"}
        }) {
            Path run = folder.resolve(kind[2]);
            CommandRun trained = CommandRun.direct(
                    "train",
                    "--data",
                    data.toString(),
                    kind[0],
                    kind[1],
                    kind[2],
                    "1",
                    "--val",
                    "Main/val",
                    "--output",
                    run.toString(),
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
                    "--epochs",
                    "1");
            assertEquals(0, trained.code(), trained.err());
            JsonNode result = TinyRun.json(run.resolve("result.json"));
            assertTrue(result.get("ap50").isNumber() && result.get("miou").isNumber(), result.toString());
        }
    }

    /** Images of 64 x 64 pixels with a maximum of 64 pixels are decoded at 8 x 8 pixels. */
    @Test
    void imagesHaveTheMaximumOfTheNetworkOrOfTheOption() throws IOException {
        Path limited = folder.resolve("limited");
        TinyRun.trainTwoSteps(data, limited, "--max-pixels", "64");
        String checkpoint = limited.resolve("checkpoint.safetensors").toString();
        JsonNode byOption = agreement("option", "--max-pixels", "64");
        JsonNode byWeights =
                agreement("weights", "--weights", checkpoint, "--mask-for-box-from", "0", "--mask-for-box", "1");
        JsonNode whole = agreement("whole");
        assertEquals(byOption, byWeights);
        assertNotEquals(byOption, whole);
        CommandRun refused = CommandRun.of(
                "weak",
                "--data",
                data.toString(),
                "--full",
                "Main/val",
                "--output",
                folder.resolve("no").toString(),
                "--weights",
                checkpoint,
                "--max-pixels",
                "65");
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().contains("has a maximum of 64 pixels"), refused.err());
    }

    private JsonNode agreement(String name, String... more) throws IOException {
        Path output = folder.resolve(name);
        List<String> arguments = new ArrayList<>(
                List.of("weak", "--data", data.toString(), "--full", "Main/val", "--output", output.toString()));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.direct(arguments.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        return TinyRun.json(output.resolve("weak.json")).get("maskAgreement");
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        String[][] cases = {
            {"--mask-for-box-from", "2", "need --mask-for-box"},
            {"--pseudo-score", "0.4", "need --pseudo-labels"},
            {"--weak-ramp", "0.5", "needs --box-for-mask"},
            {"--box-for-mask", "-1", "must be at least 0"},
            {"--pseudo-labels", "nowhere.safetensors", "no such file"}
        };
        for (String[] one : cases) {
            CommandRun run = TinyRun.train(data, folder.resolve("refused"), one[0], one[1]);
            assertEquals(2, run.code(), run.err());
            assertTrue(run.err().contains(one[2]), run.err());
        }
    }

    @Test
    void weakShowsAndMeasuresWhatIsMade() throws IOException {
        Path look = folder.resolve("look");
        CommandRun run = CommandRun.direct(
                "weak",
                "--data",
                data.toString(),
                "--full",
                "Main/val",
                "--pictures",
                "3",
                "--weights",
                teacher.toString(),
                "--output",
                look.toString());
        assertEquals(0, run.code(), run.err());
        JsonNode figures = TinyRun.json(look.resolve("weak.json"));
        assertEquals(4, figures.get("images").asInt());
        assertEquals(4, figures.get("compared").asInt());
        assertTrue(run.out().contains("agreement with the annotation of the 4 images"), run.out());
        assertEquals("grab_cut", figures.get("boxForMask").get("inside").asText());
        assertEquals(0, figures.get("maskForBox").get("weight").asInt());
        JsonNode background = figures.get("maskAgreement").get("background");
        assertTrue(
                background.get("iou").asDouble() > 0.5 && background.get("iou").asDouble() <= 1, background.toString());
        for (JsonNode one : figures.get("boxAgreement")) {
            assertTrue(one.get("drawn").asInt() + one.get("made").asInt() > 0);
        }
        try (Stream<Path> overlays = Files.list(look.resolve("overlays"))) {
            assertEquals(3, overlays.count());
        }
        assertEquals(
                0,
                CommandRun.of(
                                "weak",
                                "--data",
                                data.toString(),
                                "--boxes",
                                "Partial/train-boxes",
                                "--masks",
                                "Partial/train-masks",
                                "--output",
                                folder.resolve("partial").toString(),
                                "--box-for-mask-inside",
                                "fill",
                                "--box-for-mask",
                                "1")
                        .code());
        assertEquals(
                0,
                TinyRun.json(folder.resolve("partial/weak.json"))
                        .get("compared")
                        .asInt());
    }
}
