package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** labelme's files. Boxes are computed by hand, pixels of outlines with pycocotools. Images are 30 x 20. */
class LabelmeFormatTest {

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    private DataFiles image(String... names) throws IOException {
        for (String name : names) {
            files().rgb(name, 30, 20, (x, y) -> x * 7);
        }
        return files();
    }

    private static String json(String imagePath, String... shapes) {
        return "{\"version\": \"5.4.1\", \"flags\": {\"good\": false}, \"shapes\": [" + String.join(",", shapes)
                + "], \"imagePath\": \"" + imagePath + "\", \"imageData\": \"" + "QUJD".repeat(1000)
                + "\", \"imageHeight\": 20, \"imageWidth\": 30}";
    }

    private static String shape(String label, String type, String points, String... more) {
        return "{\"label\": \"" + label + "\", \"points\": " + points + ", \"shape_type\": \"" + type + "\""
                + String.join("", more) + "}";
    }

    @Test
    void rectanglesAreBoxesAndPolygonsHaveAMask() throws IOException {
        image("a.png", "b.png", "c.png", "d.png")
                .text(
                        "a.json",
                        json(
                                "a.png",
                                shape("dent", "rectangle", "[[12, 8], [4.5, 3]]"),
                                shape(
                                        "scratch",
                                        "rectangle",
                                        "[[20, 1], [22, 2]]",
                                        ", \"flags\": {\"difficult\": true}")))
                .text(
                        "b.json",
                        json(
                                "..\\\\elsewhere\\\\b.png",
                                shape("scratch", "polygon", "[[2, 2], [10, 2], [2, 12]]", ", \"group_id\": null"),
                                shape("dent", "circle", "[[20, 10], [24, 13]]"),
                                shape("dent", "point", "[[1, 1]]")))
                .text("c.json", json("c.png"));
        DataSet data = files().read();
        assertEquals(List.of("dent", "scratch"), data.boxClasses());
        assertEquals(
                List.of(new Box(0, 4.5f, 3, 12, 8, false), new Box(1, 20, 1, 22, 2, true)),
                files().read("a").boxes().orElseThrow());
        assertEquals(Optional.empty(), files().read("a").mask(), "rectangles do not define pixels");
        Sample b = files().read("b");
        assertEquals(
                List.of(new Box(1, 2, 2, 10, 12, false), new Box(0, 15, 5, 25, 15, false)),
                b.boxes().orElseThrow());
        assertEquals(List.of(600L - 40 - 77, 77L, 40L), b.mask().orElseThrow().pixels());
        assertEquals(Optional.of(List.of()), files().read("c").boxes(), "a file without shapes means empty");
        assertEquals(
                List.of(600L, 0L, 0L), files().read("c").mask().orElseThrow().pixels());
        assertEquals(Optional.empty(), files().read("d").boxes(), "no file means not annotated");
    }

    @Test
    void shapesOfOneGroupAreOneObject() throws IOException {
        image("a.png")
                .text(
                        "a.json",
                        json(
                                "a.png",
                                shape("dent", "polygon", "[[2,2],[6,2],[6,6],[2,6]]", ", \"group_id\": 1"),
                                shape("dent", "polygon", "[[10,2],[14,2],[14,6],[10,6]]", ", \"group_id\": 1"),
                                shape("dent", "polygon", "[[20,2],[24,2],[24,6],[20,6]]", ", \"group_id\": 2")));
        Sample sample = files().read("a");
        assertEquals(
                List.of(new Box(0, 2, 2, 14, 6, false), new Box(0, 20, 2, 24, 6, false)),
                sample.boxes().orElseThrow());
        assertEquals(48, sample.mask().orElseThrow().pixels().get(1));
    }

    @Test
    void aMaskShapeHasThePixelsOfItsPng() throws IOException {
        java.awt.image.BufferedImage bits =
                new java.awt.image.BufferedImage(3, 2, java.awt.image.BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setSample(0, 0, 0, 1);
        bits.getRaster().setSample(2, 1, 0, 1);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(bits, "png", png);
        image("a.png")
                .text(
                        "a.json",
                        json(
                                "a.png",
                                shape(
                                        "dent",
                                        "mask",
                                        "[[5, 7], [7, 8]]",
                                        ", \"mask\": \"" + Base64.getEncoder().encodeToString(png.toByteArray())
                                                + "\"")));
        Sample sample = files().read("a");
        assertEquals(List.of(new Box(0, 5, 7, 8, 9, false)), sample.boxes().orElseThrow());
        byte[] mask = ImageDecoder.mask(sample).orElseThrow();
        assertEquals(1, mask[7 * 30 + 5]);
        assertEquals(1, mask[8 * 30 + 7]);
        assertEquals(2, sample.mask().orElseThrow().pixels().get(1));
    }

    @Test
    void namesMayComeFromAFileAndSpecialLabelsAreNoClass() throws IOException {
        image("images/train/a.png")
                .text("labels.txt", "__ignore__", "_background_", "rust", "dent")
                .text(
                        "annotations/train/a.json",
                        json(
                                "../../images/train/a.png",
                                shape("dent", "polygon", "[[2,2],[6,2],[6,6],[2,6]]"),
                                shape("__ignore__", "polygon", "[[10,2],[14,2],[14,6],[10,6]]"),
                                shape("_background_", "polygon", "[[20,2],[24,2],[24,6],[20,6]]")));
        RecognizedData data = files().open();
        assertEquals(List.of("rust", "dent"), data.reader().maskClasses());
        assertEquals(List.of("train"), data.reader().lists());
        ClassMask mask = files().read("images/train/a").mask().orElseThrow();
        assertEquals(List.of(600L - 32, 0L, 16L), mask.pixels());
        assertEquals(16, mask.ignored());
    }

    private String refused() {
        return assertThrows(DataException.class, () -> files().read()).getMessage();
    }

    @Test
    void eachBadFileIsNamed() throws IOException {
        String good = shape("dent", "rectangle", "[[1, 1], [4, 3]]");
        image("a.png").text("a.json", json("a.png", good, shape("dent", "polygon", "[[1, 1], [4, 3]]")));
        assertTrue(
                refused().contains("a.json: shapes[1] ('dent') is a polygon of 2 points, expected at least 3"),
                refused());
        files().text("a.json", json("a.png", shape("dent", "polygon", "[[1, 1], [4, \"x\"], [2, 3]]")));
        assertTrue(refused().contains("a.json: shapes[0] has the point [4,\"x\"]"), refused());
        files().text("a.json", json("a.png", shape("", "rectangle", "[[1, 1], [4, 3]]")));
        assertTrue(refused().contains("shapes[0] has no label"), refused());
        files().text("a.json", json("a.png", good, shape("dent", "cuboid", "[[1, 1], [4, 3]]")));
        assertTrue(refused().contains("shapes[1] ('dent') is a 'cuboid'"), refused());
        files().text("a.json", json("a.png", good)).text("b.json", json("b.png", good));
        assertTrue(refused().contains("b.json: annotates 'b.png', but there is no image"), refused());
        assertTrue(refused().contains("the pixels in the file are not read"), refused());
        files().text("b.json", json("a.png", good));
        assertTrue(refused().contains("b.json: annotates a.png, and so does a.json"), refused());
        image("b.png").text("b.json", json("b.png", good).replace("\"imageWidth\": 30", "\"imageWidth\": 31"));
        assertTrue(refused().contains("was made for 'b.png' of 31 x 20 pixels, but the image has 30 x 20"), refused());
        files().text("b.json", "{\"shapes\": [");
        assertTrue(refused().contains("b.json: is not valid JSON (line 1"), refused());
        files().text("b.json", json("b.png", good)).text("labels.txt", "rust");
        assertTrue(refused().contains("is of an unknown class, expected one of [rust]"), refused());
    }
}
