package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageErrorsTest {

    private static final BoxRegion PLACE = new BoxRegion(0, 0, 10, 10);
    private static final BoxRegion ELSEWHERE = new BoxRegion(20, 0, 30, 10);

    @Test
    void missesFalseAlarmsAndMasksAddUp() {
        ImageErrors errors = ImageErrors.of(
                List.of(new Detection(1, 0.9, PLACE), new Detection(0, 0.9, new BoxRegion(50, 0, 60, 10))),
                List.of(new TruthBox(0, PLACE, false), new TruthBox(0, ELSEWHERE, false)),
                new byte[] {0, 1, 1, 2, 1},
                new byte[] {0, 1, 0, 1, (byte) 255});
        assertEquals(2, errors.failures());
        assertEquals(1.0 / 3, errors.objectIou(), 1e-12);
        assertEquals(2 + 0.5 + 2.0 / 3, errors.badness(), 1e-12);
    }

    @Test
    void whatIsNotAnnotatedIsNoError() {
        ImageErrors errors = ImageErrors.of(List.of(new Detection(0, 0.9, PLACE)), null, new byte[] {1}, null);
        assertNull(errors.boxes());
        assertEquals(0, errors.badness());
        assertEquals(0, ImageErrors.of(null, null, new byte[2], new byte[2]).badness());
    }
}
