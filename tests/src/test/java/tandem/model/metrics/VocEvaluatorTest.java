package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VocEvaluatorTest {

    private static final BoxRegion LEFT = new BoxRegion(0, 0, 10, 10);
    private static final BoxRegion RIGHT = new BoxRegion(50, 0, 60, 10);

    private static Detection found(double score, BoxRegion box) {
        return new Detection(0, score, box);
    }

    private static TruthBox truth(BoxRegion box) {
        return new TruthBox(0, box, false);
    }

    @Test
    void curveWorkedByHand() {
        VocEvaluator evaluator = new VocEvaluator(1, 0.5, false);
        evaluator.add(
                0,
                List.of(found(0.9, LEFT), found(0.8, new BoxRegion(200, 0, 210, 10)), found(0.7, RIGHT)),
                List.of(truth(LEFT), truth(RIGHT)));
        // Right, wrong, right: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
        assertEquals((1 + 2 / 3.0) / 2, evaluator.allPointMean(), 1e-15);
        // Recalls 0 to 0.5 are six points with precision 1, 0.6 to 1 are five with 2/3.
        assertEquals((6 + 5 * 2 / 3.0) / 11, evaluator.elevenPointMean(), 1e-15);
    }

    @Test
    void secondDetectionOfAnObjectIsWrong() {
        VocEvaluator evaluator = new VocEvaluator(1, 0.5, false);
        evaluator.add(0, List.of(found(0.9, LEFT), found(0.8, LEFT)), List.of(truth(LEFT)));
        assertEquals(1, evaluator.curve(0).precision(0));
        assertEquals(0.5, evaluator.curve(0).precision(1));
        assertEquals(1, evaluator.allPointMean());
    }

    @Test
    void difficultObjectsCountNeitherWay() {
        VocEvaluator evaluator = new VocEvaluator(1, 0.5, false);
        evaluator.add(
                0,
                List.of(found(0.9, LEFT), found(0.85, LEFT), found(0.8, RIGHT)),
                List.of(new TruthBox(0, LEFT, true), truth(RIGHT)));
        PrecisionRecall curve = evaluator.curve(0);
        assertEquals(1, curve.truths());
        assertEquals(1, curve.detections());
        assertEquals(1, evaluator.allPointMean());
    }

    @Test
    void inclusiveSidesAreOnePixelLonger() {
        // 9 x 9 in 10 x 10 by inclusive sides, 8 x 8 in 9 x 9 by plain ones.
        BoxRegion inner = new BoxRegion(0, 0, 8, 8);
        BoxRegion outer = new BoxRegion(0, 0, 9, 9);
        assertEquals(81 / 100.0, inner.inclusiveIntersectionOverUnion(outer), 1e-15);
        assertEquals(64 / 81.0, inner.intersectionOverUnion(outer), 1e-15);
        assertEquals(1, new BoxRegion(3, 3, 3, 3).inclusiveIntersectionOverUnion(new BoxRegion(3, 3, 3, 3)));
        assertEquals(0, new BoxRegion(3, 3, 3, 3).intersectionOverUnion(new BoxRegion(3, 3, 3, 3)));
    }

    @Test
    void edgesOfPixelsGiveTheSameAsInclusivePixels() {
        TruthBox edges = TruthBox.of(new tandem.model.data.Box(2, 4, 9, 20, 30, true));
        assertEquals(new TruthBox(2, new BoxRegion(4, 9, 20, 30), true), edges);
        BoxRegion inclusive = new BoxRegion(5, 10, 20, 30);
        BoxRegion otherEdges = new BoxRegion(7, 7, 18, 36);
        BoxRegion otherInclusive = new BoxRegion(8, 8, 18, 36);
        assertEquals(
                inclusive.inclusiveIntersectionOverUnion(otherInclusive),
                edges.box().intersectionOverUnion(otherEdges),
                1e-15);
    }

    @Test
    void thresholdItselfIsEnough() {
        VocEvaluator evaluator = new VocEvaluator(1, 0.5, false);
        evaluator.add(0, List.of(found(0.9, new BoxRegion(0, 0, 10, 5))), List.of(truth(LEFT)));
        assertEquals(1, evaluator.allPointMean());
    }

    @Test
    void nothingToFindAndNothingFound() {
        VocEvaluator evaluator = new VocEvaluator(3, 0.5, true);
        assertTrue(Double.isNaN(evaluator.allPointMean()));
        evaluator.add(0, List.of(), List.of());
        evaluator.add(1, List.of(new Detection(1, 0.9, LEFT)), List.of());
        assertTrue(Double.isNaN(evaluator.allPointMean()), "detections alone make no class count");
        evaluator.add(2, List.of(), List.of(truth(LEFT)));
        assertEquals(0, evaluator.allPointMean());
        assertEquals(0, evaluator.elevenPointMean());
        assertTrue(Double.isNaN(evaluator.curve(2).allPointAveragePrecision()));
    }

    @Test
    void orderOfAddingChangesNothing() {
        VocEvaluator forwards = new VocEvaluator(1, 0.5, true);
        VocEvaluator backwards = new VocEvaluator(1, 0.5, true);
        List<Detection> both = List.of(found(0.5, LEFT));
        forwards.add(1, both, List.of(truth(LEFT)));
        forwards.add(2, both, List.of(truth(RIGHT)));
        backwards.add(2, both, List.of(truth(RIGHT)));
        backwards.add(1, both, List.of(truth(LEFT)));
        assertEquals(0.5, forwards.allPointMean());
        assertEquals(0.5, backwards.allPointMean());
    }

    @Test
    void badInputIsNamed() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> found(Double.NaN, LEFT))
                .getMessage()
                .contains("score is NaN"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new BoxRegion(5, 0, 1, 1))
                .getMessage()
                .contains("inverted"));
        assertThrows(IllegalArgumentException.class, () -> new BoxRegion(Double.NaN, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new VocEvaluator(1, 0, true));
        VocEvaluator evaluator = new VocEvaluator(1, 0.5, true);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> evaluator.add(0, List.of(new Detection(1, 1, LEFT)), List.of(truth(LEFT))))
                .getMessage();
        assertTrue(message.contains("label 1 with 1 classes"), message);
        assertEquals(0, evaluator.curve(0).truths());
    }
}
