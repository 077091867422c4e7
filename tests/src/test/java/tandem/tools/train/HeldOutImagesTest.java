package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

/** The held-out images of {@code tandem train}: a share, lists that overlap, or none. */
class HeldOutImagesTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path data;

    @BeforeAll
    static void makeData() {
        data = TinyRun.data(shared.resolve("data"));
    }

    private static CommandRun train(Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "--data", data.toString(), "--output"));
        arguments.add(output.toString());
        arguments.addAll(List.of("--size", "64", "--encoder-channels", "8", "--neck-channels", "8"));
        arguments.addAll(List.of("--segmentation-channels", "8", "--batch", "2"));
        arguments.addAll(List.of(more));
        return CommandRun.direct(arguments.toArray(String[]::new));
    }

    private static CommandRun partial(Path output, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--boxes", "Partial/train-boxes", "--masks", "Partial/train-masks", "--epochs", "2"));
        arguments.addAll(List.of(more));
        return train(output, arguments.toArray(String[]::new));
    }

    private static String line(CommandRun run) {
        return run.err()
                .lines()
                .filter(each -> each.startsWith("tandem: "))
                .findFirst()
                .orElse(run.err());
    }

    @Test
    void aShareIsHeldOutAndItsListsCanBeGivenAgain() throws IOException {
        Path first = folder.resolve("first");
        CommandRun run = partial(first, "--val", "25%");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("split: 6 images to train on, 2 held out (25.0 %)"), run.out());
        Path split = first.resolve("split");
        List<String> heldOut = Files.readAllLines(split.resolve("val.txt"));
        List<String> boxes = Files.readAllLines(split.resolve("train-boxes.txt"));
        List<String> masks = Files.readAllLines(split.resolve("train-masks.txt"));
        assertEquals(2, heldOut.size());
        assertEquals(3, boxes.size(), "one image of each kind of annotation is held out");
        assertEquals(3, masks.size());
        assertFalse(Files.exists(split.resolve("train-full.txt")));
        assertFalse(boxes.stream().anyMatch(heldOut::contains) || masks.stream().anyMatch(heldOut::contains));
        Path again = folder.resolve("again");
        CommandRun same = train(
                again,
                "--epochs",
                "2",
                "--boxes",
                split.resolve("train-boxes.txt").toString(),
                "--masks",
                split.resolve("train-masks.txt").toString(),
                "--val",
                split.resolve("val.txt").toString());
        assertEquals(0, same.code(), same.err());
        JsonNode one = TinyRun.json(first.resolve("result.json"));
        JsonNode other = TinyRun.json(again.resolve("result.json"));
        for (String name : List.of("ap50", "miou", "images")) {
            assertEquals(one.get(name), other.get(name), name);
        }
        assertEquals("25%", one.get("settings").get("val").asText());
    }

    @Test
    void aResumedRunKeepsItsSplit() throws IOException {
        Path whole = folder.resolve("whole");
        assertEquals(0, partial(whole, "--val", "25%").code());
        Path parts = folder.resolve("parts");
        assertEquals(0, partial(parts, "--val", "25%", "--minutes", "0.000001").code());
        CommandRun resumed = CommandRun.of(
                "train",
                "--data",
                data.toString(),
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
                "--val",
                "25%",
                "--output",
                parts.toString(),
                "--resume");
        assertEquals(0, resumed.code(), resumed.err());
        for (String file : List.of("checkpoint.safetensors", "best.safetensors", "split/val.txt")) {
            assertEquals(-1, Files.mismatch(whole.resolve(file), parts.resolve(file)), file);
        }
    }

    @Test
    void theBestWeightsAreEvaluatedWhenLaterOnesAreNotBetter() throws IOException {
        Path output = folder.resolve("run");
        CommandRun run = train(
                output,
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
                "--val",
                "Main/val",
                "--epochs",
                "30",
                "--validate-every",
                "1",
                "--patience",
                "1",
                "--learning-rate",
                "1e-9");
        assertEquals(0, run.code(), run.err());
        JsonNode result = TinyRun.json(output.resolve("result.json"));
        assertEquals("best.safetensors", result.get("settings").get("evaluated").asText());
        assertTrue(result.get("bestStep").asLong() < result.get("steps").asLong());
        assertEquals(
                result.get("bestScore").asDouble(),
                (result.get("ap50").asDouble() + result.get("miou").asDouble()) / 2,
                1e-9);
        assertTrue(run.err().contains("no better validation for 1 in succession (--patience)"), run.err());
        assertTrue(
                run.out()
                        .contains("best.safetensors, the weights after step "
                                + result.get("bestStep").asLong()),
                run.out());
        assertTrue(
                Files.readString(output.resolve("report.html")).contains("best.safetensors, the weights after step"));
    }

    @Test
    void aShareThatCannotBeHeldOutIsOneLine() throws IOException {
        CommandRun few = train(folder.resolve("few"), "--boxes", "Partial/train-boxes", "--val", "20%");
        assertEquals(2, few.code());
        assertTrue(
                line(few).startsWith("tandem: --val 20%: 1 of 4 images would be held out, at least 2 are needed"),
                few.err());
        CommandRun all = partial(folder.resolve("all"), "--val", "80%");
        assertEquals(2, all.code());
        assertTrue(line(all).contains("at most 50 %"), all.err());
        CommandRun both = partial(folder.resolve("both"), "--val", "20%,Main/val");
        assertEquals(2, both.code());
        assertTrue(line(both).contains("give one share, or lists"), both.err());
    }

    @Test
    void imagesThatAreTrainedOnAreRefused() throws IOException {
        String trained = Files.readAllLines(data.resolve("ImageSets/Partial/train-boxes.txt"))
                .get(0);
        Path list = Files.write(folder.resolve("held.txt"), List.of(trained.strip()));
        CommandRun run = partial(folder.resolve("run"), "--val", "Main/val," + list);
        assertEquals(2, run.code());
        assertTrue(
                line(run).startsWith("tandem: --val has 1 images that are trained on, such as " + trained.strip()),
                run.err());
    }

    @Test
    void similarImagesAreAWarning() throws IOException {
        Path copy = TinyRun.data(folder.resolve("copy"));
        String trained = Files.readAllLines(copy.resolve("ImageSets/Partial/train-boxes.txt"))
                .get(0)
                .strip();
        String held = Files.readAllLines(copy.resolve("ImageSets/Main/val.txt"))
                .get(1)
                .strip();
        Files.copy(
                copy.resolve("JPEGImages").resolve(trained + ".jpg"),
                copy.resolve("JPEGImages").resolve(held + ".jpg"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        CommandRun run = TinyRun.trainTwoSteps(copy, folder.resolve("run"));
        assertTrue(
                run.err()
                        .contains("warning: 1 of 4 held-out images are similar or equal to training images, such as "
                                + held + " to " + trained),
                run.err());
    }

    @Test
    void withoutHeldOutImagesOneLineSaysSo() throws IOException {
        Path output = folder.resolve("run");
        CommandRun run = partial(output);
        assertEquals(0, run.code(), run.err());
        assertEquals(
                1, run.err().lines().filter(each -> each.contains("--val 20%")).count(), run.err());
        assertTrue(TinyRun.json(output.resolve("result.json")).get("ap50").isNull());
        assertTrue(run.err().contains("signs that nothing was learned"), run.err());
        assertFalse(Files.exists(output.resolve("best.safetensors")));
    }
}
