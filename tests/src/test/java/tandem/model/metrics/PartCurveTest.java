package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers are counted by hand. */
class PartCurveTest {

    private static final double NONE = Double.NEGATIVE_INFINITY;

    private static Detection found(double score, double left, double top, double right, double bottom) {
        return new Detection(0, score, new BoxRegion(left, top, right, bottom));
    }

    private static TruthBox defect(double left, double top, double right, double bottom) {
        return new TruthBox(1, new BoxRegion(left, top, right, bottom), false);
    }

    @Test
    void aDetectionOfAnyClassFindsADefectThatItOverlapsByATenth() {
        List<TruthBox> truth = List.of(
                defect(0, 0, 10, 10), defect(50, 50, 60, 60), new TruthBox(0, new BoxRegion(80, 80, 90, 90), true));
        PartOutcome part = PartOutcome.ofBoxes(
                "a",
                List.of(
                        found(0.4, 0, 0, 10, 1), // 10 of 100 pixels: exactly a tenth
                        found(0.7, 0, 0, 10, 2),
                        found(0.9, 50, 50, 60, 50.9), // 9 of 100 pixels
                        found(0.3, 20, 20, 30, 30),
                        found(0.8, 82, 82, 92, 92)), // on the difficult box
                truth);
        assertEquals(new PartOutcome("a", false, List.of(0.7, NONE), List.of(0.9, 0.3)), part);
        assertFalse(PartOutcome.ofBoxes("d", List.of(), List.of(truth.get(2))).good());
        assertTrue(PartOutcome.ofBoxes("g", List.of(), List.of()).good());
    }

    @Test
    void ratesCountPartsDefectsAndAlarmsAtAThreshold() {
        PartCurve curve = new PartCurve(List.of(
                new PartOutcome("good1", true, List.of(), List.of(0.9, 0.2)),
                new PartOutcome("good2", true, List.of(), List.of(0.4)),
                new PartOutcome("good3", true, List.of(), List.of()),
                new PartOutcome("bad1", false, List.of(0.7, NONE), List.of(0.5)),
                new PartOutcome("bad2", false, List.of(0.3), List.of())));
        assertEquals(new PartRates(0.5, 5, 3, 3, 2, 1, 2, 1), curve.rates(0.5));
        assertEquals(new PartRates(0, 5, 3, 3, 4, 2, 1, 0), curve.rates(0));
        PartRates rates = curve.rates(0.5);
        assertEquals(0.4, rates.falseAlarmsPerPart());
        assertEquals(2 / 3.0, rates.escapesPerDefect());
        assertEquals(1 / 3.0, rates.rejectedGoodShare());
        assertEquals(
                List.of("bad1"),
                curve.escaping(0.3).stream().map(PartOutcome::image).toList());
    }

    @Test
    void theThresholdLetsThroughWhatTheRatePermits() {
        PartCurve curve = new PartCurve(List.of(
                new PartOutcome("a", true, List.of(), List.of(0.9, 0.5, 0.5)),
                new PartOutcome("b", true, List.of(), List.of(0.2))));
        assertEquals(Math.nextUp(0.9), curve.threshold(0));
        assertEquals(Math.nextUp(0.9), curve.threshold(0.49));
        assertEquals(Math.nextUp(0.5), curve.threshold(0.5));
        assertEquals(Math.nextUp(0.5), curve.threshold(1), "two alarms have the same score: both are left out");
        assertEquals(Math.nextUp(0.2), curve.threshold(1.5));
        assertEquals(0, curve.threshold(2));
        assertEquals(0.5, curve.rates(curve.threshold(1)).falseAlarmsPerPart());
        assertThrows(IllegalArgumentException.class, () -> curve.threshold(-1));
        assertThrows(IllegalArgumentException.class, () -> curve.threshold(Double.NaN));
    }

    @Test
    void goodPartsAloneHaveFalseAlarmsAndNoEscapes() {
        PartRates rates = new PartCurve(List.of(new PartOutcome("a", true, List.of(), List.of(0.6)))).rates(0.1);
        assertEquals(1, rates.falseAlarmsPerPart());
        assertEquals(1, rates.rejectedGoodShare());
        assertTrue(Double.isNaN(rates.escapesPerDefect()));
        assertTrue(PartCurve.toJson(rates).get("escapesPerDefect").isNull());
    }

    /** Exact upper limits of a Poisson count in published tables: 2.996 for 0, 4.744 for 1, 6.296 for 2. */
    @Test
    void theUpperEndIsThatOfPoissonTables() {
        assertEquals(2.996, new PartRates(0, 1, 1, 0, 0, 0, 0, 0).maxFalseAlarmsPerPart(), 5e-4);
        assertEquals(0.4744, new PartRates(0, 10, 1, 0, 1, 0, 0, 0).maxFalseAlarmsPerPart(), 5e-5);
        assertEquals(0.06296, new PartRates(0, 100, 1, 0, 2, 0, 0, 0).maxFalseAlarmsPerPart(), 5e-6);
    }

    @Test
    void regionsOfMasksAreDefectsAndAlarms() {
        byte[] truth = mask("11...", ".....", "...2.", "....2", "??...");
        byte[] predicted = mask(".2..1", ".2...", ".....", ".....", ".1...");
        PartOutcome part = PartOutcome.ofMasks("m", predicted, truth, 5);
        assertEquals(new PartOutcome("m", false, List.of(2.0, NONE), List.of(1.0)), part);
        assertTrue(PartOutcome.ofMasks("g", predicted, new byte[25], 5).good());
        assertEquals(3, PartOutcome.ofMasks("g", predicted, new byte[25], 5).falseAlarms(1));
        assertEquals(1, PartOutcome.ofMasks("g", predicted, new byte[25], 5).falseAlarms(2));
        assertThrows(IllegalArgumentException.class, () -> PartOutcome.ofMasks("x", predicted, new byte[25], 4));
    }

    private static byte[] mask(String... rows) {
        String all = String.join("", rows);
        byte[] mask = new byte[all.length()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) ("?.12".indexOf(all.charAt(i)) == 0 ? 255 : "?.12".indexOf(all.charAt(i)) - 1);
        }
        return mask;
    }

    @Test
    void theThresholdOfEscapesIsTheHighestThatPermitsThem() {
        PartCurve curve = new PartCurve(List.of(
                new PartOutcome("a", false, List.of(0.9, 0.3), List.of()),
                new PartOutcome("b", false, List.of(0.6, NONE), List.of(0.8))));
        assertEquals(0.9, curve.thresholdOfEscapes(1));
        assertEquals(0.6, curve.thresholdOfEscapes(0.5));
        assertEquals(0.3, curve.thresholdOfEscapes(0.49));
        assertEquals(0, curve.thresholdOfEscapes(0));
        assertEquals(2, curve.rates(0.6).escapes());
        assertEquals(0, new PartCurve(List.of()).thresholdOfEscapes(0.1));
        assertThrows(IllegalArgumentException.class, () -> curve.thresholdOfEscapes(1.1));
    }
}
