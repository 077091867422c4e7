package tandem.tools.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tandem.model.data.VocFolder;
import tandem.tools.CommandRun;

class AuditCommandTest {

    @TempDir
    Path root;

    private VocFolder folder() throws IOException {
        return VocFolder.three(root.resolve("voc"))
                .image("d.png", 20, 10)
                .boxes("d", 20, 10, new Object[] {"rust", 3, 2, 10, 8}, new Object[] {"rust", 15, 2, 18, 8})
                .mask("d", 20, 10, 8, (x, y) -> x < 5 ? 2 : 0)
                .text("ImageSets/Main/train.txt", "a\nb\n")
                .text("ImageSets/Main/val.txt", "c\nd\n");
    }

    @Test
    void screenJsonAndPageSayTheSame() throws Exception {
        folder();
        Path output = root.resolve("out");
        CommandRun run = CommandRun.of("audit", root.resolve("voc").toString(), "--output", output.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(
                run.out()
                        .contains(
                                "near-duplicate images: 1\n  a: is pixel by pixel the same as d; they link Main/train and Main/val"),
                run.out());
        assertTrue(run.out().contains("boxes without any mask pixel: 1\n  d: box 2 of rust"), run.out());
        assertTrue(run.out().contains("recommended strategy: "), run.out());
        JsonNode json = new ObjectMapper().readTree(output.resolve("audit.json").toFile());
        assertEquals(4, json.get("images").asInt());
        assertEquals(1, json.get("findings").get("near-duplicate").get("count").asInt());
        assertEquals(
                "d",
                json.get("findings")
                        .get("box-without-mask")
                        .get("files")
                        .get(0)
                        .get("file")
                        .asText());
        assertEquals(0, json.get("findings").get("broken").get("count").asInt());
        assertEquals(2, json.get("groups").get("BOTH").asInt());
        String html = Files.readString(output.resolve("audit.html"));
        Document page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html.replace("<!DOCTYPE html>", ""))));
        assertEquals("Data audit", page.getElementsByTagName("h1").item(0).getTextContent());
        assertTrue(page.getElementsByTagName("img").getLength() >= 3, "a pair, examples and positions");
        assertFalse(
                html.matches("(?s).*(src|href)=\"(?!data:).*") || html.contains("<script"),
                "a page that needs nothing else");
        assertTrue(page.getElementsByTagName("table").getLength() >= 6);
    }

    @Test
    void wrongInputIsOneLine() throws IOException {
        folder();
        for (String[] arguments : new String[][] {
            {
                "audit",
                root.resolve("nowhere").toString(),
                "--output",
                root.resolve("x").toString()
            },
            {
                "audit",
                root.resolve("voc").toString(),
                "--boxes",
                "nope",
                "--output",
                root.resolve("x").toString()
            },
            {
                "convert",
                root.resolve("voc").toString(),
                "--to",
                "coco",
                "--output",
                root.resolve("voc").toString()
            }
        }) {
            CommandRun run = CommandRun.of(arguments);
            assertTrue(run.code() > 0, run.out());
            assertEquals(
                    1,
                    run.err()
                            .lines()
                            .filter(line -> line.startsWith("tandem: "))
                            .count(),
                    run.err());
            assertFalse(run.err().contains("Exception"), run.err());
        }
    }

    @Test
    void convertWritesWhatAuditReads() throws IOException {
        folder();
        CommandRun convert = CommandRun.of(
                "convert",
                root.resolve("voc").toString(),
                "--to",
                "COCO",
                "--output",
                root.resolve("coco").toString());
        assertEquals(0, convert.code(), convert.err());
        assertTrue(convert.out().contains("4 images (3 with boxes, 3 with a mask) and 5 lists"), convert.out());
        CommandRun run = CommandRun.of(
                "audit",
                root.resolve("coco").toString(),
                "--output",
                root.resolve("out").toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("groups: boxes only 1, masks only 1, both 2"), run.out());
    }

    /** Two cameras of 12 bits in files of 16, and an image of 8: 4095 is white in all of them. */
    @Test
    void theBitsOfTheSamplesArePrinted() throws IOException {
        folder();
        for (String id : List.of("a", "b")) {
            BufferedImage deep = new BufferedImage(20, 10, BufferedImage.TYPE_USHORT_GRAY);
            for (int x = 0; x < 20; x++) {
                deep.getRaster().setSample(x, x % 10, 0, id.equals("a") ? 1_200 : 4_095 - x);
            }
            ImageIO.write(
                    deep, "png", root.resolve("voc/JPEGImages/" + id + ".png").toFile());
        }
        new VocFolder(root.resolve("voc")).boxes("b", 20, 10, new Object[] {"dent", 1, 1, 12, 10});
        Path output = root.resolve("out");
        CommandRun run = CommandRun.of("audit", root.resolve("voc").toString(), "--output", output.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(
                run.out()
                        .contains(
                                "images of 16 bits: 2, which use 12 bits (largest sample 4095); training divides by 4095"),
                run.out());
        JsonNode bits = new ObjectMapper()
                .readTree(output.resolve("audit.json").toFile())
                .get("sampleBits");
        assertEquals(2, bits.get("images").asInt());
        assertEquals(4095, bits.get("max").asInt());
        CommandRun eight = CommandRun.of(
                "audit",
                VocFolder.three(root.resolve("eight")).root().toString(),
                "--output",
                root.resolve("out8").toString());
        assertTrue(eight.code() == 0 && !eight.out().contains("images of 16 bits"), eight.out());
    }
}
