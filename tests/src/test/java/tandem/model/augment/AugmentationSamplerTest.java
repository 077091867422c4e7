package tandem.model.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.junit.jupiter.api.Test;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;

class AugmentationSamplerTest {

    private static final int DRAWS = 4000;
    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private final AugmentationSampler sampler = new AugmentationSampler(AugmentationSettings.standard());

    private static DecodedImage image(byte[] mask) {
        return new DecodedImage(WIDTH, HEIGHT, 1, WIDTH, HEIGHT, new byte[WIDTH * HEIGHT * 3], mask);
    }

    /** The window of a draw as fractions of the picture: xyxy. */
    private static double[] window(ImageParameters drawn) {
        Geometry g = drawn.geometry();
        double a = g.pictureX(0) / WIDTH;
        double b = g.pictureX(1) / WIDTH;
        return new double[] {Math.min(a, b), g.pictureY(0) / HEIGHT, Math.max(a, b), g.pictureY(1) / HEIGHT};
    }

    private static boolean whole(double[] window) {
        return Arrays.equals(window, new double[] {0, 0, 1, 1});
    }

    @Test
    void theSeedDecides() {
        DecodedImage image = image(null);
        assertEquals(sampler.draw(image, List.of(), 5), sampler.draw(image, List.of(), 5));
        assertNotEquals(sampler.draw(image, List.of(), 5), sampler.draw(image, List.of(), 6));
        ImageParameters none = new AugmentationSampler(AugmentationSettings.none()).draw(image, List.of(), 5);
        assertEquals(ImageParameters.evaluation(WIDTH, HEIGHT, false), none);
    }

    @Test
    void coloursAreDrawnHalfOfTheTimeAndUniformly() {
        List<double[]> drawn = new ArrayList<>();
        int flips = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            ImageParameters parameters = sampler.draw(image(null), List.of(), seed);
            Photometric p = parameters.photometric();
            drawn.add(new double[] {p.brightness(), p.contrast(), p.hue(), p.saturation()});
            flips += parameters.geometry().scaleX() < 0 ? 1 : 0;
        }
        assertEquals(0.5, flips / (double) DRAWS, 0.03, "four standard deviations of a fair coin");
        double[][] ranges = {{0, -32, 32}, {1, 0.5, 1.5}, {0, -36, 36}, {1, 0.5, 1.5}};
        for (int k = 0; k < 4; k++) {
            int index = k;
            double[] changed = drawn.stream().mapToDouble(values -> values[index]).filter(value -> value != ranges[index][0]).toArray();
            assertEquals(0.5, changed.length / (double) DRAWS, 0.03);
            double p = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new UniformRealDistribution(null, ranges[k][1], ranges[k][2]), changed);
            assertTrue(p > 1e-4, "uniform with probability " + p);
        }
    }

    @Test
    void windowsKeepTheirShapeAndTheirMiddle() {
        int changed = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            double[] window = window(sampler.draw(image(null), List.of(), seed));
            if (whole(window)) {
                continue;
            }
            changed++;
            double width = window[2] - window[0];
            double height = window[3] - window[1];
            assertTrue(height >= 0.25 - 1e-9 && height <= 1.75 + 1e-9 && width / height >= 0.5 - 1e-9 && width / height <= 2 + 1e-9, Arrays.toString(window));
            assertEquals(0.5, (window[0] + window[2]) / 2, 0.1 + 1e-9);
            assertEquals(0.5, (window[1] + window[3]) / 2, 0.1 + 1e-9);
        }
        assertEquals(0.75, changed / (double) DRAWS, 0.03, "nothing to judge by, so every try is accepted");
    }

    @Test
    void noBoxIsCutInHalfAndOneStays() {
        List<Box> boxes = List.of(new Box(0, 10, 10, 60, 50, false), new Box(0, 90, 60, 150, 110, false), new Box(1, 70, 50, 80, 56, false));
        int changed = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            double[] window = window(sampler.draw(image(null), boxes, seed));
            changed += whole(window) ? 0 : 1;
            boolean centre = false;
            for (Box box : boxes) {
                double w = Math.min(box.xMax(), Math.min(1, window[2]) * WIDTH) - Math.max(box.xMin(), Math.max(0, window[0]) * WIDTH);
                double h = Math.min(box.yMax(), Math.min(1, window[3]) * HEIGHT) - Math.max(box.yMin(), Math.max(0, window[1]) * HEIGHT);
                double share = Math.max(0, w) * Math.max(0, h) / ((box.xMax() - box.xMin()) * (box.yMax() - box.yMin()));
                assertTrue(share <= 0.25 + 1e-6 || share >= 0.75 - 1e-6, Arrays.toString(window) + " keeps " + share + " of " + box);
                double x = (box.xMin() + box.xMax()) / 2 / WIDTH;
                double y = (box.yMin() + box.yMax()) / 2 / HEIGHT;
                centre |= x > window[0] && x < window[2] && y > window[1] && y < window[3];
            }
            assertTrue(centre);
        }
        assertTrue(changed > DRAWS / 2, changed + " of " + DRAWS);
    }

    @Test
    void aMaskKeepsSomethingOfItsForeground() {
        byte[] mask = new byte[WIDTH * HEIGHT];
        for (int y = 80; y < 110; y++) {
            Arrays.fill(mask, y * WIDTH + 110, y * WIDTH + 150, (byte) 2);
        }
        Arrays.fill(mask, 0, 40 * WIDTH, (byte) 255);
        int changed = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            double[] window = window(sampler.draw(image(mask), List.of(), seed));
            changed += whole(window) ? 0 : 1;
            // Pixels of the rectangle whose area lies at least partly inside the window.
            double first = Math.max(110, Math.floor(window[0] * WIDTH));
            double last = Math.min(149, Math.ceil(window[2] * WIDTH) - 1);
            double top = Math.max(80, Math.floor(window[1] * HEIGHT));
            double bottom = Math.min(109, Math.ceil(window[3] * HEIGHT) - 1);
            assertTrue(last - first > 9.0 / 320 * WIDTH && bottom - top > 9.0 / 320 * HEIGHT, Arrays.toString(window));
        }
        assertTrue(changed > DRAWS / 2, changed + " of " + DRAWS);
    }

    @Test
    void aMaskWithTooLittleForegroundIsNeverCutAndOneWithoutAnyFreely() {
        byte[] speck = new byte[WIDTH * HEIGHT];
        speck[50 * WIDTH + 50] = 1;
        byte[] blank = new byte[WIDTH * HEIGHT];
        int cut = 0;
        for (int seed = 0; seed < 500; seed++) {
            assertArrayEquals(new double[] {0, 0, 1, 1}, window(sampler.draw(image(speck), List.of(), seed)), 1e-12);
            cut += whole(window(sampler.draw(image(blank), List.of(), seed))) ? 0 : 1;
        }
        assertTrue(cut > 300, cut + " of 500");
    }

    @Test
    void shrunkenPicturesAreJudgedAsTheirOriginals() {
        DecodedImage original = image(null);
        DecodedImage half = new DecodedImage(WIDTH / 2, HEIGHT / 2, 2, WIDTH / 2f, HEIGHT / 2f, new byte[WIDTH * HEIGHT / 4 * 3], null);
        List<Box> boxes = List.of(new Box(0, 10, 10, 60, 50, false), new Box(0, 90, 60, 150, 110, false));
        for (int seed = 0; seed < 200; seed++) {
            Geometry a = sampler.draw(original, boxes, seed).geometry();
            Geometry b = sampler.draw(half, boxes, seed).geometry();
            assertEquals(a.scaleX(), 2 * b.scaleX(), 1e-9);
            assertEquals(a.offsetY(), 2 * b.offsetY(), 1e-9);
        }
    }
}
