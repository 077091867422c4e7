package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedEvaluationTest {

    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final int IMAGES = 40;
    private static final int PIXELS = 64;

    private record Image(List<Detection> found, List<TruthBox> truth, byte[] predicted, byte[] mask) {}

    private final List<Image> images = new ArrayList<>();
    private final List<ImageOutcome> outcomes = new ArrayList<>();

    WeightedEvaluationTest() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < IMAGES; i++) {
            List<TruthBox> truth = new ArrayList<>();
            List<Detection> found = new ArrayList<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                BoxRegion box = box(random, 0);
                int label = random.nextInt(2);
                truth.add(new TruthBox(label, box, random.nextInt(8) == 0));
                if (random.nextInt(4) > 0) {
                    found.add(new Detection(
                            label,
                            random.nextDouble(),
                            new BoxRegion(
                                    box.left() + 2,
                                    box.top() - 1,
                                    box.right() + 4 * random.nextDouble(),
                                    box.bottom())));
                }
            }
            for (int j = random.nextInt(5); j > 0; j--) {
                // Some scores are equal, within an image and between images.
                found.add(new Detection(random.nextInt(2), random.nextInt(5) / 5.0, box(random, 1)));
            }
            byte[] mask = new byte[PIXELS];
            byte[] predicted = new byte[PIXELS];
            for (int p = 0; p < PIXELS; p++) {
                mask[p] = (byte) (random.nextInt(9) == 0 ? 255 : random.nextInt(3));
                predicted[p] = (byte) (random.nextBoolean() ? random.nextInt(4) : Math.max(0, mask[p]));
            }
            boolean masked = i % 3 > 0;
            boolean boxed = i % 4 > 0;
            images.add(new Image(found, boxed ? truth : null, predicted, masked ? mask : null));
            outcomes.add(
                    ImageOutcome.of("image" + i, 3, 4, found, boxed ? truth : null, predicted, masked ? mask : null));
        }
    }

    private static BoxRegion box(SplittableRandom random, double shift) {
        double left = random.nextDouble() * 60 + shift;
        double top = random.nextDouble() * 60;
        return new BoxRegion(left, top, left + 10 + random.nextDouble() * 30, top + 10 + random.nextDouble() * 30);
    }

    @Test
    void withAllWeightsOneTheFiguresAreTheEvaluators() {
        assertSame(new int[0]);
    }

    /** An image of weight k is k images: the evaluator is given each that often, one after the other. */
    @Test
    void aWeightIsTheSameAsRepeatingTheImage() {
        int[] weights = new int[IMAGES];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < IMAGES; i++) {
            weights[random.nextInt(IMAGES)]++;
        }
        assertSame(weights);
    }

    private void assertSame(int[] given) {
        Evaluator evaluator = new Evaluator(CLASSES, CLASSES);
        WeightedEvaluation weighted = new WeightedEvaluation(outcomes);
        int[] weights = given.length == 0 ? weighted.once() : given;
        for (int i = 0; i < IMAGES; i++) {
            Image image = images.get(i);
            for (int k = 0; k < weights[i]; k++) {
                evaluator.add("image" + i, image.found, image.truth, image.predicted, image.mask);
            }
        }
        Evaluation expected = evaluator.result();
        assertTrue(expected.ap50() > 0.2 && expected.ap50() < 0.9, "an uninformative case: " + expected.ap50());
        assertEquals(expected.ap50(), weighted.ap50(weights), 1e-12);
        assertEquals(expected.ap(), weighted.ap(weights), 1e-12);
        assertEquals(expected.miou(), weighted.miou(weights), 1e-12);
        for (int label = 0; label < CLASSES.size(); label++) {
            assertEquals(expected.boxes().classes().get(label).ap50(), weighted.ap50(label, weights), 1e-12);
            assertEquals(expected.boxes().classes().get(label).truths(), weighted.objects(label, weights));
            assertEquals(expected.masks().classes().get(label).iou(), weighted.iou(label, weights), 1e-12);
        }
    }

    @Test
    void missesAreObjectsWithoutADetectionAboveTheScore() {
        BoxRegion near = new BoxRegion(0, 0, 10, 10);
        BoxRegion far = new BoxRegion(50, 50, 60, 60);
        List<TruthBox> truth =
                List.of(new TruthBox(0, near, false), new TruthBox(0, far, false), new TruthBox(1, near, false));
        List<Detection> found =
                List.of(new Detection(0, 0.9, near), new Detection(0, 0.2, far), new Detection(1, 0.8, far));
        WeightedEvaluation one = new WeightedEvaluation(List.of(ImageOutcome.of("x", 2, 1, found, truth, null, null)));
        assertEquals(1, one.misses(0, 0.3, one.once()));
        assertEquals(0, one.misses(0, 0.1, one.once()));
        assertEquals(2, one.misses(0, 0.95, one.once()));
        assertEquals(1, one.misses(1, 0, one.once()));
        assertEquals(3, one.misses(1, 0, new int[] {3}));
        assertTrue(Double.isNaN(one.miou(one.once())));
    }
}
