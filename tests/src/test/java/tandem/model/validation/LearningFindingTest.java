package tandem.model.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.data.DataSet;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.validation.LearningFinding.Kind;

class LearningFindingTest {

    private static final double NONE = Double.NaN;

    private static List<Kind> kinds(LearningFacts facts) {
        return LearningFinding.of(facts).stream().map(LearningFinding::kind).toList();
    }

    /** Masks alone: loss, entropy, annotated and predicted pixels, IoU. */
    private static LearningFacts masks(boolean end, double loss, double entropy, long truth, long found, double iou) {
        return new LearningFacts(end, loss, entropy, truth, found, iou, 0, 0, NONE);
    }

    private static LearningFacts boxes(boolean end, int truth, float score, double ap50) {
        return new LearningFacts(end, NONE, NONE, 0, 0, NONE, truth, score, ap50);
    }

    @Test
    void aPredictionOfBackgroundOnlyIsFound() {
        assertEquals(List.of(Kind.BACKGROUND_ONLY), kinds(masks(false, 0.2, 0.31, 50_000, 0, 0)));
        assertEquals(List.of(Kind.BACKGROUND_ONLY), kinds(masks(true, 0.2, 0.31, 50_000, 49, 0)));
        assertEquals(List.of(), kinds(masks(false, 0.2, 0.31, 50_000, 50, 0)));
        assertEquals(List.of(), kinds(masks(true, 0.2, 0.31, 0, 0, NONE)), "nothing is annotated");
    }

    @Test
    void aLossThatIsNotLowerThanTheEntropyIsFound() {
        assertEquals(List.of(Kind.CLASS_FREQUENCIES), kinds(masks(false, 0.30, 0.31, 100, 100, 0.5)));
        assertEquals(List.of(), kinds(masks(false, 0.29, 0.31, 100, 100, 0.5)));
        assertEquals(List.of(), kinds(masks(false, NONE, 0.31, 100, 100, 0.5)));
        assertEquals(List.of(), kinds(masks(false, 0.31, NONE, 100, 100, 0.5)));
        assertEquals(List.of(), kinds(masks(false, 0, 0, 100, 100, 0.5)), "every mask is of one class");
        String equal = LearningFinding.of(masks(false, 0.31, 0.31, 100, 100, 0.5))
                .get(0)
                .line();
        assertTrue(equal.contains("0.310 is about equal to the entropy"), equal);
        String higher = LearningFinding.of(masks(false, 0.5, 0.31, 100, 100, 0.5))
                .get(0)
                .line();
        assertTrue(higher.contains("0.500 is higher than the entropy") && higher.contains("0.310"), higher);
    }

    @Test
    void noConfidentBoxIsFound() {
        assertEquals(List.of(Kind.NO_CONFIDENT_BOX), kinds(boxes(false, 12, 0, 0)));
        assertEquals(List.of(Kind.NO_CONFIDENT_BOX), kinds(boxes(true, 12, 0, 0)));
        assertEquals(List.of(), kinds(boxes(false, 12, 0.06f, 0)));
        assertEquals(List.of(), kinds(boxes(true, 0, 0, NONE)), "nothing is annotated");
        String line = LearningFinding.of(boxes(false, 12, 0, 0)).get(0).line();
        assertTrue(line.startsWith("boxes: no predicted box has a score above 0.05, 12 boxes are annotated; "), line);
        assertTrue(line.contains("--learning-rate") && line.contains("--size"), line);
    }

    @Test
    void aRemedyIsGivenOnce() {
        List<String> lines = LearningFinding.lines(LearningFinding.of(masks(false, 0.31, 0.31, 100, 0, 0)));
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(2).startsWith("to try: train longer"), lines.get(2));
    }

    @Test
    void wrongPredictionsAreFoundAtTheEndOnly() {
        assertEquals(List.of(), kinds(boxes(false, 12, 0.4f, 0.01)));
        assertEquals(List.of(Kind.NO_CORRECT_BOX), kinds(boxes(true, 12, 0.4f, 0.01)));
        assertEquals(List.of(), kinds(boxes(true, 12, 0.4f, 0.03)));
        assertEquals(List.of(), kinds(masks(false, 0.1, 0.31, 100, 100, 0.01)));
        assertEquals(List.of(Kind.NO_CORRECT_PIXEL), kinds(masks(true, 0.1, 0.31, 100, 100, 0.01)));
    }

    @Test
    void theEntropyWeighsImagesEqually() {
        // Shares of the classes: (3/4, 1/4, 0) and (1/2, 0, 1/2) in a mask of four times as many pixels.
        DataSet data =
                new DataSet("two", List.of(), List.of("a", "b"), List.of(sample(3, 1, 0), sample(8, 0, 8), sample()));
        double expected = -(0.625 * Math.log(0.625) + 0.125 * Math.log(0.125) + 0.25 * Math.log(0.25));
        assertEquals(expected, LearningFacts.maskEntropy(data), 1e-12);
        assertEquals(NONE, LearningFacts.maskEntropy(new DataSet("none", List.of(), List.of("a"), List.of(sample()))));
    }

    private static Sample sample(long... pixels) {
        return new Sample(
                "image" + pixels.length + (pixels.length == 0 ? 0 : pixels[0]),
                Path.of("image.png"),
                4,
                4,
                Optional.empty(),
                pixels.length == 0
                        ? Optional.empty()
                        : Optional.of(new MaskFile(
                                Path.of("mask.png"),
                                java.util.Arrays.stream(pixels).boxed().toList(),
                                0)));
    }
}
