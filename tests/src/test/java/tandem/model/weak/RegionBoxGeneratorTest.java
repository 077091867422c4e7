package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.weak.RegionBoxGenerator.Predicted;

class RegionBoxGeneratorTest {

    private static final int SIDE = 40;

    private static DecodedImage image(int factor, int width, int height, byte[] mask) {
        return new DecodedImage(width, height, factor, width, height, new byte[width * height * 3], mask);
    }

    private static void fill(byte[] mask, int left, int upper, int right, int lower, int value) {
        for (int y = upper; y < lower; y++) {
            Arrays.fill(mask, y * SIDE + left, y * SIDE + right, (byte) value);
        }
    }

    private static Predicted predicted(int label, float score, float left, float upper, float right, float lower) {
        return new Predicted(new Box(label, left, upper, right, lower, false), score);
    }

    /** Mask class 1 is box class 1, 2 is 0, 3 has no boxes. */
    private static RegionBoxGenerator maker(double leastPixels) {

        return RegionBoxGenerator.of(
                RegionBoxSettings.of(1)
                        .with(change -> change.minArea((float) (leastPixels / (SIDE * SIDE)))
                                .maxBoxes(8)),
                List.of("b", "a"),
                List.of("a", "b", "c"));
    }

    private static Box box(int label, float left, float upper, float right, float lower) {
        return new Box(label, left, upper, right, lower, false);
    }

    /** Labels by merging equal neighbors until nothing changes, another algorithm. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void regionsAreTheEightConnectedComponents(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int width = 3 + random.nextInt(12);
        int height = 1 + random.nextInt(12);
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (random.nextInt(10) < 6 ? 0 : random.nextInt(8) == 0 ? 255 : 1 + random.nextInt(2));
        }
        int[] component = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            component[i] = mask[i] == 0 || mask[i] == -1 ? -1 : i;
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = 0; i < mask.length; i++) {
                for (int j = 0; j < mask.length; j++) {
                    boolean touch = Math.abs(i % width - j % width) <= 1 && Math.abs(i / width - j / width) <= 1;
                    if (touch
                            && component[i] >= 0
                            && component[j] >= 0
                            && mask[i] == mask[j]
                            && component[i] < component[j]) {
                        component[j] = component[i];
                        changed = true;
                    }
                }
            }
        }
        List<MaskComponent> regions = MaskComponent.of(mask, width, height, 0);
        assertEquals(Arrays.stream(component).filter(c -> c >= 0).distinct().count(), regions.size());
        for (MaskComponent region : regions) {
            int first = component[region.pixels()[0]];
            int[] expected = {width, height, 0, 0};
            int count = 0;
            for (int i = 0; i < component.length; i++) {
                if (component[i] == first) {
                    count++;
                    expected = new int[] {
                        Math.min(expected[0], i % width),
                        Math.min(expected[1], i / width),
                        Math.max(expected[2], i % width + 1),
                        Math.max(expected[3], i / width + 1)
                    };
                }
            }
            assertEquals(count, region.pixels().length);
            assertEquals(
                    List.of(expected[0], expected[1], expected[2], expected[3]),
                    List.of(region.left(), region.upper(), region.right(), region.lower()));
        }
    }

    @Test
    void smallRegionsAreDroppedUnlessAllOfTheirClassAre() {
        byte[] mask = new byte[SIDE * SIDE];
        fill(mask, 2, 3, 12, 13, 1);
        fill(mask, 20, 3, 22, 5, 1);
        fill(mask, 30, 30, 33, 31, 2);
        fill(mask, 5, 30, 9, 39, 3);
        RegionBoxGenerator.Result made = maker(20).boxes(image(1, SIDE, SIDE, mask), List.of());
        assertEquals(List.of(box(1, 2, 3, 12, 13), box(0, 30, 30, 33, 31)), made.boxes());
        assertEquals(
                3, maker(4).boxes(image(1, SIDE, SIDE, mask), List.of()).boxes().size());
        assertEquals(
                List.of(),
                maker(4).boxes(image(1, SIDE, SIDE, new byte[SIDE * SIDE]), List.of())
                        .boxes());
    }

    @Test
    void boxesOfAShrunkImageAreInItsOriginalPixels() {
        byte[] mask = new byte[SIDE * SIDE];
        fill(mask, 35, 38, 40, 40, 2);
        // 119 columns and 118 rows in squares of 3: the last column and row average 2 and 1.
        DecodedImage image = new DecodedImage(SIDE, SIDE, 3, 119 / 3f, 118 / 3f, new byte[SIDE * SIDE * 3], mask);
        Box made = maker(0).boxes(image, List.of()).boxes().get(0);
        assertEquals(105, made.xMin());
        assertEquals(114, made.yMin());
        assertEquals(119, made.xMax(), 1e-4f);
        assertEquals(118, made.yMax(), 1e-4f);
    }

    @Test
    void twoPredictionsInARegionSplitIt() {
        byte[] mask = new byte[SIDE * SIDE];
        fill(mask, 4, 10, 18, 20, 1);
        fill(mask, 18, 14, 22, 16, 1);
        fill(mask, 22, 8, 34, 24, 1);
        List<Predicted> two = List.of(
                predicted(1, 0.9f, 5, 10, 19, 21),
                predicted(1, 0.8f, 21, 8, 34, 24),
                predicted(1, 0.7f, 6, 10, 19, 21),
                predicted(1, 0.3f, 10, 10, 14, 14),
                predicted(0, 0.9f, 10, 10, 14, 14));
        RegionBoxGenerator.Result made = maker(10).boxes(image(1, SIDE, SIDE, mask), two);
        assertEquals(1, made.split());
        // Pixel column 19 has its center at 19.5: 7.5 of 7 from the first center, 8 of 6.5 from the second; column 20:
        // 8.5 of 7, 7 of 6.5.
        assertEquals(List.of(box(1, 20, 8, 34, 24), box(1, 4, 10, 20, 20)), made.boxes());
        // One of them alone does not, nor do two that cover too little of it.
        assertEquals(
                List.of(box(1, 4, 8, 34, 24)),
                maker(10).boxes(image(1, SIDE, SIDE, mask), two.subList(0, 1)).boxes());
        List<Predicted> little = List.of(predicted(1, 0.9f, 5, 10, 9, 14), predicted(1, 0.9f, 25, 10, 29, 14));
        assertEquals(
                List.of(box(1, 4, 8, 34, 24)),
                maker(10).boxes(image(1, SIDE, SIDE, mask), little).boxes());
        // Nor does one that is mostly outside.
        List<Predicted> outside = List.of(two.get(0), predicted(1, 0.9f, 24, 0, 40, 40));
        assertEquals(0, maker(10).boxes(image(1, SIDE, SIDE, mask), outside).split());
    }

    @Test
    void onePredictionAroundSeveralRegionsMergesThem() {
        byte[] mask = new byte[SIDE * SIDE];
        fill(mask, 4, 10, 10, 20, 1);
        fill(mask, 12, 8, 20, 18, 1);
        fill(mask, 30, 30, 36, 36, 1);
        fill(mask, 4, 24, 10, 30, 2);
        DecodedImage image = image(1, SIDE, SIDE, mask);
        RegionBoxGenerator.Result made = maker(10).boxes(image, List.of(predicted(1, 0.8f, 5, 8, 20, 20)));
        assertEquals(1, made.merged());
        assertEquals(List.of(box(1, 4, 8, 20, 20), box(1, 30, 30, 36, 36), box(0, 4, 24, 10, 30)), made.boxes());
        // Of another class, unsure, or far too large: as they are.
        for (Predicted one : List.of(
                predicted(0, 0.8f, 5, 8, 20, 20), predicted(1, 0.4f, 5, 8, 20, 20), predicted(1, 0.8f, 0, 0, 22, 40))) {
            assertEquals(4, maker(10).boxes(image, List.of(one)).boxes().size());
        }
    }

    @Test
    void onlyTheLargestBoxesAreKept() {
        byte[] mask = new byte[SIDE * SIDE];
        List<Integer> sides = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int side = 1 + i % 6;
            fill(mask, i % 4 * 9, i / 4 * 9, i % 4 * 9 + side, i / 4 * 9 + side, 1);
            sides.add(side);
        }
        List<Box> boxes = maker(0).boxes(image(1, SIDE, SIDE, mask), List.of()).boxes();
        assertEquals(8, boxes.size());
        assertTrue(boxes.stream().allMatch(box -> box.xMax() - box.xMin() >= 3));
    }
}
