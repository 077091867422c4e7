package tandem.model.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlockAverageTest {

    /** 700 rows of 255 leave 255: sums of 16 bits would overflow after 257 rows. */
    @Test
    void highSquaresDoNotOverflow() {
        Downscale size = Downscale.of(9, 700, 1);
        assertEquals(700, size.factor());
        byte[] white = new byte[2 + 27];
        Arrays.fill(white, (byte) 255);
        for (int channels = 1; channels <= 3; channels += 2) {
            BlockAverage average = new BlockAverage(size, channels);
            for (int image = 0; image < 2; image++) {
                for (int y = 0; y < 700; y++) {
                    assertEquals(y == 699, average.add(white, 2));
                }
                assertArrayEquals(new byte[] {-1, -1, -1}, average.row());
            }
        }
    }

    /** Rows of 5 by factor 2: squares of 2 x 2, the last of 1 x 2, then one row alone. Halves are rounded up. */
    @Test
    void squaresAtTheEdgesHaveFewerPixels() {
        BlockAverage average = new BlockAverage(new Downscale(5, 3, 2), 1);
        assertEquals(false, average.add(new byte[] {1, 2, 10, 20, 7}, 0));
        assertEquals(true, average.add(new byte[] {3, 4, 30, 41, 8}, 0));
        // 10 / 4 = 2.5, 101 / 4 = 25.25, 15 / 2 = 7.5
        assertArrayEquals(new byte[] {3, 3, 3, 25, 25, 25, 8, 8, 8}, average.row());
        assertEquals(true, average.add(new byte[] {0, 1, 100, 102, 9}, 0));
        assertArrayEquals(new byte[] {1, 1, 1, 101, 101, 101, 9, 9, 9}, average.row());
    }
}
