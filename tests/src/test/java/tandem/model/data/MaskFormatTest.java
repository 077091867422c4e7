package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images and masks in folders. Images are 20 x 10; pixels are counted by hand. */
class MaskFormatTest {

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    private DataSet read(ReadingOptions options) {
        return RecognizedData.of(root, options).reader().read("test", ImageLists.everything(), BadFiles.stop());
    }

    private static ReadingOptions threshold(Integer threshold, String foreground) {
        return new ReadingOptions(
                Optional.empty(), CocoSources.ANY, Optional.ofNullable(threshold), Optional.ofNullable(foreground));
    }

    private String refused() {
        return assertThrows(DataException.class, () -> files().read()).getMessage();
    }

    private static List<Long> pixels(DataSet data, int index) {
        return data.samples().get(index).mask().orElseThrow().pixels();
    }

    @Test
    void grayIndicesAreClassesWithTheNamesOfAFile() throws IOException {
        files().images("images/a.jpg", "images/b.jpg", "images/c.jpg")
                .gray("masks/a.png", 20, 10, (x, y) -> x < 3 ? 2 : y == 9 ? 255 : 0)
                .gray("masks/b.png", 20, 10, (x, y) -> x < 5 ? 1 : 0)
                .text("classes.txt", "background", "dent", "rust");
        RecognizedData data = files().open();
        assertEquals("masks", data.format());
        assertEquals(List.of("dent", "rust"), data.reader().maskClasses());
        DataSet read = files().read();
        assertEquals(List.of(200L - 30 - 17, 0L, 30L), pixels(read, 0));
        assertEquals(17, read.samples().get(0).mask().orElseThrow().ignored());
        assertEquals(List.of(150L, 50L, 0L), pixels(read, 1));
        assertEquals(Optional.empty(), read.samples().get(2).mask(), "an image without a mask is not annotated");
        assertEquals(0, read.boxed());
    }

    @Test
    void classesOfATrainedNetworkAreMatchedByName() throws IOException {
        files().images("images/a.png")
                .gray("masks/a.png", 20, 10, (x, y) -> x < 3 ? 2 : x < 4 ? 1 : 0)
                .text("classes.txt", "dent", "rust");
        DataReader reader = files().open().reader().withClasses(List.of(), List.of("rust", "crack", "dent"));
        Sample sample = reader.read("test", ImageLists.everything(), BadFiles.stop())
                .samples()
                .get(0);
        assertEquals(List.of(160L, 30L, 0L, 10L), sample.mask().orElseThrow().pixels());
        byte[] row = Arrays.copyOf(ImageDecoder.mask(sample).orElseThrow(), 5);
        assertArrayEquals(new byte[] {1, 1, 1, 3, 0}, row);
        DataReader other = files().open().reader().withClasses(List.of(), List.of("crack", "dent"));
        String message = assertThrows(
                        DataException.class, () -> other.read("test", ImageLists.everything(), BadFiles.stop()))
                .getMessage();
        assertTrue(message.contains("30 pixels of the unknown class 'rust', expected [crack, dent]"), message);
    }

    @Test
    void blackAndWhiteIsRecognizedAndWhiteIsOneClass() throws IOException {
        files().images("train_images/a.jpg", "train_images/b.jpg")
                .gray("train_masks/a.png", 20, 10, (x, y) -> x < 3 ? 255 : 0)
                .rgb("train_masks/b_mask.png", 20, 10, (x, y) -> x < 4 ? 0xFFFFFF : 0);
        DataSet data = files().read();
        assertEquals(List.of("foreground"), data.maskClasses());
        assertEquals(List.of(170L, 30L), pixels(data, 0));
        assertEquals(List.of(160L, 40L), pixels(data, 1));
        assertTrue(files().open()
                .line()
                .contains("masks are black and white, from 128 on 'foreground' (--mask-class names it)"));
        assertEquals(List.of("train"), files().open().reader().lists());
        assertEquals(List.of("scratch"), read(threshold(null, "scratch")).maskClasses());
    }

    @Test
    void smoothEdgesAreOfferedAThreshold() throws IOException {
        files().images("images/a.jpg").gray("masks/a.png", 20, 10, (x, y) -> y == 5 ? x * 13 : x < 3 ? 255 : 0);
        assertTrue(refused().contains("masks/a.png: and the other masks have"), refused());
        assertTrue(refused().contains("smooth edges; give --mask-threshold 128, and --mask-class NAME"), refused());
        DataSet data = read(threshold(128, "dent"));
        assertEquals(List.of("dent"), data.maskClasses());
        // 9 rows of 3 white pixels, and x * 13 >= 128 from x = 10 on.
        assertEquals(List.of(200L - 27 - 10, 27L + 10), pixels(data, 0));
        assertEquals(List.of(200L - 27 - 19, 27L + 19), pixels(read(threshold(1, "dent")), 0));
    }

    @Test
    void foldersNameTheClassesOfBlackAndWhiteMasksAndGoodPartsAreBackground() throws IOException {
        for (int i = 0; i < 2; i++) {
            files().images("train/good/00" + i + ".png", "test/good/00" + i + ".png")
                    .images("test/broken large/00" + i + ".png", "test/scratch/00" + i + ".png")
                    .gray("ground_truth/broken large/00" + i + "_mask.png", 20, 10, (x, y) -> x < 3 ? 255 : 0)
                    .gray("ground_truth/scratch/00" + i + "_mask.png", 20, 10, (x, y) -> x < 4 ? 255 : 0);
        }
        DataSet data = files().read();
        assertEquals(List.of("broken large", "scratch"), data.maskClasses());
        assertEquals(8, data.masked());
        assertEquals(
                List.of(170L, 30L, 0L),
                files().read("test/broken large/001").mask().orElseThrow().pixels());
        assertEquals(
                List.of(160L, 0L, 40L),
                files().read("test/scratch/000").mask().orElseThrow().pixels());
        assertEquals(
                List.of(200L, 0L, 0L),
                files().read("train/good/000").mask().orElseThrow().pixels());
        assertEquals(List.of("test", "train"), files().open().reader().lists());
        assertTrue(files().open().line().contains("4 images without a mask are in folders named as good parts"));
    }

    @Test
    void aPngBesideAJpegOfTheSameNameIsItsMask() throws IOException {
        for (String name : List.of("Blowhole/Imgs/1", "Blowhole/Imgs/2", "Crack/Imgs/1", "Crack/Imgs/3")) {
            files().images(name + ".jpg").gray(name + ".png", 20, 10, (x, y) -> y < 1 ? 255 : 0);
        }
        DataSet data = files().read();
        assertEquals(List.of("Blowhole", "Crack"), data.maskClasses());
        assertEquals(
                List.of(180L, 0L, 20L),
                files().read("Crack/Imgs/3").mask().orElseThrow().pixels());
        assertEquals(4, data.size());
    }

    @Test
    void colorsAreClassesNamedByALabelMap() throws IOException {
        files().images("images/a.png").rgb("masks/a.png", 20, 10, (x, y) -> x < 3 ? 0x800000 : x < 5 ? 0x008000 : 0);
        DataSet found = files().read();
        assertEquals(List.of("#008000", "#800000"), found.maskClasses());
        assertEquals(List.of(150L, 20L, 30L), pixels(found, 0));
        files().text(
                        "labelmap.txt",
                        "# label:color_rgb:parts:actions",
                        "background:0,0,0::",
                        "dent:128,0,0::",
                        "rust:0,128,0::");
        DataSet named = files().read();
        assertEquals(List.of("dent", "rust"), named.maskClasses());
        assertEquals(List.of(150L, 30L, 20L), pixels(named, 0));
        files().text("labelmap.txt", "background:0,0,0::", "dent:128,0,0::");
        assertTrue(
                refused().contains("masks/a.png: has a pixel of the color 0,128,0 at x 3, y 0, which is of no class"),
                refused());
    }

    @Test
    void paletteIndicesAreClassesUnlessFilesGiveThemOtherColors() throws IOException {
        files().images("images/a.png", "images/b.png")
                .palette("masks/a.png", 20, 10, new int[] {0, 0x800000, 0x008000}, (x, y) -> x < 3 ? 2 : 0)
                .palette("masks/b.png", 20, 10, new int[] {0, 0x800000, 0x008000}, (x, y) -> x < 4 ? 1 : 0);
        assertEquals(List.of("class 1", "class 2"), files().read().maskClasses());
        assertEquals(List.of(170L, 0L, 30L), pixels(files().read(), 0));
        files().palette("masks/b.png", 20, 10, new int[] {0, 0x008000, 0x800000}, (x, y) -> x < 4 ? 1 : 0);
        DataSet data = files().read();
        assertEquals(List.of("#008000"), data.maskClasses(), "index 2 of one and index 1 of the other are one color");
        assertEquals(List.of(170L, 30L), pixels(data, 0));
        assertEquals(List.of(160L, 40L), pixels(data, 1));
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        files().images("images/a.png", "images/b.png").gray("masks/x.png", 20, 10, (x, y) -> 1);
        assertTrue(
                refused()
                        .contains("has 2 images and 1 masks, but no two of the same name: images such as images/a.png, "
                                + "images/b.png, masks such as masks/x.png; name each mask like its image"),
                refused());
        files().gray("masks/a.png", 10, 20, (x, y) -> 1);
        assertTrue(refused().contains("masks/a.png: has 10 x 20 pixels, but its image has 20 x 10"), refused());
        files().gray("masks/a.png", 20, 10, (x, y) -> 1).gray("masks/a_mask.png", 20, 10, (x, y) -> 1);
        BadFiles bad = BadFiles.stop();
        DataSet data = files().open().reader().read("test", ImageLists.everything(), bad);
        assertEquals(1, data.masked());
        assertTrue(
                bad.notices().toString().contains("2 annotation files have no image"),
                bad.notices().toString());
        files().gray("masks/a.png", 20, 10, (x, y) -> x < 5 ? 38 : x < 10 ? 75 : x < 15 ? 113 : 0);
        assertTrue(refused().contains("gray values [38, 75, 113], expected class indices from 1 on"), refused());
    }

    @Test
    void vocLayoutOffersAThresholdForBlackAndWhite() throws IOException {
        files().images("JPEGImages/a.png", "JPEGImages/b.png")
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 255 : 0)
                .gray("SegmentationClass/b.png", 20, 10, (x, y) -> x < 4 ? 255 : 0)
                .text("classes.txt", "dent");
        assertTrue(refused().contains("only masks of the values 0 and 255"), refused());
        assertTrue(refused().contains("give --mask-threshold 128"), refused());
        DataSet data = read(threshold(128, null));
        assertEquals(List.of(170L, 30L), pixels(data, 0));
        assertEquals(0, data.samples().get(0).mask().orElseThrow().ignored());
        files().gray("SegmentationClass/a.png", 20, 10, (x, y) -> y == 5 ? x * 13 : x < 3 ? 255 : 0);
        assertTrue(refused().contains("a.png: has gray values from black to white"), refused());
        assertEquals(List.of(200L - 37, 37L), pixels(read(threshold(128, null)), 0));
        files().text("classes.txt", "dent", "rust");
        String choose = assertThrows(DataException.class, () -> read(threshold(128, null)))
                .getMessage();
        assertTrue(choose.contains("name it with --mask-class"), choose);
        assertEquals(List.of(163L, 0L, 37L), pixels(read(threshold(128, "rust")), 0));
        assertFalse(read(threshold(128, "rust")).samples().isEmpty());
    }

    @Test
    void indicesInVocLayoutAreMatchedByNameWhenAFileNamesThem() throws IOException {
        files().images("JPEGImages/a.png")
                .gray("SegmentationClass/a.png", 20, 10, (x, y) -> x < 3 ? 2 : x < 4 ? 1 : 0)
                .text("classes.txt", "dent", "rust");
        List<String> turned = List.of("rust", "dent");
        DataSet data = files().open()
                .reader()
                .withClasses(turned, turned)
                .read("test", ImageLists.everything(), BadFiles.stop());
        assertEquals(List.of(160L, 30L, 10L), pixels(data, 0));
        List<String> other = List.of("nut", "dent");
        String message = assertThrows(
                        DataException.class,
                        () -> files().open()
                                .reader()
                                .withClasses(other, other)
                                .read("test", ImageLists.everything(), BadFiles.stop()))
                .getMessage();
        assertTrue(message.contains("30 pixels of the unknown class 'rust', expected [nut, dent]"), message);
    }

    @Test
    void severalMasksInTheFolderOfAnImageAreItsObjects() throws IOException {
        files().images("train/ab12/images/ab12.png", "train/cd34/images/cd34.png")
                .gray("train/ab12/masks/1.png", 20, 10, (x, y) -> x >= 2 && x < 5 && y < 4 ? 255 : 0)
                .gray("train/ab12/masks/2.png", 20, 10, (x, y) -> x == 9 && y >= 8 ? 255 : 0)
                .gray("train/cd34/masks/7.png", 20, 10, (x, y) -> y == 0 ? 255 : 0);
        Sample two = files().read("train/ab12/images/ab12");
        assertEquals(
                List.of(new Box(0, 2, 0, 5, 4, false), new Box(0, 9, 8, 10, 10, false)),
                two.boxes().orElseThrow());
        assertEquals(List.of(200L - 14, 14L), two.mask().orElseThrow().pixels());
        assertEquals(
                List.of(180L, 20L),
                files().read("train/cd34/images/cd34").mask().orElseThrow().pixels());
        assertTrue(files().open().line().contains("one mask for each object, with a box around it"));
        assertEquals(List.of("train"), files().open().reader().lists());
    }
}
