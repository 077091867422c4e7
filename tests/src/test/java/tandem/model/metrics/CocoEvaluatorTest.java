package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.coco.RunLengthMask;

class CocoEvaluatorTest {

    private static CocoEvaluator.Prediction found(double score, Region region) {
        return new CocoEvaluator.Prediction(0, score, region, region.area());
    }

    private static CocoEvaluator.Truth truth(Region region) {
        return new CocoEvaluator.Truth(0, region, region.area(), false, false);
    }

    private static BoxRegion square(double x, double side) {
        return new BoxRegion(x, 0, x + side, side);
    }

    @Test
    void overlapDecidesAtWhichThresholdsItCounts() {
        CocoEvaluator evaluator = new CocoEvaluator(1);
        // Intersection over union 0.72: right at 0.50, 0.55, 0.60, 0.65 and 0.70.
        evaluator.add(
                1, List.of(found(0.9, new BoxRegion(0, 0, 72, 50))), List.of(truth(new BoxRegion(0, 0, 100, 50))));
        CocoFigures figures = evaluator.figures();
        assertEquals(0.5, figures.ap(), 1e-15);
        assertEquals(1, figures.ap50());
        assertEquals(0, figures.ap75());
        assertEquals(0.5, figures.apMedium(), 1e-15);
        assertTrue(Double.isNaN(figures.apSmall()));
        assertTrue(Double.isNaN(figures.apLarge()));
    }

    @Test
    void recallDependsOnDetectionsAllowed() {
        CocoEvaluator evaluator = new CocoEvaluator(1);
        List<CocoEvaluator.Prediction> predictions = new ArrayList<>();
        List<CocoEvaluator.Truth> truth = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            predictions.add(found(1 - i / 1000.0, square(20 * i, 10)));
            truth.add(truth(square(20 * i, 10)));
        }
        evaluator.add(1, predictions, truth);
        CocoFigures figures = evaluator.figures();
        assertEquals(1 / 120.0, figures.ar1(), 1e-15);
        assertEquals(10 / 120.0, figures.ar10(), 1e-15);
        assertEquals(100 / 120.0, figures.ar100(), 1e-15);
        // Precision is 1 up to recall 100/120: recalls 0, 0.01, ... 0.83 of 101 points.
        assertEquals(84 / 101.0, figures.ap(), 1e-15);
    }

    @Test
    void crowdTakesAnyNumberAndCountsForNone() {
        CocoEvaluator evaluator = new CocoEvaluator(1);
        CocoEvaluator.Truth crowd = new CocoEvaluator.Truth(0, new BoxRegion(0, 0, 100, 100), 10_000, true, false);
        evaluator.add(
                1,
                List.of(found(0.9, square(0, 10)), found(0.8, square(20, 10)), found(0.7, square(200, 10))),
                List.of(crowd, truth(square(200, 10))));
        assertEquals(1, evaluator.figures().ap(), "detections within the crowd are not wrong");
        assertEquals(1, evaluator.truths(0));
    }

    @Test
    void ignoredObjectTakesOnlyOne() {
        CocoEvaluator evaluator = new CocoEvaluator(1);
        CocoEvaluator.Truth ignored = new CocoEvaluator.Truth(0, square(0, 10), 100, false, true);
        evaluator.add(
                1,
                List.of(found(0.9, square(0, 10)), found(0.8, square(0, 10)), found(0.7, square(200, 10))),
                List.of(ignored, truth(square(200, 10))));
        assertEquals(0.5, evaluator.figures().ap(), 1e-15, "the second detection of it is wrong");
    }

    @Test
    void objectThatCountsComesBeforeABetterOverlapWithAnIgnoredOne() {
        CocoEvaluator evaluator = new CocoEvaluator(1);
        CocoEvaluator.Truth ignored = new CocoEvaluator.Truth(0, square(0, 10), 100, false, true);
        evaluator.add(1, List.of(found(0.9, square(0, 10))), List.of(ignored, truth(new BoxRegion(0, 0, 10, 8))));
        assertEquals(1, evaluator.figures().ap50());
        assertEquals(1, evaluator.figures().ar1() * 10 / 7, 1e-15, "0.8 overlap reaches 7 of 10 thresholds");
    }

    @Test
    void classWithoutExamplesIsLeftOut() {
        CocoEvaluator evaluator = new CocoEvaluator(3);
        BoxRegion box = square(0, 10);
        evaluator.add(1, List.of(found(0.9, box), new CocoEvaluator.Prediction(1, 0.9, box, 100)), List.of(truth(box)));
        assertEquals(1, evaluator.figures().ap());
        assertTrue(Double.isNaN(evaluator.averagePrecision(1)[0]));
        assertTrue(Double.isNaN(evaluator.averageRecall(2)));
    }

    @Test
    void nothingAtAll() {
        for (double figure : new CocoEvaluator(2).figures().toArray()) {
            assertTrue(Double.isNaN(figure));
        }
        CocoEvaluator evaluator = new CocoEvaluator(1);
        evaluator.add(1, List.of(), List.of(truth(square(0, 10))));
        assertEquals(0, evaluator.figures().ap());
        assertEquals(0, evaluator.figures().ar100());
    }

    @Test
    void tiesAreRankedByImageWhateverTheOrderOfAdding() {
        BoxRegion box = square(0, 10);
        BoxRegion elsewhere = square(500, 10);
        CocoEvaluator forwards = new CocoEvaluator(1);
        forwards.add(1, List.of(found(0.5, elsewhere)), List.of());
        forwards.add(2, List.of(found(0.5, box)), List.of(truth(box)));
        CocoEvaluator backwards = new CocoEvaluator(1);
        backwards.add(2, List.of(found(0.5, box)), List.of(truth(box)));
        backwards.add(1, List.of(found(0.5, elsewhere)), List.of());
        assertEquals(0.5, forwards.figures().ap(), 1e-15);
        assertEquals(0.5, backwards.figures().ap(), 1e-15);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> found(Double.POSITIVE_INFINITY, square(0, 1)));
        CocoEvaluator evaluator = new CocoEvaluator(1);
        Region mask = new MaskRegion(new RunLengthMask(10, 10, new int[] {0, 100}));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> evaluator.add(1, List.of(found(1, mask)), List.of(truth(square(0, 10)))))
                .getMessage();
        assertTrue(message.contains("mask can only be compared with a mask"), message);
    }
}
