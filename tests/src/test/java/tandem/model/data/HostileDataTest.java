package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to take much time or memory, and names that would break lines of text: one error each, soon. */
@Timeout(30)
class HostileDataTest {

    private static final int MANY = 200_000;
    private static final String FILE = "annotations/instances_train.json";

    @TempDir
    Path root;

    private CocoFolder coco(String name, String annotation) throws IOException {
        return CocoFolder.in(root)
                .image("images/a.png", 20, 10)
                .instances(
                        FILE,
                        "{\"id\": 1, \"file_name\": \"a.png\", \"width\": 20, \"height\": 10}",
                        "{\"id\": 1, \"name\": " + name + "}",
                        "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, " + annotation + "}");
    }

    private DataSet read() {
        return RecognizedData.of(root, ReadingOptions.DEFAULT)
                .reader()
                .read("t", ImageLists.everything(), BadFiles.stop());
    }

    private String refused() {
        String message = assertThrows(DataException.class, this::read).getMessage();
        assertTrue(message.length() < 7_000 && !message.contains("\n"), message);
        return message;
    }

    private static String polygon(double... points) {
        StringBuilder text = new StringBuilder("\"bbox\": [1, 1, 5, 5], \"segmentation\": [[");
        for (int i = 0; i < points.length; i++) {
            text.append(i == 0 ? "" : ", ").append(points[i]);
        }
        return text + "]]";
    }

    @Test
    void verticesFarOutsideTheImageCostNothing() throws IOException {
        double[] outside = new double[2 * 1_000];
        for (int i = 0; i < outside.length; i++) {
            outside[i] = (i / 2 % 2 == 0 ? 3e6 : 6e6) + i;
        }
        coco("\"dent\"", polygon(outside));
        assertEquals(
                List.of(200L, 0L), read().samples().get(0).mask().orElseThrow().pixels());
        coco("\"dent\"", polygon(-5e6, -5e6, 5e6, -5e6, 5e6, 5e6, -5e6, 5e6));
        assertEquals(
                List.of(0L, 200L), read().samples().get(0).mask().orElseThrow().pixels());
        coco("\"dent\"", polygon(-1e9, -1e9, 1e9, -1e9, 1e9, 1e9));
        assertTrue(refused().contains("has a polygon with the coordinate -1.0E9: expected pixels"), refused());
    }

    @Test
    void aPathOfSlashesIsOneError() throws IOException {
        for (String start : List.of("/", "./", "/./", "../", "%2F")) {
            coco("\"dent\"", "\"bbox\": [1, 1, 5, 5]");
            Path file = root.resolve(FILE);
            Files.writeString(file, Files.readString(file).replace("a.png", start.repeat(MANY) + "b.png"));
            assertTrue(refused().contains("there is no image with that path"), refused());
        }
        coco("\"dent\"", "\"bbox\": [1, 1, 5, 5]");
        Path file = root.resolve(FILE);
        Files.writeString(file, Files.readString(file).replace("a.png", "/././/a.png"));
        assertEquals(1, read().boxed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"line\\nbreak", "tab\\there", "a\\u0000b", "bell\\u0007"})
    void controlCharactersInClassNamesAreRefused(String name) throws IOException {
        coco("\"" + name + "\"", "\"bbox\": [1, 1, 5, 5]");
        String expected = name.replaceAll("\\\\(u....|[nt])", "?");
        assertTrue(refused().contains("has the class name '" + expected + "', in which ? is a line break"), refused());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"  \""})
    void classesWithoutNamesAreRefused(String name) throws IOException {
        coco(name, "\"bbox\": [1, 1, 5, 5]");
        assertTrue(refused().contains("has a class without a name"), refused());
    }

    @Test
    void longNamesAreShortenedInMessages() throws IOException {
        coco("\"dent\"", "\"bbox\": [1, 1, 5, 5]");
        Path file = root.resolve(FILE);
        Files.writeString(
                file,
                Files.readString(file).replace("\"image_id\": 1", "\"image_id\": \"" + "x".repeat(5_000_000) + "\""));
        BadFiles bad = BadFiles.stop();
        RecognizedData.of(root, ReadingOptions.DEFAULT).reader().read("t", ImageLists.everything(), bad);
        String notices = String.join("\n", bad.notices());
        assertTrue(
                notices.contains("annotations belong to images that the file does not list")
                        && notices.length() < 7_000,
                () -> notices.length() + " characters");
        coco("\"" + "x".repeat(5_000_000) + "\"", "\"bbox\": [1, 1, -5, 5]");
        refused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<a>", "<object>", "<object><part>", "<bndbox><xmin>"})
    void deepVocFilesAreReadOrRefused(String open) throws IOException {
        String text = "<annotation>" + open.repeat(MANY) + "</annotation>";
        assertTrue(assertThrows(
                        DataException.class,
                        () -> VocAnnotation.parse(root.resolve("a.xml"), text.getBytes(StandardCharsets.UTF_8)))
                .getMessage()
                .contains("well-formed"));
        String closed = "<annotation>" + "<a>".repeat(100) + "</a>".repeat(100)
                + "<object><name>dent</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>"
                + "</object></annotation>";
        assertEquals(
                List.of(new Box(0, 0, 0, 5, 5, false)),
                VocAnnotation.parse(root.resolve("a.xml"), closed.getBytes(StandardCharsets.UTF_8))
                        .boxes(List.of("dent"), 20, 10, Optional.empty(), BadFiles.stop()));
    }

    @Test
    void linesOfManyBlanksAreReadInLinearTime() throws IOException {
        String blanks = " ".repeat(2_000_000);
        Path list = Files.writeString(root.resolve("list.txt"), "a" + blanks + "1\nb" + blanks + "b\n" + blanks + "\n");
        ImageList read = ImageList.read(list, name -> name.equals("a") ? "a" : null, "there is no such image");
        assertEquals(List.of("a"), List.copyOf(read.lines().keySet()));
        assertEquals(1, read.absent().size());
        assertTrue(read.absent().get(0).getMessage().length() < 4_000);
        new DataFiles(root)
                .images("images/a.png")
                .text("classes.txt", "dent")
                .text("labels/a.txt", "0 .5 .5 .5" + blanks + ".5");
        assertEquals(
                List.of(new Box(0, 5, 2.5f, 15, 7.5f, false)),
                new DataFiles(root).read("images/a").boxes().orElseThrow());
    }

    /** In a JVM with little memory: the error of that image, and of no other. */
    @Test
    void runningOutOfMemoryIsTheErrorOfTheImage() throws Exception {
        new DataFiles(root).rgb("large.png", 3_000, 3_000, (x, y) -> x * y).rgb("small.png", 20, 10, (x, y) -> 7);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DecodeMain.class.getName(),
                        root.resolve("large.png").toString(),
                        root.resolve("small.png").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        List<String> lines = output.lines().toList();
        assertTrue(lines.get(0).contains("large.png: does not fit into memory (Java heap space)"), output);
        assertEquals("20 x 10", lines.get(1));
    }
}
