package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.GrabCutMaskSettings.Failure;
import tandem.model.settings.GrabCutMaskSettings.Inside;

class GrabCutMaskGeneratorTest {

    private static final int SIDE = 96;
    private static final GrabCutMaskSettings SETTINGS = GrabCutMaskSettings.of(1);

    @TempDir
    Path folder;

    /** Noise of deviation 8 over the colors that {@code value} names: 0 background, else an object. */
    private static DecodedImage image(boolean gray, IntBinaryOperator value) {
        SplittableRandom random = new SplittableRandom(4);
        byte[] rgb = new byte[SIDE * SIDE * 3];
        int[][] colors = {{110, 110, 110}, {70, 70, 70}, {160, 160, 160}};
        int[][] bright = {{110, 100, 90}, {160, 60, 60}, {40, 90, 170}};
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int noise = (int) Math.round(8 * random.nextGaussian());
                int[] color = (gray ? colors : bright)[value.applyAsInt(x, y)];
                for (int c = 0; c < 3; c++) {
                    int own = gray ? noise : noise / 2 + (int) Math.round(6 * random.nextGaussian());
                    rgb[(y * SIDE + x) * 3 + c] = (byte) Math.max(0, Math.min(255, color[c] + own));
                }
            }
        }
        return new DecodedImage(SIDE, SIDE, 1, SIDE, SIDE, rgb, null);
    }

    private static boolean ellipse(int x, int y, double centerX, double centerY, double a, double b) {
        double dx = (x + 0.5 - centerX) / a;
        double dy = (y + 0.5 - centerY) / b;
        return dx * dx + dy * dy < 1;
    }

    private static int twoBlobs(int x, int y) {
        return ellipse(x, y, 30, 34, 20, 13) ? 1 : ellipse(x, y, 70, 66, 12, 21) ? 2 : 0;
    }

    private static final List<Box> TWO = List.of(new Box(0, 10, 21, 50, 47, false), new Box(1, 58, 45, 82, 87, false));

    private static GrabCutMaskGenerator maker(GrabCutMaskSettings settings) {
        return GrabCutMaskGenerator.of(settings, List.of("dark", "light", "other"), List.of("light", "dark"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void blobsAreFoundInTheirBoxes(boolean gray) {
        byte[] mask = maker(SETTINGS).mask(image(gray, GrabCutMaskGeneratorTest::twoBlobs), TWO);
        // Mask class 1 is light, 2 is dark; pixels that are ignored count as background.
        int[] both = new int[3];
        int[] either = new int[3];
        for (int i = 0; i < mask.length; i++) {
            int truth = twoBlobs(i % SIDE, i / SIDE) == 0 ? 0 : 3 - twoBlobs(i % SIDE, i / SIDE);
            int found = mask[i] == -1 ? 0 : mask[i];
            for (int k = 1; k < 3; k++) {
                both[k] += truth == k && found == k ? 1 : 0;
                either[k] += truth == k || found == k ? 1 : 0;
            }
        }
        assertTrue(
                both[1] > 0.95 * either[1] && both[2] > 0.95 * either[2],
                both[1] + "/" + either[1] + " " + both[2] + "/" + either[2]);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean inside = x >= 10 && x < 50 && y >= 21 && y < 47 || x >= 58 && x < 82 && y >= 45 && y < 87;
                if (inside) {
                    assertNotEquals(0, mask[y * SIDE + x], "a rejected pixel is not known to be background");
                } else {
                    assertEquals(0, mask[y * SIDE + x]);
                }
            }
        }
    }

    @Test
    void theSmallerBoxWinsWhereTwoClaimAPixel() {
        DecodedImage image =
                image(false, (x, y) -> ellipse(x, y, 48, 48, 40, 30) ? ellipse(x, y, 52, 50, 9, 9) ? 2 : 1 : 0);
        List<Box> boxes = List.of(new Box(1, 43, 41, 61, 59, false), new Box(0, 8, 18, 88, 78, false));
        byte[] mask = maker(SETTINGS).mask(image, boxes);
        assertEquals(1, mask[50 * SIDE + 52]);
        assertEquals(2, mask[48 * SIDE + 20]);
    }

    /** Without contrast, all of the box or nothing of it becomes the object, which is a failure. */
    @Test
    void aCutThatFailsMakesTheBoxIgnoredOrFilled() {
        DecodedImage plain = new DecodedImage(SIDE, SIDE, 1, SIDE, SIDE, new byte[SIDE * SIDE * 3], null);
        List<Box> boxes = List.of(new Box(0, 20, 30, 40, 50, false));
        byte[] ignored = maker(SETTINGS).mask(plain, boxes);
        byte[] filled = maker(SETTINGS.withFailure(Failure.FILL)).mask(plain, boxes);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean inside = x >= 20 && x < 40 && y >= 30 && y < 50;
                assertEquals(inside ? -1 : 0, ignored[y * SIDE + x]);
                assertEquals(inside ? 2 : 0, filled[y * SIDE + x]);
            }
        }
    }

    @Test
    void oddBoxesAreRight() {
        DecodedImage image = image(false, GrabCutMaskGeneratorTest::twoBlobs);
        byte[] none = maker(SETTINGS).mask(image, List.of());
        assertArrayEquals(new byte[SIDE * SIDE], none);
        byte[] pixel = maker(SETTINGS).mask(image, List.of(new Box(0, 5, 6, 6, 7, false)));
        for (int i = 0; i < pixel.length; i++) {
            assertEquals(i == 6 * SIDE + 5 ? -1 : 0, pixel[i]);
        }
        assertArrayEquals(none, maker(SETTINGS).mask(image, List.of(new Box(0, 200, 6, 210, 17, false))));
        // Half outside, and a box of everything, around which there is no background to learn.
        byte[] half = maker(SETTINGS.withInside(Inside.FILL)).mask(image, List.of(new Box(1, -10, 90, 3, 120, false)));
        assertEquals(1, half[95 * SIDE]);
        assertEquals(0, half[95 * SIDE + 3]);
        byte[] all = maker(SETTINGS).mask(image, List.of(new Box(0, 0, 0, SIDE, SIDE, false)));
        for (byte value : all) {
            assertEquals(-1, value);
        }
        // A class without a mask class.
        byte[] other = maker(SETTINGS).mask(image, List.of(new Box(2, 10, 21, 50, 47, false)));
        assertEquals(-1, other[34 * SIDE + 30]);
        assertEquals(0, other[0]);
        byte[] outsideAlone = maker(SETTINGS.withInside(Inside.IGNORE)).mask(image, TWO);
        assertEquals(-1, outsideAlone[34 * SIDE + 30]);
    }

    /** A box of more pixels than are worked on is divided at a lower resolution. */
    @Test
    void aLargeObjectIsFoundToo() {
        int side = 700;
        byte[] rgb = new byte[side * side * 3];
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < side * side; i++) {
            boolean object = ellipse(i % side, i / side, 350, 350, 260, 180);
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) ((object ? 60 : 140) + 20 * c + random.nextInt(40));
            }
        }
        byte[] mask = maker(SETTINGS)
                .mask(
                        new DecodedImage(side, side, 1, side, side, rgb, null),
                        List.of(new Box(0, 90, 170, 610, 530, false)));
        int both = 0;
        int either = 0;
        for (int i = 0; i < mask.length; i++) {
            boolean truth = ellipse(i % side, i / side, 350, 350, 260, 180);
            both += truth && mask[i] == 2 ? 1 : 0;
            either += truth || mask[i] == 2 ? 1 : 0;
        }
        assertTrue(both > 0.97 * either, both + " of " + either);
    }

    @Test
    void aMaskIsMadeOnceAndKeptByItsContent() throws IOException {
        DecodedImage image = image(true, GrabCutMaskGeneratorTest::twoBlobs);
        GrabCutMaskCache cache = new GrabCutMaskCache(folder.resolve("cache"));
        byte[] made = cache.mask(maker(SETTINGS), image, TWO);
        assertArrayEquals(maker(SETTINGS).mask(image, TWO), made);
        Path file;
        try (Stream<Path> files = Files.list(cache.folder())) {
            file = files.toList().get(0);
        }
        // What is read is what lies there: another mask put in its place comes back.
        byte[] other = made.clone();
        other[7] = 9;
        tandem.model.figure.MaskPng.write(file, other, SIDE, SIDE);
        assertArrayEquals(other, cache.mask(maker(SETTINGS.withWeight(0.3f)), image, TWO));
        // A damaged file is generated again.
        Files.write(file, new byte[] {1, 2, 3});
        assertArrayEquals(made, cache.mask(maker(SETTINGS), image, TWO));
        assertArrayEquals(made, cache.mask(maker(SETTINGS), image, TWO));
        String key = GrabCutMaskCache.key(maker(SETTINGS), image, TWO);
        assertNotEquals(key, GrabCutMaskCache.key(maker(SETTINGS.withFailure(Failure.FILL)), image, TWO));
        assertNotEquals(key, GrabCutMaskCache.key(maker(SETTINGS), image, TWO.subList(0, 1)));
        assertNotEquals(
                key, GrabCutMaskCache.key(maker(SETTINGS), image(false, GrabCutMaskGeneratorTest::twoBlobs), TWO));
    }

    /** Computed by Python's hashlib and struct. When they change, all masks on disk are generated again. */
    @Test
    void keysAreTheseDigests() {
        byte[] rgb = new byte[18];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (10 + i);
        }
        DecodedImage image = new DecodedImage(3, 2, 1, 3, 2, rgb, null);
        List<Box> boxes = List.of(new Box(0, 0.5f, 0, 2.25f, 1.5f, false), new Box(1, 1, 1, 3, 2, false));
        GrabCutMaskSettings settings = GrabCutMaskSettings.of(0.5f);
        assertEquals(
                "652a20dd9efecf31f8895cf258b6f721",
                GrabCutMaskCache.key(new GrabCutMaskGenerator(settings, List.of(2, 255)), image, boxes));
        assertEquals(
                "656af9cf01d56fe367c69e2cd789f553",
                GrabCutMaskCache.key(
                        new GrabCutMaskGenerator(
                                settings.with(change -> change.weight(1)
                                        .failure(Failure.FILL)
                                        .inside(GrabCutMaskSettings.Inside.IGNORE)),
                                List.of(2, 255)),
                        image,
                        boxes));
    }
}
