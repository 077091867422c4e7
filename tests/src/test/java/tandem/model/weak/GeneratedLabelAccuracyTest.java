package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.data.Box;

class GeneratedLabelAccuracyTest {

    private static Box box(int label, float left, float upper, float right, float lower) {
        return new Box(label, left, upper, right, lower, false);
    }

    @Test
    void boxesArePairedOneToOneBestFirst() {
        GeneratedBoxAccuracy agreement = new GeneratedBoxAccuracy(3);
        // The first made box overlaps the drawn one by 50 / 100, the second by 80 / 100; a box of another class does
        // not count.
        agreement.add(
                List.of(box(0, 0, 0, 10, 5), box(0, 0, 0, 10, 8), box(1, 0, 0, 10, 10)), List.of(box(0, 0, 0, 10, 10)));
        agreement.add(List.of(box(0, 0, 0, 4, 10)), List.of(box(0, 0, 0, 10, 10), box(0, 50, 50, 60, 60)));
        GeneratedBoxAccuracy.Figures zero = agreement.of(0);
        assertEquals(3, zero.annotated());
        assertEquals(3, zero.generated());
        assertEquals(1 / 3.0, zero.recall());
        assertEquals(1 / 3.0, zero.precision());
        assertEquals((0.8 + 0.4 + 0) / 3, zero.meanIou(), 1e-9);
        assertEquals(0, agreement.of(1).precision());
        assertTrue(Double.isNaN(agreement.of(1).recall())
                && Double.isNaN(agreement.of(2).precision()));
    }

    @Test
    void masksAreComparedWhereNeitherIsIgnored() {
        GeneratedMaskAccuracy agreement = new GeneratedMaskAccuracy(3);
        agreement.add(new byte[] {0, 0, 1, 1, -1, -1, 0, 2}, new byte[] {0, 1, 1, 1, 1, 0, -1, 1});
        // Class 1: 2 pixels right; true or made and known: pixels 1, 2, 3 and 7.
        assertEquals(0.5, agreement.iou(1), 1e-9);
        assertEquals(1 / 5.0, agreement.ignored(1));
        assertEquals(1 / 2.0, agreement.ignored(0));
        assertEquals(0.5, agreement.iou(0), 1e-9);
        assertTrue(Double.isNaN(agreement.ignored(2)));
        assertEquals(5, agreement.annotated(1));
    }
}
