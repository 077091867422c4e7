package tandem.model.coco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tandem.model.metrics.ReferenceData;

class RunLengthMaskTest {

    @Test
    void runsGoDownTheColumns() {
        byte[] mask = {
            0, 1, 0,
            0, 1, 1,
        };
        RunLengthMask runs = RunLengthMask.ofMask(mask, 3, 2, 1);
        assertArrayEquals(new int[] {2, 2, 1, 1}, runs.runs());
        assertArrayEquals(mask, runs.toMask());
        assertEquals(3, runs.area());
        assertEquals(new RunLengthMask.Bounds(1, 0, 3, 2), runs.bounds());
    }

    @Test
    void textWorkedByHand() {
        // 5 is '5'; 40 is 8 with more to come, then 1; 3 is '3'; 40 - 40 is '0'; 2 - 3 is -1, all five bits set, 'O'.
        RunLengthMask mask = new RunLengthMask(10, 9, new int[] {5, 40, 3, 40, 2});
        assertEquals("5X130O", mask.compress());
        assertEquals(mask, RunLengthMask.parse(10, 9, "5X130O"));
    }

    @Test
    void realTextsSurviveTheRoundTrip() throws IOException {
        JsonNode results = new ObjectMapper()
                .readTree(ReferenceData.find("coco_val2014_100/instances_val2014_fakesegm100_results.json")
                        .toFile());
        for (JsonNode result : results) {
            JsonNode mask = result.get("segmentation");
            String text = mask.get("counts").asText();
            RunLengthMask parsed = RunLengthMask.parse(
                    mask.get("size").get(1).asInt(), mask.get("size").get(0).asInt(), text);
            assertEquals(text, parsed.compress());
            assertEquals(parsed, RunLengthMask.ofMask(parsed.toMask(), parsed.width(), parsed.height(), 1));
        }
        assertEquals(734, results.size());
    }

    @Test
    void overlapOfRandomMasksEqualsCounting() {
        SplittableRandom random = new SplittableRandom(7);
        for (int trial = 0; trial < 200; trial++) {
            int width = 1 + random.nextInt(12);
            int height = 1 + random.nextInt(12);
            byte[] a = new byte[width * height];
            byte[] b = new byte[width * height];
            int both = 0;
            int either = 0;
            int first = 0;
            for (int i = 0; i < a.length; i++) {
                a[i] = (byte) random.nextInt(2);
                b[i] = (byte) random.nextInt(2);
                both += a[i] & b[i];
                either += a[i] | b[i];
                first += a[i];
            }
            RunLengthMask x = RunLengthMask.ofMask(a, width, height, 1);
            RunLengthMask y = RunLengthMask.ofMask(b, width, height, 1);
            assertEquals(both, x.intersection(y));
            assertEquals(either, x.union(y).area());
            assertEquals(both == 0 ? 0 : (double) both / either, x.overlap(y, false), 1e-15);
            assertEquals(both == 0 ? 0 : (double) both / first, x.overlap(y, true), 1e-15);
            assertEquals(x, RunLengthMask.parse(width, height, x.compress()));
        }
    }

    @Test
    void rectanglesOnPixelEdgesAreExact() {
        RunLengthMask mask = RunLengthMask.ofPolygons(7, 5, new double[] {1, 1, 4, 1, 4, 3, 1, 3});
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 7; x++) {
                boolean inside = x >= 1 && x < 4 && y >= 1 && y < 3;
                assertEquals(inside ? 1 : 0, mask.toMask()[y * 7 + x], x + ", " + y);
            }
        }
    }

    @Test
    void polygonsAreClippedToTheImage() {
        assertEquals(
                35,
                RunLengthMask.ofPolygons(7, 5, new double[] {-3, -3, 20, -3, 20, 20, -3, 20})
                        .area());
        assertEquals(
                0,
                RunLengthMask.ofPolygons(7, 5, new double[] {9, 9, 20, 9, 20, 20, 9, 20})
                        .area());
        assertEquals(
                0,
                RunLengthMask.ofPolygons(7, 5, new double[] {2, 2, 2, 2, 2, 2}).area());
        assertEquals(0, RunLengthMask.ofPolygons(7, 5).area());
    }

    @Test
    void polygonAreaIsThatOfTheShoelaceFormulaWithinItsOutline() {
        SplittableRandom random = new SplittableRandom(11);
        for (int trial = 0; trial < 100; trial++) {
            double[] p = random.doubles(6, 5, 95).toArray();
            double area = Math.abs((p[2] - p[0]) * (p[5] - p[1]) - (p[4] - p[0]) * (p[3] - p[1])) / 2;
            double outline = Math.hypot(p[2] - p[0], p[3] - p[1])
                    + Math.hypot(p[4] - p[2], p[5] - p[3])
                    + Math.hypot(p[0] - p[4], p[1] - p[5]);
            assertEquals(area, RunLengthMask.ofPolygons(100, 100, p).area(), outline / 2 + 1);
        }
    }

    @Test
    void polygonsEqualThoseRasterizedStepByStep() {
        SplittableRandom random = new SplittableRandom(23);
        for (int trial = 0; trial < 3000; trial++) {
            int width = 1 + random.nextInt(40);
            int height = 1 + random.nextInt(40);
            double reach = trial % 3 == 0 ? 5 : trial % 3 == 1 ? 100 : 5000;
            double[] polygon = random.doubles(2 * (3 + random.nextInt(6)), -reach, 40 + reach)
                    .map(v -> random.nextInt(4) == 0 ? Math.rint(v) : v)
                    .toArray();
            assertArrayEquals(
                    SteppedPolygon.fill(width, height, polygon),
                    RunLengthMask.ofPolygons(width, height, polygon).toMask(),
                    () -> width + " x " + height + ": " + Arrays.toString(polygon));
        }
    }

    @Test
    void unionEqualsThatOfPixels() {
        SplittableRandom random = new SplittableRandom(29);
        for (int trial = 0; trial < 300; trial++) {
            byte[] a = new byte[30];
            byte[] b = new byte[30];
            byte[] either = new byte[30];
            for (int i = 0; i < a.length; i++) {
                a[i] = (byte) (random.nextInt(4) == 0 ? 1 : 0);
                b[i] = (byte) random.nextInt(2);
                either[i] = (byte) (a[i] | b[i]);
            }
            assertEquals(
                    RunLengthMask.ofMask(either, 5, 6, 1),
                    RunLengthMask.ofMask(a, 5, 6, 1).union(RunLengthMask.ofMask(b, 5, 6, 1)));
        }
    }

    @Test
    @Timeout(20)
    void farVerticesAndManyPolygonsCostNoMoreThanThePixelsTheyCover() {
        double[] far = new double[2000];
        for (int i = 0; i < far.length; i++) {
            far[i] = i / 2 % 2 == 0 ? -1e7 : 1e7;
        }
        assertEquals(0, RunLengthMask.ofPolygons(160, 160, far).area());
        double[][] squares = new double[10_000][];
        for (int i = 0; i < squares.length; i++) {
            double x = i % 400 * 10;
            double y = i / 400 * 10;
            squares[i] = new double[] {x, y, x + 5, y, x + 5, y + 5, x, y + 5};
        }
        assertEquals(250_000, RunLengthMask.ofPolygons(4000, 3000, squares).area());
    }

    @Test
    void severalPolygonsUnite() {
        double[] left = {0, 0, 3, 0, 3, 4, 0, 4};
        double[] right = {2, 0, 6, 0, 6, 4, 2, 4};
        assertEquals(24, RunLengthMask.ofPolygons(8, 4, left, right).area());
    }

    @Test
    void emptyAndFullMasks() {
        RunLengthMask empty = RunLengthMask.ofMask(new byte[6], 3, 2, 1);
        assertArrayEquals(new int[] {6}, empty.runs());
        assertEquals(new RunLengthMask.Bounds(0, 0, 0, 0), empty.bounds());
        assertEquals(0, empty.overlap(empty, false));
        RunLengthMask full = RunLengthMask.ofMask(new byte[6], 3, 2, 0);
        assertArrayEquals(new int[] {0, 6}, full.runs());
        assertEquals(new RunLengthMask.Bounds(0, 0, 3, 2), full.bounds());
        assertEquals(1, full.overlap(full, false));
    }

    @Test
    void badInputIsNamed() {
        assertTrue(message(() -> new RunLengthMask(3, 2, new int[] {1, 2})).contains("3 pixels, expected 6"));
        assertTrue(message(() -> RunLengthMask.parse(3, 2, "X")).contains("ends within a number"));
        assertTrue(message(() -> RunLengthMask.parse(3, 2, "1 ")).contains("character ' '"));
        assertTrue(message(() -> RunLengthMask.ofPolygons(3, 2, new double[] {0, 0, 1, 1}))
                .contains("three vertices"));
        assertTrue(message(() -> RunLengthMask.ofPolygons(3, 2, new double[] {0, 0, 1, 1, Double.NaN, 0}))
                .contains("NaN"));
        assertTrue(message(() -> RunLengthMask.ofMask(new byte[5], 3, 2, 1)).contains("5 bytes"));
        RunLengthMask small = new RunLengthMask(1, 1, new int[] {0, 1});
        RunLengthMask large = new RunLengthMask(2, 1, new int[] {0, 2});
        assertTrue(message(() -> small.overlap(large, false)).contains("1 x 1 and 2 x 1"));
    }

    private static String message(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }
}
