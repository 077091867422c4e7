package tandem.model.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.convert.LayoutConversion;
import tandem.model.data.Annotation;
import tandem.model.data.BadFiles;
import tandem.model.data.DataException;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;
import tandem.model.data.ReadingOptions;
import tandem.model.data.RecognizedData;
import tandem.model.data.VocFolder;
import tandem.model.synthetic.SyntheticInspection;

/** A small folder in which one thing of each kind is wrong, and data in which nothing is. */
class AuditTest {

    @TempDir
    Path root;

    private VocFolder folder;

    /** Eight images of grain, named after their class. */
    @BeforeEach
    void plant() throws IOException {
        folder = VocFolder.in(root).text("classes.txt", "dent\nrust\n");
        for (int i = 1; i <= 8; i++) {
            String id = (i % 2 == 0 ? "dent_" : "rust_") + i;
            int value = i % 2 == 0 ? 1 : 2;
            grain(id, i);
            folder.boxes(id, 40, 30, new Object[] {value == 1 ? "dent" : "rust", 5, 5, 14, 14})
                    .mask(id, 40, 30, 8, (x, y) -> x >= 6 && x < 12 && y >= 6 && y < 12 ? value : 0);
            String xml = Files.readString(root.resolve("Annotations/" + id + ".xml"));
            folder.text("Annotations/" + id + ".xml", xml.replace("something else", id + ".png"));
        }
        folder.text("ImageSets/Main/train.txt", "rust_1\ndent_2\nrust_3\ndent_4\nrust_5\n")
                .text("ImageSets/Main/val.txt", "dent_6\nrust_7\ndent_8\n");
    }

    private void grain(String id, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1200; i++) {
            image.setRGB(i % 40, i / 40, random.nextInt(1 << 24));
        }
        ImageIO.write(image, "png", root.resolve("JPEGImages/" + id + ".png").toFile());
    }

    private AuditResult audit() {
        return Audit.run(
                DataReader.open(root),
                ImageLists.everything(),
                List.of(),
                (done, total) -> assertTrue(done >= 1 && done <= total));
    }

    private static String files(AuditResult result, Finding.Kind kind) {
        return String.join(
                "\n",
                result.findings(kind).stream()
                        .map(finding -> finding.file() + ": " + finding.detail())
                        .toList());
    }

    @Test
    void nothingIsWrongWithGoodData() {
        AuditResult result = audit();
        assertEquals(List.of(), result.findings());
        assertEquals(List.of(), result.duplicates());
        assertEquals(8, result.images());
        assertEquals(8, result.groups().get(Annotation.BOTH));
        assertEquals(
                List.of(new Agreement.BoxClass("dent", 4, 4, 4), new Agreement.BoxClass("rust", 4, 4, 4)),
                result.agreement().boxClasses());
        assertEquals(
                List.of(new Agreement.MaskClass("dent", 144, 144), new Agreement.MaskClass("rust", 144, 144)),
                result.agreement().maskClasses());
        assertEquals("multi-task", result.recommendation().strategy());
        // Each box is 10 x 10 of 40 x 30: the root of 1/12 is 0.289; its center (9, 9) is in column 9 * 8 / 40 = 1, row
        // 9 * 8 / 30 = 2.
        AuditResult.ClassShape dent = result.classes().get(0);
        assertEquals(List.of(0, 0, 4, 0, 0, 0, 0, 0, 0, 0), dent.sizes());
        assertEquals(4, dent.positions().get(2).get(1));
        AuditResult.Statistic size = result.statistics().get(3);
        assertEquals("size", size.name());
        assertEquals(Math.sqrt(1200), size.median(), 1e-9);
    }

    @Test
    void eachKindOfMessIsFoundInItsFile() throws IOException {
        Path images = root.resolve("JPEGImages");
        Files.write(images.resolve("dent_2.png"), Arrays.copyOf(Files.readAllBytes(images.resolve("dent_2.png")), 400));
        Files.copy(images.resolve("rust_1.png"), images.resolve("rust_7.png"), StandardCopyOption.REPLACE_EXISTING);
        String xml = Files.readString(root.resolve("Annotations/rust_1.xml"));
        folder.text(
                "Annotations/rust_1.xml",
                xml.replace("<filename>rust_1.png", "<filename>rust_1").replace("<depth>3", "<depth>1"));
        folder.boxes("rust_3", 40, 30, new Object[] {"rust", 5, 5, 14, 14}, new Object[] {"rust", 20, 20, 29, 29});
        folder.mask("dent_4", 40, 30, 8, (x, y) -> x >= 6 && x < 12 && y >= 6 && y < 30 ? 1 : 0);
        folder.boxes("rust_5", 40, 30, new Object[] {"dent", 5, 5, 14, 14});
        folder.boxes("dent_6", 40, 30, new Object[] {"dent", 5, 5, 14, 14}, new Object[] {"dent", 5, 5, 14, 14});
        folder.text("ImageSets/Main/val.txt", "dent_6\nrust_7\ndent_8\nrust_5\n");
        AuditResult result = audit();
        assertEquals(7, result.images());
        assertTrue(
                files(result, Finding.Kind.BROKEN).startsWith("JPEGImages/dent_2.png: is cut short"),
                files(result, Finding.Kind.BROKEN));
        assertEquals(
                "rust_1: is pixel by pixel the same as rust_7; they link Main/train and Main/val",
                files(result, Finding.Kind.NEAR_DUPLICATE));
        assertEquals("rust_5: is in Main/train and Main/val", files(result, Finding.Kind.LEAK));
        assertEquals("rust_3: box 2 of rust", files(result, Finding.Kind.BOX_WITHOUT_MASK));
        // 6 columns from row 6 to 29 are 144 pixels; the box ends at row 14, so 6 x 8 = 48 are inside.
        assertEquals("dent_4: 67 % of 144 mask pixels", files(result, Finding.Kind.MASK_OUTSIDE_BOXES));
        assertEquals("rust_5: box 1 of dent is mostly rust in the mask", files(result, Finding.Kind.CLASS_DISAGREES));
        assertEquals("rust_5: has a box of dent", files(result, Finding.Kind.OTHER_CLASS));
        assertEquals("dent_6: boxes 1 and 2 of dent", files(result, Finding.Kind.DOUBLE_BOX));
        assertEquals("rust_1: <depth> is 1, the image stores 3", files(result, Finding.Kind.DEPTH));
        assertEquals(
                "dent_6: <filename> is 'something else', expected 'dent_6.png'\nrust_1: <filename> is 'rust_1', without the ending\n"
                        + "rust_3: <filename> is 'something else', expected 'rust_3.png'\nrust_5: <filename> is 'something else', expected 'rust_5.png'",
                files(result, Finding.Kind.FILE_NAME));
        assertEquals(
                List.of(new Agreement.BoxClass("dent", 5, 5, 4), new Agreement.BoxClass("rust", 4, 3, 3)),
                result.agreement().boxClasses());
    }

    @Test
    void listsSayWhatIsComparedAndWhatIsHeldOut() throws IOException {
        folder.text("ImageSets/a.txt", "rust_1\nrust_3\nrust_5\n")
                .text("ImageSets/b.txt", "dent_2\ndent_4\ndent_6\nrust_5\n")
                .text("ImageSets/c.txt", "dent_6\n");
        AuditResult result = Audit.run(
                DataReader.open(root),
                new ImageLists(List.of("a"), List.of("b"), List.of()),
                List.of("c"),
                (done, total) -> {});
        assertEquals(
                List.of(2, 3, 1),
                List.of(
                        result.groups().get(Annotation.BOXES),
                        result.groups().get(Annotation.MASK),
                        result.groups().get(Annotation.BOTH)));
        assertEquals("dent_6: is in b and c", files(result, Finding.Kind.LEAK));
        Map<String, Double> between = new TreeMap<>();
        result.differences().stream()
                .filter(one -> one.one().equals("boxes only") && one.other().equals("masks only"))
                .forEach(one -> between.put(one.what(), one.divergence().value()));
        assertEquals(1, between.get("classes shown"), 1e-12, "rust alone against dent alone");
        assertEquals(0, between.get("size"), 1e-12);
        assertEquals(6, between.size());
        DataException wrong = assertThrows(
                DataException.class,
                () -> Audit.run(DataReader.open(root), ImageLists.full("nope"), List.of(), (done, total) -> {}));
        assertTrue(wrong.getMessage().contains("nope"), wrong.getMessage());
    }

    @Test
    void theSameIsFoundInCocoLayout() throws IOException {
        Files.copy(
                root.resolve("JPEGImages/rust_1.png"),
                root.resolve("JPEGImages/rust_7.png"),
                StandardCopyOption.REPLACE_EXISTING);
        folder.boxes("rust_3", 40, 30, new Object[] {"rust", 5, 5, 14, 14}, new Object[] {"dent", 20, 20, 29, 29});
        Path coco = root.resolve("coco");
        LayoutConversion.read(DataReader.open(root), ImageLists.everything(), BadFiles.stop())
                .write(LayoutConversion.Layout.COCO, coco, false, done -> {});
        AuditResult voc = audit();
        AuditResult result = Audit.run(DataReader.open(coco), ImageLists.everything(), List.of(), (done, total) -> {});
        assertEquals(voc.agreement(), result.agreement());
        for (Finding.Kind kind :
                List.of(Finding.Kind.NEAR_DUPLICATE, Finding.Kind.OTHER_CLASS, Finding.Kind.BOX_WITHOUT_MASK)) {
            assertEquals(files(voc, kind), files(result, kind));
            assertEquals(1, result.findings(kind).size());
        }
    }

    @Test
    void dataWithOneKindOrOneImage() throws IOException {
        Path one = root.resolve("one");
        VocFolder.in(one).image("a.png", 1, 1).boxes("a", 1, 1, new Object[] {"cat", 1, 1, 1, 1});
        AuditResult result = Audit.run(DataReader.open(one), ImageLists.everything(), List.of(), (done, total) -> {});
        assertNull(result.agreement());
        assertEquals("single-task", result.recommendation().strategy());
        assertEquals(List.of(), result.differences());
        Files.write(one.resolve("JPEGImages/a.png"), new byte[] {1, 2, 3});
        String message = assertThrows(
                        DataException.class,
                        () -> Audit.run(DataReader.open(one), ImageLists.everything(), List.of(), (done, total) -> {}))
                .getMessage();
        assertTrue(message.contains("no usable image left"), message);
    }

    @Test
    void syntheticDataIsClean() {
        Path synthetic = root.resolve("synthetic");
        SyntheticInspection.of(96, 60, 12, 4).write(synthetic);
        AuditResult result = Audit.run(
                DataReader.open(synthetic),
                ImageLists.partial("Partial/train-boxes", "Partial/train-masks"),
                List.of("Main/val"),
                (done, total) -> {});
        assertEquals(List.of(), result.findings());
        assertEquals(1, result.agreement().boxesWithPixels(), 1e-12);
        assertEquals(1, result.agreement().pixelsInside(), 1e-12);
        assertTrue(result.differences().size() >= 6);
    }

    /** Masks cover columns and rows 4 to 13 exactly, or 5 to 13 where the corners count from 0. */
    @Test
    void theOriginOfCornersThatFitsTheMasksIsNamed() throws IOException {
        for (int i = 1; i <= 8; i++) {
            String id = (i % 2 == 0 ? "dent_" : "rust_") + i;
            int value = i % 2 == 0 ? 1 : 2;
            folder.mask(id, 40, 30, 8, (x, y) -> x >= 4 && x < 14 && y >= 4 && y < 14 ? value : 0);
        }
        assertEquals("", files(audit(), Finding.Kind.CORNERS));
        for (int i = 1; i <= 8; i++) {
            String id = (i % 2 == 0 ? "dent_" : "rust_") + i;
            int value = i % 2 == 0 ? 1 : 2;
            folder.mask(id, 40, 30, 8, (x, y) -> x >= 5 && x < 14 && y >= 5 && y < 14 ? value : 0);
        }
        assertEquals(
                root
                        + ": 16 of 16 left and upper edges of boxes are one pixel before the first pixel of the mask, 0 fit"
                        + " exactly: --voc-origin 0 fits better",
                files(audit(), Finding.Kind.CORNERS));
        DataReader edges =
                RecognizedData.of(root, ReadingOptions.DEFAULT.withVocOrigin(0)).reader();
        AuditResult fitting = Audit.run(edges, ImageLists.everything(), List.of(), (done, total) -> {});
        assertEquals("", files(fitting, Finding.Kind.CORNERS));
        for (int i = 1; i <= 8; i++) {
            String id = (i % 2 == 0 ? "dent_" : "rust_") + i;
            int value = i % 2 == 0 ? 1 : 2;
            folder.mask(id, 40, 30, 8, (x, y) -> x >= 4 && x < 14 && y >= 4 && y < 14 ? value : 0);
        }
        AuditResult late = Audit.run(edges, ImageLists.everything(), List.of(), (done, total) -> {});
        assertTrue(
                files(late, Finding.Kind.CORNERS)
                        .endsWith("one pixel after the first pixel of the mask, 0 fit exactly:"
                                + " --voc-origin 1 fits better"),
                files(late, Finding.Kind.CORNERS));
    }

    @Test
    void filesThatAreNotUsedAndSimilarClassesAreListed() throws IOException {
        folder.text("classes.txt", "dent\nrust\nRust\n").boxes("ghost", 40, 30).text("JPEGImages/photo.heic", "");
        AuditResult result = audit();
        assertEquals(
                "Annotations/ghost.xml: annotation files have no image\n"
                        + "JPEGImages/photo.heic: files are images in a format that is not read (convert them to PNG)",
                files(result, Finding.Kind.UNUSED));
        assertTrue(
                files(result, Finding.Kind.CLASS_NAMES).contains("the classes 'Rust', 'rust' differ only in"),
                files(result, Finding.Kind.CLASS_NAMES));
        assertEquals("", files(result, Finding.Kind.ODDITY));
    }
}
