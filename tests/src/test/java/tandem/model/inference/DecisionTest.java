package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.inference.Decision.Reason;
import tandem.model.metrics.PartOutcome;
import tandem.model.metrics.PartRates;
import tandem.model.network.NetworkSettings;

/** Whether a part passes, by thresholds of scores and of regions. */
class DecisionTest {

    private static final NetworkSettings NETWORK =
            NetworkSettings.standard(List.of("dent"), List.of("stain", "rust"), 64);

    @TempDir
    Path folder;

    private static Inspection found(int width, int height, byte[] mask, float... scores) {
        Inspection found = new Inspection();
        found.begin(NETWORK, width, height, scores.length, true);
        for (float score : scores) {
            found.add(0, score, 0, 0, 1, 1);
        }
        found.mask().put(0, mask);
        return found;
    }

    /** The regions of the evaluation, which are found by another algorithm. */
    @Test
    void regionsAreThoseOfTheEvaluation() {
        RegionSizes sizes = new RegionSizes();
        Random random = new Random(8);
        for (int run = 0; run < 300; run++) {
            int width = 1 + random.nextInt(40);
            int height = 1 + random.nextInt(40);
            double share = random.nextDouble();
            byte[] mask = new byte[width * height];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) (random.nextDouble() < share ? 1 + random.nextInt(2) : 0);
            }
            List<Double> regions = PartOutcome.ofMasks("mask", mask, new byte[mask.length], width)
                    .alarms();
            assertEquals(
                    regions.isEmpty() ? 0 : regions.get(0),
                    sizes.largest(ByteBuffer.wrap(mask), width, height),
                    width + " x " + height + ", " + share);
        }
    }

    @Test
    void theScoreOrTheLargestRegionDecides() {
        byte[] mask = {1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1}; // 3 pixels in a diagonal, and one
        Inspection found = found(4, 3, mask, 0.6f, 0.2f);
        assertFalse(found.isDecided());
        assertThrows(IllegalStateException.class, found::decision);
        assertTrue(found.decide(PartThresholds.of(0.7, 4)).pass());
        assertEquals("pass", found.decision().toString());
        assertEquals(Reason.REGION, found.decide(PartThresholds.of(0.7, 3)).reason());
        assertEquals(
                "fail: a region of 3 pixels, the minimum is 3", found.decision().toString());
        assertEquals(Reason.SCORE, found.decide(PartThresholds.of(0.6f, 3)).reason());
        assertEquals(
                "fail: a score of 0.600, the minimum is 0.600", found.decision().toString());
        assertTrue(found.decide(PartThresholds.of(0.7, -1)).pass());
        assertEquals(Reason.REGION, found.decide(PartThresholds.of(-1, 0)).reason());
        found.begin(NETWORK, 4, 3, 0, true);
        assertFalse(found.isDecided());
        found.mask().put(0, new byte[12]);
        assertTrue(found.decide(PartThresholds.of(0, 0)).pass());
    }

    @Test
    void thresholdsOfWhatANetworkDoesNotHaveAreRefused() {
        NetworkSettings boxes = NetworkSettings.standard(List.of("dent"), List.of(), 64);
        NetworkSettings masks = NetworkSettings.standard(List.of(), List.of("stain"), 64);
        PartThresholds both = PartThresholds.of(0.5, 4);
        assertEquals(Optional.empty(), both.missing(NETWORK));
        assertEquals(Optional.of("masks"), both.missing(boxes));
        assertEquals(Optional.of("boxes"), both.missing(masks));
        assertEquals(Optional.empty(), PartThresholds.of(0.5, -1).missing(boxes));
        assertEquals(Optional.empty(), PartThresholds.of(-1, 4).missing(masks));
        Inspection found = new Inspection();
        found.begin(boxes, 4, 3, 1, true);
        assertTrue(found.decide(PartThresholds.of(0.5, -1)).pass());
        assertThrows(IllegalArgumentException.class, () -> found.decide(PartThresholds.of(-1, 4)));
        found.begin(masks, 4, 3, 1, true);
        assertThrows(IllegalArgumentException.class, () -> found.decide(both));
        found.begin(NETWORK, 4, 3, 1, false);
        assertThrows(IllegalArgumentException.class, () -> found.decide(both));
    }

    private static PartRates rates(double threshold) {
        return new PartRates(threshold, 1, 1, 0, 0, 0, 0, 0);
    }

    @Test
    void thresholdsThatNoOrEveryPartReachesAreRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> PartThresholds.of(50, -1))
                .getMessage();
        assertEquals("a minimum score of 50.0, expected from 0 to 1", message);
        for (double bad : new double[] {-0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            Optional<PartRates> rates = Optional.of(rates(bad));
            assertThrows(IllegalArgumentException.class, () -> new PartThresholds(rates, Optional.empty()));
            assertThrows(IllegalArgumentException.class, () -> new PartThresholds(Optional.empty(), rates));
        }
        assertEquals(1, PartThresholds.of(1, -1).boxes().orElseThrow().threshold());
        Optional<PartRates> noScore = Optional.of(rates(Math.nextUp(1.0)));
        assertEquals(noScore, new PartThresholds(noScore, Optional.empty()).boxes());
        assertTrue(PartThresholds.of(Double.POSITIVE_INFINITY, 7).boxes().isEmpty());
        assertTrue(PartThresholds.of(0.5, Double.POSITIVE_INFINITY).masks().isEmpty());
    }

    @Test
    void areasAreCountedAndScaled() {
        Inspection found = found(3, 2, new byte[] {1, 2, 2, 0, 0, 2});
        assertEquals(List.of(2, 1, 3), List.of(found.area(0), found.area(1), found.area(2)));
        assertThrows(IllegalStateException.class, () -> found.squareMillimeters(1));
        found.scale(0.5);
        assertEquals(0.75, found.squareMillimeters(2));
        assertThrows(IndexOutOfBoundsException.class, () -> found.area(3));
        found.begin(NETWORK, 3, 2, 0, true);
        found.mask().put(0, new byte[6]);
        assertEquals(6, found.area(0));
    }

    @Test
    void thresholdsTravelInAFileBesideTheWeights() throws IOException {
        Path weights = folder.resolve("best.safetensors");
        assertEquals(Optional.empty(), PartThresholds.beside(weights));
        PartThresholds thresholds =
                new PartThresholds(Optional.of(new PartRates(0.25, 9, 5, 4, 3, 2, 1, 0)), Optional.empty());
        Path file = PartThresholds.file(weights);
        assertEquals("best.thresholds.json", file.getFileName().toString());
        Files.writeString(file, thresholds.toJson().toString());
        assertEquals(Optional.of(thresholds), PartThresholds.beside(weights));
        for (String damaged :
                List.of("", "{", "[]", "{\"boxes\": 3}", "{\"boxes\": {\"threshold\": 1, \"parts\": -1}}")) {
            Files.writeString(file, damaged);
            String message = assertThrows(IllegalArgumentException.class, () -> PartThresholds.beside(weights))
                    .getMessage();
            assertTrue(message.startsWith(file.toString()), message);
        }
    }
}
