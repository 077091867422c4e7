package tandem.tools.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.TruthBox;

class VerdictTest {

    private static final BoxRegion PLACE = new BoxRegion(0, 0, 40, 40);

    private static BoxRegion place(int i) {
        return new BoxRegion(100 * i, 0, 100 * i + 40, 40);
    }

    private static String text(Evaluation evaluation, String subject) {
        return Verdict.of(evaluation).statements().stream()
                .filter(statement -> statement.subject().equals(subject))
                .map(Verdict.Statement::text)
                .findFirst()
                .orElse("");
    }

    /** 40 images, each with a scratch; 30 are found, 4 are detected as pit, 6 missed, and 5 false alarms. */
    private static Evaluation useful() {
        Evaluator evaluator = new Evaluator(List.of("scratch", "pit_deep", "stain"), List.of());
        for (int i = 0; i < 40; i++) {
            List<Detection> found = new ArrayList<>();
            if (i < 34) {
                found.add(new Detection(i < 30 ? 0 : 1, 0.9 - 0.01 * i, PLACE));
            }
            if (i < 5) {
                found.add(new Detection(0, 0.31, place(1)));
            }
            List<TruthBox> truth = new ArrayList<>(List.of(new TruthBox(0, PLACE, false)));
            if (i < 3) {
                truth.add(new TruthBox(1, place(2), false));
            }
            evaluator.add("i" + i, found, truth, null, null);
        }
        return evaluator.result();
    }

    @Test
    void whatIsFoundByClass() {
        String text = text(useful(), "Boxes");
        assertTrue(
                text.contains(
                        "With a score of at least 0.3 it finds 30 of 43 annotated objects (70 %), gives another class to 4, "
                                + "misses 9, and reports 5 boxes without an object (0.13 per image)."),
                text);
        assertTrue(text.contains("best first: scratch 30 of 40 (AP50 0.7"), text);
        assertTrue(text.contains("pit deep 0 of 3 (AP50 0.00)"), text);
        assertTrue(text.contains("are pit deep: 3 of 3 are not found."), text);
        assertTrue(text.contains("no annotated example: stain."), text);
    }

    @Test
    void whetherTheHeldOutImagesAreEnough() {
        String text = text(useful(), "Held-out images");
        // Wilson's interval of 30 of 43, computed by its formula: center 0.6812, half width 0.1343.
        assertTrue(text.contains("With 43 objects the share of found objects is 55 % to 81 %"), text);
        assertTrue(text.contains("pit deep (3 objects: 0 % to 56 %)"), text);
        assertFalse(text.contains("scratch"), text);
    }

    @Test
    void adviceFollowsFromTheFigures() {
        String text = text(useful(), "What to try");
        assertTrue(text.contains("Annotate more training images of pit deep"), text);
        assertFalse(text.contains("false alarms"), text);
        Evaluator evaluator = new Evaluator(List.of("scratch"), List.of());
        for (int i = 0; i < 20; i++) {
            evaluator.add(
                    "i" + i,
                    List.of(new Detection(0, i < 5 ? 0.8 : 0.1, PLACE), new Detection(0, 0.4, place(3))),
                    List.of(new TruthBox(0, PLACE, false)),
                    null,
                    null);
        }
        String other = text(evaluator.result(), "What to try");
        assertTrue(other.contains("There are many false alarms"), other);
        assertTrue(other.contains("found only with a score below 0.3 (20 of 20"), other);
    }

    @Test
    void aNetworkWithoutAnyBoxLearnedNothing() {
        Evaluator evaluator = new Evaluator(List.of("scratch"), List.of());
        evaluator.add("a", List.of(), List.of(new TruthBox(0, PLACE, false)), null, null);
        Evaluation evaluation = evaluator.result();
        String text = text(evaluation, "Boxes");
        assertTrue(
                text.startsWith("The network learned nothing: it reports no box in 1 image with 1 annotated object"),
                text);
        assertTrue(text(evaluation, "What to try").contains("--pretrained"), text(evaluation, "What to try"));
    }

    @Test
    void almostNothingIsSaid() {
        Evaluator evaluator = new Evaluator(List.of("scratch"), List.of());
        evaluator.add(
                "a", List.of(new Detection(0, 0.2, place(1))), List.of(new TruthBox(0, PLACE, false)), null, null);
        String text = text(evaluator.result(), "Boxes");
        assertTrue(text.startsWith("The network learned almost nothing: AP50 is 0.00"), text);
        assertTrue(text.contains("finds 0 of 1 annotated object (0 %), misses 1"), text);
    }

    @Test
    void goodPartsAlone() {
        Evaluator evaluator = new Evaluator(List.of("scratch"), List.of("scratch"));
        evaluator.add("a", List.of(new Detection(0, 0.7, PLACE)), List.of(), new byte[] {0, 1, 0, 0}, new byte[4]);
        evaluator.add("b", List.of(), List.of(), new byte[4], new byte[4]);
        Evaluation evaluation = evaluator.result();
        String boxes = text(evaluation, "Boxes");
        assertTrue(boxes.contains("reports 1 box (score of at least 0.3): 0.50 per image"), boxes);
        String masks = text(evaluation, "Masks");
        assertTrue(masks.contains("have only background; the network predicts 13 % of their pixels as objects"), masks);
        assertEquals("", text(evaluation, "Held-out images"));
        Evaluator quiet = new Evaluator(List.of("scratch"), List.of());
        quiet.add("a", List.of(), List.of(), null, null);
        assertTrue(text(quiet.result(), "Boxes").contains("the network reports none"));
    }

    @Test
    void backgroundOnly() {
        Evaluator evaluator = new Evaluator(List.of(), List.of("scratch", "stain"));
        byte[] truth = new byte[100];
        Arrays.fill(truth, 0, 7, (byte) 1);
        evaluator.add("a", null, null, new byte[100], truth);
        Evaluation evaluation = evaluator.result();
        String text = text(evaluation, "Masks");
        assertTrue(
                text.startsWith(
                        "The network learned nothing: it predicts background for every pixel of 1 image. mIoU is 0.47; "
                                + "the 93 % of correct pixels are only the share of background."),
                text);
        assertTrue(text.contains("no pixel of it: stain."), text);
        assertTrue(text(evaluation, "What to try").contains("--epochs"));
        assertTrue(text(evaluation, "Held-out images").contains("scratch (1)"));
        assertEquals("", text(evaluation, "Boxes"));
    }

    @Test
    void masksByClassAndWhatTheyAreConfusedWith() {
        Evaluator evaluator = new Evaluator(List.of(), List.of("scratch", "stain"));
        byte[] truth = new byte[100];
        byte[] predicted = new byte[100];
        Arrays.fill(truth, 0, 20, (byte) 1);
        Arrays.fill(predicted, 0, 20, (byte) 1);
        Arrays.fill(truth, 20, 30, (byte) 2);
        Arrays.fill(predicted, 20, 28, (byte) 1);
        evaluator.add("a", null, null, predicted, truth);
        String text = text(evaluator.result(), "Masks");
        assertTrue(text.contains("IoU by class, best first: scratch 0.71, stain 0.00."), text);
        assertTrue(text.contains("80 % of stain are predicted as scratch"), text);
        assertTrue(text(evaluator.result(), "What to try").contains("Too few pixels are predicted as stain"));
    }

    @Test
    void nothingMeasuredAndFindingsOfTheTraining() {
        Verdict verdict = Verdict.of(new Evaluation(3, null, null), List.of("It stopped early."));
        assertEquals(
                List.of(
                        "Result: None of the held-out images is annotated for a task of this network, so nothing was measured.",
                        "Training: It stopped early."),
                verdict.lines());
    }
}
