package tandem.tools.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.declaration.SettingsJson;
import tandem.model.inference.PartThresholds;
import tandem.model.train.TinyData;
import tandem.tools.CommandRun;
import tandem.tools.train.TinyWeights;

/** What {@code tandem predict} reads, writes and reports, with random weights. */
class PredictCommandTest {

    private static final List<String> CLASSES = List.of("alpha", "beta");

    @TempDir
    Path root;

    private Path weights;

    @BeforeEach
    void network() throws IOException {
        var settings = TinyData.network(64).withClasses(CLASSES, CLASSES);
        weights = TinyWeights.write(root.resolve("weights.safetensors"), settings, SettingsJson.write(settings));
    }

    private void image(String file, int size) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        ImageIO.write(new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB), "png", path.toFile());
    }

    private CommandRun predict(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "predict",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                weights.toString(),
                "--output",
                root.resolve(output).toString()));
        arguments.addAll(List.of(more));
        return CommandRun.direct(arguments.toArray(String[]::new));
    }

    private String in(String file) {
        return root.resolve(file).toString();
    }

    private List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private JsonNode images(String output) throws IOException {
        return new ObjectMapper()
                .readTree(root.resolve(output).resolve("images.json").toFile());
    }

    @Test
    void aBadImageIsListedAndTheOthersAreWritten() throws IOException {
        image("photos/a.png", 32);
        image("photos/c.png", 32);
        image("photos/sub/d.png", 32);
        Files.writeString(root.resolve("photos/b.png"), "no image");
        CommandRun run = predict("out", in("photos"));
        assertEquals(1, run.code(), run.err());
        assertTrue(run.err().contains("passed over: 1 folder (sub)"), run.err());
        assertTrue(run.err().contains("1 of 3 images could not be read:"), run.err());
        assertTrue(run.err().contains("photos/b.png: is not"), run.err());
        assertEquals(List.of("a.png", "c.png"), files("out/overlays"));
        assertEquals(List.of("a.png", "c.png"), files("out/masks"));
        assertEquals(1, images("out").at("/images/0/id").asInt());
        assertEquals(3, images("out").at("/images/1/id").asInt(), "the place among the given images");
        assertEquals("overlays/c.png", images("out").at("/images/1/overlay").asText());
        assertEquals("masks/c.png", images("out").at("/images/1/mask").asText());
        assertEquals(0, predict("out", "--skip-bad", in("photos")).code());
    }

    /** Images of equal names in a folder and in those below it. */
    @Test
    void resultsOfFoldersInFoldersHaveTheSameFolders() throws IOException {
        image("tree/a.png", 32);
        image("tree/sub/a.png", 32);
        image("tree/sub/deep/b.png", 32);
        CommandRun run = predict("tree/out", "--recursive", in("tree"));
        assertEquals(0, run.code(), run.err());
        for (String kind : List.of("overlays", "masks")) {
            assertEquals(List.of("a.png", "sub"), files("tree/out/" + kind));
            assertEquals(List.of("a.png", "deep"), files("tree/out/" + kind + "/sub"));
            assertEquals(List.of("b.png"), files("tree/out/" + kind + "/sub/deep"));
        }
        JsonNode written = images("tree/out").get("images");
        assertEquals(3, written.size());
        assertEquals("overlays/sub/deep/b.png", written.at("/2/overlay").asText());
        assertEquals("masks/sub/a.png", written.at("/1/mask").asText());
        CommandRun fewer = predict("tree/out", in("tree"));
        assertEquals(0, fewer.code(), fewer.err());
        assertTrue(fewer.err().contains("passed over: 2 folders (out, sub)"), fewer.err());
        assertTrue(fewer.out().contains("removed 4 overlays and masks of an earlier run"), fewer.out());
        assertEquals(List.of("a.png"), files("tree/out/overlays"));
    }

    /** The ids in the results are what the file has: numbers, words, and texts of digits. */
    @Test
    void idsMayBeTexts() throws IOException {
        image("images/left.png", 32);
        image("images/right.png", 32);
        image("images/top.png", 32);
        Path file = root.resolve("instances.json");
        Files.writeString(file, """
                {"images": [{"id": "cam-left", "file_name": "left.png"}, {"id": "007", "file_name": "right.png"},
                            {"id": 7000, "file_name": "top.png"}],
                 "categories": [{"id": "A", "name": "alpha"}, {"id": 2, "name": "beta"}],
                 "annotations": [{"id": 1, "image_id": "cam-left", "category_id": "A", "bbox": [1, 1, 5, 5]}]}""");
        CommandRun run = predict("out", "--ids", file.toString(), in("images"));
        assertEquals(0, run.code(), run.err());
        JsonNode written = images("out");
        assertEquals("\"cam-left\"", written.at("/images/0/id").toString());
        assertEquals("\"007\"", written.at("/images/1/id").toString());
        assertEquals("7000", written.at("/images/2/id").toString());
        assertEquals("\"A\"", written.at("/categories/0/id").toString());
        assertEquals("2", written.at("/categories/1/id").toString());
        JsonNode results =
                new ObjectMapper().readTree(root.resolve("out/results.json").toFile());
        assertTrue(results.size() > 0);
        for (JsonNode result : results) {
            assertTrue(
                    List.of("\"cam-left\"", "\"007\"", "7000")
                            .contains(result.get("image_id").toString()),
                    result.toString());
            assertTrue(List.of("\"A\"", "2").contains(result.get("category_id").toString()), result.toString());
        }
    }

    @Test
    void aUsedFolderKeepsOnlyWhatBelongsTogether() throws IOException {
        image("cam1/1.png", 32);
        image("cam2/1.png", 32);
        assertEquals(0, predict("out", in("cam1"), in("cam2")).code());
        assertEquals(List.of("cam1_1.png", "cam2_1.png"), files("out/overlays"));
        Files.writeString(root.resolve("out/overlays/mine.png"), "of the user");
        CommandRun again = predict("out", in("cam1"));
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("removed 4 overlays and masks of an earlier run"), again.out());
        assertEquals(List.of("1.png", "mine.png"), files("out/overlays"));
        assertEquals(List.of("1.png"), files("out/masks"));
        Files.createDirectories(root.resolve("trained"));
        Files.writeString(root.resolve("trained/result.json"), "{}");
        CommandRun refused = predict("trained", in("cam1"));
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("trained holds the results of another command"), refused.err());
    }

    @Test
    void theDecisionIsThatOfTheThresholdsBesideTheWeights() throws IOException {
        image("photos/a.png", 32);
        CommandRun without = predict("out", in("photos"));
        assertFalse(images("out").at("/images/0").has("pass"), without.out());
        Path file = PartThresholds.file(weights);
        // No box has this score, and no region this size; then each region decides.
        Files.writeString(file, PartThresholds.of(1, 1e6).toJson().toString());
        CommandRun passed = predict("out", in("photos"));
        assertTrue(passed.out().contains("1 images pass and 0 fail"), passed.out());
        assertTrue(images("out").at("/images/0/pass").asBoolean());
        assertEquals("pass", images("out").at("/images/0/decision").asText());
        Files.writeString(file, PartThresholds.of(-1, 1).toJson().toString());
        CommandRun failed = predict("out", in("photos"));
        boolean defect = hasRegion("out/masks/a.png");
        assertEquals(!defect, images("out").at("/images/0/pass").asBoolean());
        assertTrue(
                failed.out().contains(defect ? "0 images pass and 1 fail" : "1 images pass and 0 fail"), failed.out());
        assertEquals(
                defect ? 1 : 0,
                new ObjectMapper()
                        .readTree(root.resolve("out/result.json").toFile())
                        .get("failed")
                        .asInt());
    }

    private boolean hasRegion(String file) throws IOException {
        Raster mask = ImageIO.read(root.resolve(file).toFile()).getRaster();
        for (int value : mask.getSamples(0, 0, mask.getWidth(), mask.getHeight(), 0, (int[]) null)) {
            if (value > 0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void imagesAboveTheLimitAreNotRead() throws IOException {
        image("photos/a.png", 32);
        image("photos/b.png", 33);
        CommandRun run = predict("out", "--max-image-pixels", "1024", in("photos"));
        assertEquals(1, run.code(), run.err());
        assertTrue(run.err().contains("photos/b.png: states 33 x 33 pixels, more than the limit of 1024"), run.err());
        assertEquals(List.of("a.png"), files("out/overlays"));
        assertEquals(0, predict("again", in("photos")).code(), "the limit is that of one command");
    }

    @Test
    void imagesOfFewerBitsThanTheNetworkAssumesAreReported() throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(3, 3, 0, 4_000);
        Path file = Files.createDirectories(root.resolve("deep")).resolve("a.png");
        ImageIO.write(image, "png", file.toFile());
        CommandRun run = predict("out", file.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("1 images of 16 bits use only 12 of them (largest sample 4000)"), run.err());
        CommandRun given = predict("out", "--sample-bits", "12", file.toString());
        assertTrue(!given.err().contains("of 16 bits use only"), given.err());
        assertEquals(2, predict("out", "--sample-bits", "17", file.toString()).code());
        image.getRaster().setSample(3, 3, 0, 65_535);
        ImageIO.write(image, "png", file.toFile());
        CommandRun all = predict("out", file.toString());
        assertTrue(!all.err().contains("of 16 bits use only"), all.err());
    }

    @Test
    void aLimitBelowOnePixelIsRefused() throws IOException {
        image("photos/a.png", 32);
        for (String limit : List.of("0", "-5")) {
            CommandRun run = predict("out", "--max-image-pixels=" + limit, in("photos"));
            assertEquals(2, run.code(), run.err());
            assertTrue(
                    run.err().contains("--max-image-pixels " + limit + ": expected a number of pixels, at least 1"),
                    run.err());
        }
    }

    @Test
    void theIdsOfADataSetMayBeUsed() throws IOException {
        image("images/a.png", 32);
        image("images/b.png", 32);
        Path file = root.resolve("instances.json");
        Files.writeString(file, """
                {"images": [{"id": 907, "file_name": "images/b.png"}, {"id": 12.0, "file_name": "a.PNG"}],
                 "categories": [{"id": 40, "name": "alpha"}, {"id": 2, "name": "beta"}], "annotations": []}""");
        CommandRun run = predict("out", "--ids", file.toString(), in("images"));
        assertEquals(0, run.code(), run.err());
        JsonNode images = images("out");
        assertEquals(12, images.at("/images/0/id").asInt());
        assertEquals(907, images.at("/images/1/id").asInt());
        assertEquals(40, images.at("/categories/0/id").asInt());
        assertEquals(2, images.at("/categories/1/id").asInt());
        for (JsonNode result :
                new ObjectMapper().readTree(root.resolve("out/results.json").toFile())) {
            assertTrue(List.of(12, 907).contains(result.get("image_id").asInt()), result.toString());
            assertTrue(List.of(40, 2).contains(result.get("category_id").asInt()), result.toString());
        }
        Files.writeString(file, Files.readString(file).replace("alpha", "gamma"));
        assertTrue(predict("out", "--ids", file.toString(), in("images")).err().contains("has no category 'alpha'"));
        Files.writeString(file, Files.readString(file).replace("gamma", "alpha").replace("images/b", "images/c"));
        assertTrue(predict("out", "--ids", file.toString(), in("images")).err().contains("has no entry for the image"));
    }

    @Test
    void muchLargerImagesAreReported() throws IOException {
        image("a.png", 256);
        CommandRun run = predict("out", in("a.png"));
        assertTrue(
                run.err()
                        .contains(
                                "warning: 1 images of up to 256 x 256 pixels were scaled to the network's input of 64 x"
                                        + " 64: objects below about 32 x 32 pixels are smaller than one cell"),
                run.err());
    }
}
