package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

/**
 * {@code train}, {@code eval}, {@code audit} and {@code convert} on data of other layouts, with only a folder given.
 */
class YourDataTest {

    @TempDir
    Path folder;

    private void image(String file, int square) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 64; x++) {
                boolean inside = square > 0 && x >= square && x < square + 16 && y >= 20 && y < 36;
                image.setRGB(x, y, inside ? 0xE0E0E0 : 0x303030 + 0x010101 * ((7 * x + 13 * y + square) % 16));
            }
        }
        ImageIO.write(image, "png", path.toFile());
    }

    private void text(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** Training images with a square, validation images of which two are good parts. */
    private Path yolo() throws IOException {
        for (int i = 1; i <= 4; i++) {
            image("yolo/train/images/t" + i + ".png", 8 * i);
            text("yolo/train/labels/t" + i + ".txt", "0 %.4f 0.4375 0.25 0.25".formatted((8 * i + 8) / 64.0));
        }
        image("yolo/valid/images/v1.png", 12);
        text("yolo/valid/labels/v1.txt", "0 0.3125 0.4375 0.25 0.25");
        image("yolo/valid/images/good1.png", 0);
        image("yolo/test/images/good2.png", 0);
        text("yolo/data.yaml", "names: [square]\ntrain: ../train/images\nval: ../valid/images\ntest: ../test/images\n");
        return folder.resolve("yolo");
    }

    private static CommandRun run(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertEquals(0, run.code(), run.err());
        return run;
    }

    @Test
    void trainFindsTrainingAndHeldOutListsAndEvalMeasuresGoodPartsAlone() throws IOException {
        String data = yolo().toString();
        String output = folder.resolve("run").toString();
        CommandRun train = run(
                "train",
                "--data",
                data,
                "--size",
                "64",
                "--encoder-channels",
                "8",
                "--neck-channels",
                "8",
                "--batch",
                "4",
                "--epochs",
                "1",
                "--convolutions",
                "direct",
                "--output",
                output);
        assertTrue(train.out().contains("layout YOLO (has data.yaml with class names); 1 classes"), train.out());
        assertTrue(
                train.out().contains("training images: train (--boxes, --masks and --full choose others)"),
                train.out());
        assertTrue(train.out().contains("held-out images: val (--val chooses others)"), train.out());
        assertTrue(train.out().contains("val: val: 2 images, 1 with boxes, 1 annotated as empty"), train.out());
        JsonNode parts = TinyRun.json(folder.resolve("run/result.json"))
                .get("parts")
                .get("boxes")
                .get("usual");
        assertEquals(2, parts.get("parts").asInt());
        assertEquals(1, parts.get("goodParts").asInt());
        assertEquals(1, parts.get("defects").asInt());

        CommandRun eval = run(
                "eval",
                "--weights",
                output + "/checkpoint.safetensors",
                "--data",
                data,
                "--val",
                "test",
                "--false-alarms-per-part",
                "0.01",
                "--save-thresholds",
                "--output",
                folder.resolve("eval").toString());
        assertTrue(eval.out().contains("parts, boxes: 1 (1 good), with a score of at least 0.300"), eval.out());
        assertTrue(
                eval.out().contains("1 parts are too few to confirm that rate, which needs 300 or more"), eval.out());
        JsonNode result = TinyRun.json(folder.resolve("eval/result.json"));
        assertTrue(result.get("ap50").isNull());
        JsonNode wanted = result.get("parts").get("boxes").get("wanted");
        assertEquals(0, wanted.get("falseAlarms").asInt());
        assertEquals(
                wanted,
                TinyRun.json(folder.resolve("run/checkpoint.thresholds.json")).get("boxes"));
        assertTrue(wanted.get("escapesPerDefect").isNull());
        assertTrue(Files.readString(folder.resolve("run/checkpoint.thresholds.json"))
                .contains("\"weights\" : \"crc32c:"));
    }

    @Test
    void auditAndConvertReadIt() throws IOException {
        String data = yolo().toString();
        CommandRun audit =
                run("audit", data, "--output", folder.resolve("audit").toString());
        assertTrue(audit.out().contains("layout YOLO"), audit.out());
        for (String layout : new String[] {"voc", "coco"}) {
            String target = folder.resolve(layout).toString();
            run("convert", data, "--to", layout, "--output", target);
            CommandRun again = run(
                    "audit",
                    target,
                    "--output",
                    folder.resolve("audit-" + layout).toString());
            assertTrue(again.out().contains("layout " + (layout.equals("voc") ? "Pascal VOC" : "COCO")), again.out());
        }
        assertEquals("good1\nv1\n", Files.readString(folder.resolve("voc/ImageSets/Main/val.txt")));
        String xml = Files.readString(folder.resolve("voc/Annotations/v1.xml"));
        assertTrue(xml.contains("<xmin>13</xmin>") && xml.contains("<xmax>28</xmax>"), xml);
    }

    @Test
    void yoloIsWrittenAgainWithTheSameNumbers() throws IOException {
        String target = folder.resolve("again").toString();
        run("convert", yolo().toString(), "--to", "yolo", "--output", target);
        assertEquals(
                "0 0.31250000 0.43750000 0.25000000 0.25000000\n",
                Files.readString(folder.resolve("again/labels/v1.txt")));
        assertEquals("", Files.readString(folder.resolve("again/labels/good1.txt")));
        assertEquals("./images/good1.png\n./images/v1.png\n", Files.readString(folder.resolve("again/val.txt")));
        CommandRun audit =
                run("audit", target, "--output", folder.resolve("audit").toString());
        assertTrue(audit.out().contains("1 classes; lists test 1, train 4, val 2"), audit.out());
        String masks = folder.resolve("none").toString();
        image("m/images/a.png", 8);
        image("m/masks/a.png", 0);
        CommandRun none = CommandRun.of(
                "convert",
                folder.resolve("m").toString(),
                "--mask-threshold",
                "200",
                "--to",
                "yolo",
                "--output",
                masks);
        assertTrue(none.err().contains("no image has annotated boxes"), none.err());
    }

    @Test
    void dataWithoutListsIsUsedWhole() throws IOException {
        for (int i = 1; i <= 3; i++) {
            image("plain/images/t" + i + ".png", 8 * i);
            BufferedImage mask = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
            mask.getRaster().setSample(8 * i, 20, 0, 255);
            Files.createDirectories(folder.resolve("plain/masks"));
            ImageIO.write(
                    mask, "png", folder.resolve("plain/masks/t" + i + ".png").toFile());
        }
        CommandRun train = run(
                "train",
                "--data",
                folder.resolve("plain").toString(),
                "--mask-class",
                "dot",
                "--size",
                "64",
                "--encoder-channels",
                "8",
                "--neck-channels",
                "8",
                "--segmentation-channels",
                "8",
                "--batch",
                "3",
                "--epochs",
                "1",
                "--convolutions",
                "direct",
                "--output",
                folder.resolve("run").toString());
        assertTrue(train.out().contains("masks are black and white, from 128 on 'dot'"), train.out());
        assertTrue(train.out().contains("training images: all, as the data has no lists"), train.out());
        assertTrue(train.out().contains("mask pixels: background 99.98 %, dot 0.02 %"), train.out());
    }

    @Test
    void optionsThatDoNotFitAreNamed() throws IOException {
        String data = yolo().toString();
        String output = folder.resolve("x").toString();
        CommandRun masks = CommandRun.of("audit", data, "--mask-threshold", "128", "--output", output);
        assertTrue(masks.err().contains("which has no mask files for a threshold"), masks.err());
        CommandRun threshold = CommandRun.of("audit", data, "--mask-threshold", "300", "--output", output);
        assertTrue(threshold.err().contains("--mask-threshold 300: a gray value from 1 to 255"), threshold.err());
        CommandRun format = CommandRun.of("audit", data, "--format", "voc", "--output", output);
        assertTrue(format.err().contains("has no folder JPEGImages"), format.err());
    }
}
