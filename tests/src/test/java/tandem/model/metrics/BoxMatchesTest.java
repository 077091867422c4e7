package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoxMatchesTest {

    private static BoxRegion at(double left) {
        return new BoxRegion(left, 0, left + 10, 10);
    }

    @Test
    void ownClassesFirstThenOthers() {
        TruthBox scratch = new TruthBox(0, at(0), false);
        TruthBox pit = new TruthBox(1, at(1), false);
        Detection wrong = new Detection(1, 0.9, at(0));
        Detection right = new Detection(0, 0.8, at(1));
        BoxMatches matches = BoxMatches.of(List.of(wrong, right), List.of(scratch, pit), 0.3);
        assertEquals(List.of(new BoxMatches.Pair(wrong, pit), new BoxMatches.Pair(right, scratch)), matches.pairs());
        assertTrue(matches.missed().isEmpty() && matches.falseAlarms().isEmpty());
        BoxMatches confused = BoxMatches.of(List.of(wrong), List.of(scratch), 0.3);
        assertEquals(List.of(new BoxMatches.Pair(wrong, scratch)), confused.pairs());
        assertEquals(false, confused.pairs().get(0).isRight());
    }

    @Test
    void missedAndFalseAlarms() {
        TruthBox found = new TruthBox(0, at(0), false);
        TruthBox missed = new TruthBox(0, at(100), false);
        List<Detection> detections = List.of(
                new Detection(0, 0.4, at(0)),
                new Detection(0, 0.5, at(1)), // Of higher score, so this one takes the object.
                new Detection(0, 0.35, at(106)), // IoU 4 / 16.
                new Detection(0, 0.29, at(100)));
        BoxMatches matches = BoxMatches.of(detections, List.of(found, missed), 0.3);
        assertEquals(List.of(new BoxMatches.Pair(detections.get(1), found)), matches.pairs());
        assertEquals(List.of(missed), matches.missed());
        assertEquals(List.of(detections.get(0), detections.get(2)), matches.falseAlarms());
    }

    @Test
    void difficultBoxesAreIgnored() {
        TruthBox difficult = new TruthBox(0, at(0), true);
        List<Detection> detections = List.of(new Detection(0, 0.9, at(0)), new Detection(0, 0.8, at(0)));
        BoxMatches matches = BoxMatches.of(detections, List.of(difficult), 0.3);
        assertEquals(new BoxMatches(List.of(), List.of(), List.of()), matches);
        assertEquals(
                1,
                BoxMatches.of(List.of(new Detection(1, 0.9, at(0))), List.of(difficult), 0.3)
                        .falseAlarms()
                        .size());
    }

    @Test
    void theEvaluationCountsThemByClass() {
        Evaluator evaluator = new Evaluator(List.of("scratch", "pit"), List.of("scratch"));
        evaluator.add(
                "a",
                List.of(new Detection(0, 0.9, at(0)), new Detection(1, 0.9, at(50)), new Detection(1, 0.9, at(200))),
                List.of(new TruthBox(0, at(0), false), new TruthBox(0, at(50), false), new TruthBox(1, at(100), false)),
                new byte[] {0, 1, 1, 0},
                new byte[] {0, 1, 0, (byte) 255});
        Evaluation evaluation = evaluator.result();
        assertEquals(
                new ConfusionCounts(
                        List.of("scratch", "pit", "no object"),
                        List.of("scratch", "pit", "not found"),
                        List.of(List.of(1L, 1L, 0L), List.of(0L, 0L, 1L), List.of(0L, 1L, 0L))),
                evaluation.boxes().confusion());
        assertEquals(
                List.of(List.of(1L, 1L), List.of(0L, 1L)),
                evaluation.masks().confusion().counts());
        assertEquals(1, evaluation.masks().classes().get(1).images());
        assertEquals(
                "[[1,1],[0,1]]",
                evaluation.toJson().at("/masks/confusion/counts").toString());
    }

    @Test
    void countsOfAnotherSizeAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ConfusionCounts(List.of("a"), List.of("a", "b"), List.of(List.of(1L))));
    }
}
