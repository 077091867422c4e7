package tandem.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.model.image.ImageTypes.Case;

/** RGB bytes of images of every type, against values that were worked out by hand. */
class RgbRowsTest {

    static List<Case> cases() {
        return ImageTypes.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void samplesAreTakenAsTheyAreStored(Case one) {
        BufferedImage image = one.image();
        RgbRows rows = RgbRows.of(image);
        byte[] rgb = new byte[2 + 3 * image.getWidth()];
        rows.read(0, rgb, 2);
        int[] actual = new int[3 * image.getWidth()];
        for (int i = 0; i < actual.length; i++) {
            actual[i] = rgb[2 + i] & 0xFF;
        }
        assertArrayEquals(one.rgb(), actual, one.name());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPartOfAnImageIsReadInItsPlace(Case one) {
        int width = one.image().getWidth();
        BufferedImage part = one.image().getSubimage(1, 0, width - 1, 1);
        byte[] rgb = new byte[3 * (width - 1)];
        RgbRows.of(part).read(0, rgb, 0);
        for (int i = 0; i < rgb.length; i++) {
            assertEquals(one.rgb()[3 + i], rgb[i] & 0xFF, one.name());
        }
    }

    @Test
    void everyTypeThatJavaHasIsThere() {
        Set<Integer> types = cases().stream().map(one -> one.image().getType()).collect(Collectors.toSet());
        assertEquals(IntStream.rangeClosed(0, 13).boxed().collect(Collectors.toSet()), types);
    }
}
