package tandem.model.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;

class PretrainingImagesTest {

    private static final int SIZE = 96;
    private static final PretrainingImages IMAGES = new PretrainingImages(SIZE, 5);

    @Test
    void imageDependsOnlyOnSeedAndNumber() {
        ImageCache many = IMAGES.make("a", 0, 6, 1 << 20);
        ImageCache few = IMAGES.make("b", 4, 2, 1 << 20);
        assertArrayEquals(many.get(5).rgb(), few.get(1).rgb());
        assertArrayEquals(many.get(5).mask(), few.get(1).mask());
        assertEquals(
                many.data().samples().get(5).boxes(),
                few.data().samples().get(1).boxes());
        assertFalse(Arrays.equals(many.get(4).rgb(), many.get(5).rgb()));
        assertFalse(Arrays.equals(
                many.get(0).rgb(), new PretrainingImages(SIZE, 6).image(0).rgb()));
        assertThrows(IllegalArgumentException.class, () -> new PretrainingImages(64, 0));
    }

    /** The shipped encoder can be made again only if the images stay the same; measured on x86-64 with JDK 17. */
    @Test
    void imagesAreTheSameOnEveryMachine() {
        CRC32 sum = new CRC32();
        for (int i = 0; i < 40; i++) {
            GeneratedImage image = IMAGES.image(i);
            sum.update(image.rgb());
            sum.update(image.mask());
        }
        assertEquals(SUM, Long.toHexString(sum.getValue()));
    }

    private static final String SUM = "6b8accac";

    @Test
    void boxesAreTightAndMasksHaveTheirClass() {
        int surfaces = SurfaceKind.values().length;
        int[] seen = new int[surfaces + DefectKind.values().length];
        int boxes = 0;
        for (int i = 0; i < 300; i++) {
            GeneratedImage image = IMAGES.image(i);
            for (byte value : image.mask()) {
                seen[value]++;
            }
            for (Box box : image.boxes()) {
                boxes++;
                assertTrue(
                        box.xMin() >= 0 && box.yMin() >= 0 && box.xMax() <= SIZE && box.yMax() <= SIZE, box::toString);
                int inside = 0;
                for (int y = (int) box.yMin(); y < box.yMax(); y++) {
                    for (int x = (int) box.xMin(); x < box.xMax(); x++) {
                        inside += image.mask()[y * SIZE + x] == surfaces + box.label() ? 1 : 0;
                    }
                }
                assertTrue(inside > 0, () -> "no pixel of the class in " + box);
            }
        }
        assertTrue(boxes > 450, "boxes: " + boxes);
        for (int pixels : seen) {
            assertTrue(pixels > 0, () -> "a class is missing: " + Arrays.toString(seen));
        }
    }

    @ParameterizedTest
    @EnumSource(SurfaceKind.class)
    void surfacesDiffer(SurfaceKind kind) {
        Material material = Material.draw(kind, false, new SplittableRandom(1));
        Material other = Material.draw(kind, false, new SplittableRandom(2));
        assertNotEquals(row(material), row(other));
        assertTrue(row(material).stream().distinct().count() > 1);
    }

    private static List<Float> row(Material material) {
        Float[] values = new Float[64];
        float[] rgb = new float[3];
        for (int i = 0; i < values.length; i++) {
            material.color(i, 2 * i, rgb, 0);
            assertEquals(rgb[0], rgb[1]);
            assertEquals(rgb[0], rgb[2]);
            values[i] = rgb[0];
        }
        return List.of(values);
    }

    /** Every defect changes its pixels visibly, and none outside its window. */
    @ParameterizedTest
    @EnumSource(DefectKind.class)
    void defectsAreVisible(DefectKind kind) {
        int painted = 0;
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Scene scene = Scene.draw(SIZE, random);
            float visible = Defect.visible(scene.main());
            float[] before = scene.rgb().clone();
            Defect defect = kind.draw(scene, new Shapes(SIZE, random), random);
            if (defect.footprint().box(0, 12) == null || !defect.paint(scene, visible)) {
                continue;
            }
            painted++;
            Footprint print = defect.footprint();
            float max = 0;
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    int at = 3 * (y * SIZE + x);
                    float change = Math.abs(scene.rgb()[at] - before[at]);
                    boolean window = x >= print.left()
                            && x < print.left() + print.width()
                            && y >= print.upper()
                            && y < print.upper() + print.height();
                    assertTrue(window || change == 0);
                    max = Math.max(max, change);
                }
            }
            assertTrue(max > 0.5f * visible, "seed " + seed + ": " + max);
        }
        assertTrue(painted >= 8, kind + " was visible " + painted + " times of 20");
    }

    @Test
    void dataSetHasBoxesAndMasks() {
        ImageCache cache = IMAGES.make("train", 7, 3, 1 << 20);
        assertEquals(3, cache.data().boxed());
        assertEquals(3, cache.data().masked());
        assertEquals(SIZE * SIZE, cache.maxDecodedPixels());
        Sample sample = cache.data().samples().get(2);
        assertEquals("train_000009", sample.id());
        assertEquals(
                SIZE * SIZE,
                sample.mask().orElseThrow().pixels().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        assertArrayEquals(cache.get(2).mask(), sample.mask().orElseThrow().read(SIZE, SIZE));
        assertEquals(DefectKind.values().length, cache.data().boxClasses().size());
        assertEquals(
                SurfaceKind.values().length + DefectKind.values().length,
                cache.data().maskChannels());
        assertThrows(IllegalArgumentException.class, () -> IMAGES.make("small", 0, 1, 100));
    }
}
