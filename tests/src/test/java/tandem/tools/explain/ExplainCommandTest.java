package tandem.tools.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;

class ExplainCommandTest {

    @TempDir
    static Path folder;

    private static Path data;
    private static String weights;

    @BeforeAll
    static void train() throws IOException {
        data = folder.resolve("data");
        SyntheticInspection.of(64, 4, 2, 5).write(data);
        rename(data, Map.of("pit", "pit mark", "stain", "pit_mark"));
        Path run = folder.resolve("run");
        CommandRun trained = CommandRun.direct(
                "train",
                "--data",
                data.toString(),
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
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
                "2",
                "--epochs",
                "1");
        assertEquals(0, trained.code(), trained.err());
        weights = run.resolve("checkpoint.safetensors").toString();
    }

    /** Gives classes other names in the annotations and in the list of classes. */
    private static void rename(Path data, Map<String, String> names) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(data)) {
            files = all.filter(file -> file.toString().endsWith(".xml")
                            || file.getFileName().toString().equals("classes.txt"))
                    .toList();
        }
        for (Path file : files) {
            String text = Files.readString(file);
            for (Map.Entry<String, String> name : names.entrySet()) {
                text = text.replaceAll("(?m)(<name>|^)" + name.getKey() + "(</name>|$)", "$1" + name.getValue() + "$2");
            }
            Files.writeString(file, text);
        }
    }

    /** Both names become the same text in a file name. */
    @Test
    void classesWithSimilarNamesHaveFilesOfTheirOwn() throws IOException {
        Path output = folder.resolve("similar");
        Path picture = folder.resolve("grey.png");
        ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        CommandRun run = CommandRun.direct(
                "explain",
                "--weights",
                weights,
                "--output",
                output.toString(),
                "--classes",
                "pit mark,pit_mark",
                "--maps",
                "neck",
                picture.toString());
        assertEquals(0, run.code(), run.err());
        byte[] first = Files.readAllBytes(output.resolve("grey-pit_mark-neck.png"));
        byte[] second = Files.readAllBytes(output.resolve("grey-pit_mark-neck-2.png"));
        assertFalse(Arrays.equals(first, second));
    }

    @Test
    void imagesOfAnySizeGetAPage() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        ImageIO.write(
                new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB),
                "png",
                pictures.resolve("dot.png").toFile());
        ImageIO.write(
                new BufferedImage(130, 40, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                pictures.resolve("wide.png").toFile());
        Path output = folder.resolve("why");
        String first = Files.readAllLines(data.resolve("ImageSets/Main/val.txt"))
                .get(0)
                .strip();
        CommandRun run = CommandRun.direct(
                "explain",
                "--weights",
                weights,
                "--output",
                output.toString(),
                "--classes",
                "scratch",
                "--maps",
                "neck,encoder.0",
                pictures.toString(),
                data.resolve("JPEGImages/" + first + ".jpg").toString());
        assertEquals(0, run.code(), run.err());
        String page = Files.readString(output.resolve("explain.html"));
        for (String picture : List.of("dot", "wide", first)) {
            assertTrue(page.contains(picture + ": activation strength"), picture);
            for (String what : List.of("scratch-neck", "scratch-encoder.0", "maps")) {
                BufferedImage image = ImageIO.read(
                        output.resolve(picture + "-" + what + ".png").toFile());
                assertTrue(image.getWidth() > 300, picture + " " + what);
            }
        }
        assertTrue(page.contains("scratch by encoder.0"));
    }

    @Test
    void withoutClassesTheLikeliestAreShown() throws IOException {
        Path output = folder.resolve("likeliest");
        Path picture = folder.resolve("black.png");
        ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        CommandRun run =
                CommandRun.direct("explain", "--weights", weights, "--output", output.toString(), picture.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(Files.readString(output.resolve("explain.html")).contains(" by neck"));
    }

    @Test
    void wrongInputIsOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        for (String[] wrong : new String[][] {{"--classes", "unicorn"}, {"--maps", "neck.9"}, {}}) {
            List<String> arguments = new java.util.ArrayList<>(List.of(
                    "explain",
                    "--weights",
                    weights,
                    "--output",
                    folder.resolve("no").toString(),
                    text.toString()));
            arguments.addAll(List.of(wrong));
            CommandRun run = CommandRun.direct(arguments.toArray(String[]::new));
            assertEquals(2, run.code(), run.err());
            assertTrue(
                    run.err().lines().anyMatch(line -> line.startsWith("tandem: "))
                            && !run.err().contains("\tat "),
                    run.err());
        }
    }
}
