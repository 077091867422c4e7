package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.CommandRun;

class TrainCommandTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path data;

    @BeforeAll
    static void makeData() {
        data = TinyRun.data(shared.resolve("data"));
    }

    @Test
    void aRunWritesAllFilesAndEvalAndPredictUseThem() throws IOException {
        Path output = folder.resolve("run");
        CommandRun run = TinyRun.trainTwoSteps(data, output);
        assertTrue(run.out().contains("train: Partial/train-boxes: 4 images"), run.out());
        assertTrue(run.err().contains("device: cpu ("), run.err());
        JsonNode result = TinyRun.json(output.resolve("result.json"));
        for (String name : List.of("ap50", "ap", "miou", "pixelAccuracy")) {
            assertTrue(result.get(name).isNumber(), name);
            assertTrue(result.get(name).asDouble() >= 0 && result.get(name).asDouble() <= 1, name);
        }
        assertEquals(3, result.get("seed").asLong());
        assertEquals(2, result.get("steps").asLong());
        assertEquals(64, result.get("settings").get("network").get("inputSize").asInt());
        assertTrue(result.get("seconds").asDouble() > 0);
        assertTrue(result.get("device").asText().startsWith("cpu ("));
        String report = Files.readString(output.resolve("report.html"));
        assertTrue(report.contains("data:image/png;base64,")
                && report.contains("Cosine between the gradients of both tasks"));
        assertTrue(Files.readString(output.resolve("log.jsonl"))
                .contains("{\"event\":\"tasks\",\"step\":0,\"detectionNorm\":"));
        // start, two steps, the gradients of the first, one epoch, its validation, the findings, end
        assertEquals(
                List.of("start", "step", "tasks", "step", "epoch", "validation", "findings", "end"),
                Files.readAllLines(output.resolve("log.jsonl")).stream()
                        .map(line -> line.substring(10, line.indexOf('"', 10)))
                        .toList());
        assertTrue(result.get("findings").size() > 0, "two steps learn nothing");
        assertEquals(2, result.get("bestStep").asLong());
        assertTrue(run.err().contains("validation after epoch 1/1"), run.err());
        assertTrue(
                run.out().contains("checkpoint.safetensors, the last weights; no validation before was better"),
                run.out());
        try (var panels = Files.list(output.resolve("panels"))) {
            assertEquals(4, panels.count());
        }

        Path measured = folder.resolve("eval");
        Path weights = output.resolve("checkpoint.safetensors");
        CommandRun eval = CommandRun.direct(
                "eval",
                "--weights",
                weights.toString(),
                "--data",
                data.toString(),
                "--val",
                "Main/val",
                "--output",
                measured.toString());
        assertEquals(0, eval.code(), eval.err());
        JsonNode again = TinyRun.json(measured.resolve("result.json"));
        for (String name : List.of("ap50", "ap", "miou", "pixelAccuracy")) {
            assertEquals(result.get(name).asDouble(), again.get(name).asDouble(), 1e-6, name);
        }

        Path found = folder.resolve("found");
        Path pictures = data.resolve("JPEGImages");
        CommandRun predict = CommandRun.of(
                "predict", "--weights", weights.toString(), "--output", found.toString(), pictures.toString());
        assertEquals(0, predict.code(), predict.err());
        JsonNode images = TinyRun.json(found.resolve("images.json"));
        assertEquals(12, images.get("images").size());
        assertEquals(4, images.get("categories").size());
        assertTrue(TinyRun.json(found.resolve("results.json")).isArray());
        try (var overlays = Files.list(found.resolve("overlays"));
                var masks = Files.list(found.resolve("masks"))) {
            assertEquals(12, overlays.count());
            assertEquals(12, masks.count());
        }
    }

    @Test
    void aFolderWithARunIsNotOverwritten() {
        Path output = folder.resolve("run");
        TinyRun.trainTwoSteps(data, output);
        CommandRun second = TinyRun.train(data, output);
        assertEquals(2, second.code());
        assertEquals(
                "tandem: " + output + " already holds a run; continue it with --resume, or choose another --output",
                second.err().strip());
        CommandRun other = TinyRun.train(data, output, "--resume", "--batch", "2");
        assertEquals(2, other.code());
        assertTrue(
                other.err().contains("--resume continues with the settings of the checkpoint; leave out --batch"),
                other.err());
    }

    @Test
    void aRunThatStoppedIsResumedAndEndsAsIfItHadNot() throws IOException {
        Path whole = folder.resolve("whole");
        TinyRun.trainTwoSteps(data, whole, "--epochs", "2");
        Path parts = folder.resolve("parts");
        CommandRun stopped = TinyRun.trainTwoSteps(data, parts, "--epochs", "2", "--minutes", "0.000001");
        assertTrue(stopped.err().contains("resume with --resume"), stopped.err());
        CommandRun resumed = TinyRun.train(data, parts, "--resume");
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(
                -1, Files.mismatch(whole.resolve("checkpoint.safetensors"), parts.resolve("checkpoint.safetensors")));
    }

    /** The settings that were chosen for the time are in the checkpoint, and the reasons in a file. */
    @Test
    void aRunWithATimeLimitChoosesByTheSpeedAndKeepsTheChoice() throws IOException {
        Path output = folder.resolve("timed");
        CommandRun run = TinyRun.train(
                data,
                output,
                "--encoder-channels",
                "4",
                "--neck-channels",
                "4",
                "--segmentation-channels",
                "4",
                "--minutes",
                "0.05");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("--epochs ") && run.err().contains(": this machine does "), run.err());
        JsonNode result = TinyRun.json(output.resolve("result.json"));
        double minutes = result.at("/settings/training/schedule/minutes").asDouble();
        assertTrue(minutes > 0 && minutes <= 0.05, "minutes: " + minutes);
        CommandRun resumed = TinyRun.train(data, output, "--resume");
        assertEquals(0, resumed.code(), resumed.err());
        JsonNode again = TinyRun.json(output.resolve("result.json"));
        for (String part : List.of("network", "training", "augmentation", "recipe")) {
            assertEquals(result.at("/settings/" + part), again.at("/settings/" + part), part);
        }
    }

    @Test
    void wrongInputIsOneLineAndCodeTwo() throws IOException {
        Files.writeString(folder.resolve("absent.txt"), "no-such-image\n");
        Files.writeString(folder.resolve("a-file"), "");
        for (String[] arguments : new String[][] {
            {"--resume"},
            {"--size", "100"},
            {"--batch", "0"},
            {"--minutes", "0"},
            {"--device", "cuda:999"},
            {"--val", "Partial/train-boxes"},
            {"--val", folder.resolve("absent.txt").toString()},
            {"--val", "Main/none"},
            {"--pretrained", folder.resolve("none.safetensors").toString()},
            {"--output", folder.resolve("a-file").toString()},
            {"--freeze", "2"},
            {"--freeze", "6", "--pretrained", folder.resolve("none.safetensors").toString()},
            {"--pretrained-neck"},
            {"--freeze", "2", "--pretrained", "none"},
            {"--continue", folder.resolve("no-run").toString()},
            {"--continue", data.toString(), "--pretrained", "none"},
            {"--balance", "pcgrad", "--masks", "Partial/none"},
            {"--balance", "gradnorm", "--measure-every", "0"},
            {"--balance-rate", "2"},
            {"--encoder", "resnet19"}
        }) {
            CommandRun run = CommandRun.of(join(
                    new String[] {"train", "--data", data.toString(), "--boxes", "Partial/train-boxes"}, arguments));
            assertEquals(2, run.code(), String.join(" ", arguments) + ": " + run.err());
            String line = run.err()
                    .lines()
                    .filter(each -> each.startsWith("tandem: "))
                    .findFirst()
                    .orElse("");
            assertFalse(line.isEmpty() || line.contains("Exception"), run.err());
            assertFalse(run.err().contains("\tat "), run.err());
        }
    }

    private String[] join(String[] first, String[] more) {
        List<String> all = new java.util.ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        if (!all.contains("--val")) {
            all.addAll(List.of("--val", "Main/val"));
        }
        if (!all.contains("--output")) {
            all.addAll(List.of("--output", folder.resolve("wrong").toString()));
        }
        return all.toArray(String[]::new);
    }

    @Test
    void aFinishedRunIsTrainedOnWithItsHeads() throws IOException {
        Path first = folder.resolve("finished");
        TinyRun.trainTwoSteps(data, first);
        Path second = folder.resolve("continued");
        CommandRun run = TinyRun.train(
                data,
                second,
                "--continue",
                first.toString(),
                "--batch",
                "4",
                "--epochs",
                "1",
                "--size",
                "96",
                "--convolutions",
                "direct");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("network from " + first), run.err());
        assertTrue(run.err().contains("box classes: 4 of the file are kept"), run.err());
        assertTrue(run.err().contains("the input size is 96 pixels, that of the file is 64"), run.err());
        JsonNode result = TinyRun.json(second.resolve("result.json"));
        assertEquals(
                first.toString(), result.get("settings").get("initialWeights").asText());
        assertEquals(8, result.at("/settings/network/neckChannels").asInt());
        String log = Files.readString(second.resolve("log.jsonl"));
        assertTrue(log.startsWith("{\"event\":\"initialized\""), log);
        CommandRun refused =
                TinyRun.train(data, folder.resolve("refused"), "--continue", first.toString(), "--neck-channels", "16");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("leave out --neck-channels"), refused.err());
    }

    @Test
    void aRunBeginsWithTheFrozenEncoderOfAnother() throws IOException {
        Path first = folder.resolve("first");
        TinyRun.trainTwoSteps(data, first);
        String checkpoint = first.resolve("checkpoint.safetensors").toString();
        Path second = folder.resolve("second");
        CommandRun run =
                TinyRun.trainTwoSteps(data, second, "--pretrained", checkpoint, "--pretrained-neck", "--freeze", "5");
        assertTrue(run.err().contains("encoder and neck from " + checkpoint), run.err());
        try (SafetensorsReader source = SafetensorsReader.open(first.resolve("checkpoint.safetensors"));
                SafetensorsReader target = SafetensorsReader.open(second.resolve("checkpoint.safetensors"))) {
            String name = "encoder.layer4.1.conv2.weight";
            assertArrayEquals(
                    source.read(name, source.shape(name)), target.read("training/" + name, source.shape(name)));
        }
        CommandRun other = TinyRun.train(
                data, folder.resolve("third"), "--size", "64", "--encoder-channels", "4", "--pretrained", checkpoint);
        assertEquals(2, other.code());
        assertTrue(other.err().contains("encoderChannels (8, new: 4)"), other.err());
    }

    @Test
    void aCheckpointCutShortIsWrongInput() throws IOException {
        Path cut = Files.write(folder.resolve("cut.safetensors"), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'});
        CommandRun run = CommandRun.of(
                "eval",
                "--weights",
                cut.toString(),
                "--data",
                data.toString(),
                "--output",
                folder.resolve("out").toString());
        assertEquals(2, run.code());
        assertTrue(run.err().lines().anyMatch(line -> line.startsWith("tandem: " + cut)), run.err());
    }

    @Test
    void aBadImageIsReportedOrSkipped() throws IOException {
        Path output = folder.resolve("run");
        TinyRun.trainTwoSteps(data, output);
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        Path good = data.resolve("JPEGImages")
                .resolve(Files.readAllLines(data.resolve("ImageSets/Main/val.txt"))
                                .get(0)
                                .strip() + ".jpg");
        byte[] bytes = Files.readAllBytes(good);
        Files.write(pictures.resolve("good.jpg"), bytes);
        Files.write(pictures.resolve("half.jpg"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        String weights = output.resolve("checkpoint.safetensors").toString();
        CommandRun listed = CommandRun.direct(
                "predict", "--weights", weights, "--output", folder.resolve("a").toString(), pictures.toString());
        assertEquals(1, listed.code(), "the other images are written, and the exit code says that one is missing");
        assertTrue(listed.err().contains("1 of 2 images could not be read:"), listed.err());
        assertTrue(listed.err().contains("half.jpg"), listed.err());
        assertEquals(
                1, TinyRun.json(folder.resolve("a/images.json")).get("images").size());
        CommandRun skipped = CommandRun.direct(
                "predict",
                "--weights",
                weights,
                "--output",
                folder.resolve("b").toString(),
                "--skip-bad",
                pictures.toString());
        assertEquals(0, skipped.code(), skipped.err());
        assertTrue(skipped.err().contains("skipped 1 bad files:"), skipped.err());
        assertEquals(
                1, TinyRun.json(folder.resolve("b/images.json")).get("images").size());
    }

    /** Images of 16 bits with 12 used: training prints it, and the network has it for predictions. */
    @Test
    void theBitsOfTheSamplesAreKeptWithTheNetwork() throws IOException {
        Path deep = TinyRun.data(folder.resolve("deep"));
        try (var files = Files.list(deep.resolve("JPEGImages"))) {
            for (Path file : files.toList()) {
                BufferedImage image = ImageIO.read(file.toFile());
                BufferedImage gray =
                        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_USHORT_GRAY);
                for (int y = 0; y < gray.getHeight(); y++) {
                    for (int x = 0; x < gray.getWidth(); x++) {
                        int value = image.getRGB(x, y) >> 8 & 0xFF;
                        gray.getRaster().setSample(x, y, 0, x + y == 0 ? 4_095 : 16 * value);
                    }
                }
                Files.delete(file);
                String name = file.getFileName().toString().replaceFirst("\\.\\w+$", ".png");
                ImageIO.write(gray, "png", file.resolveSibling(name).toFile());
            }
        }
        Path output = folder.resolve("run");
        CommandRun run = TinyRun.trainTwoSteps(deep, output);
        assertTrue((run.out() + run.err()).contains("images of 16 bits is 4095"), run.out() + run.err());
        assertEquals(
                12,
                TinyRun.json(output.resolve("result.json"))
                        .at("/settings/network/sampleBits")
                        .asInt());
        try (SafetensorsReader reader = SafetensorsReader.open(output.resolve("checkpoint.safetensors"))) {
            assertEquals(12, NetworkMetadata.read(reader).sampleBits());
        }
        CommandRun predict = CommandRun.direct(
                "predict",
                "--weights",
                output.resolve("checkpoint.safetensors").toString(),
                "--output",
                folder.resolve("found").toString(),
                deep.resolve("JPEGImages").toString());
        assertEquals(0, predict.code(), predict.err());
        assertTrue(!predict.err().contains("of 16 bits use only"), predict.err());
    }
}
