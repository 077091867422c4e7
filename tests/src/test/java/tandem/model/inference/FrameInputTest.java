package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tandem.model.image.Downscale;
import tandem.model.image.GrayRows;
import tandem.model.image.Placement;

class FrameInputTest {

    /** Four rows of four pixels, averaged over squares of 2 x 2: an image that fails in row 3 leaves nothing behind. */
    @Test
    void anImageAfterOneThatCouldNotBeReadIsRead() {
        FrameInput input = new FrameInput(4, Placement.STRETCH);
        input.size(Downscale.of(4, 4, 4));
        assertThrows(
                IllegalStateException.class,
                () -> input.put((y, rgb, at) -> {
                    if (y == 3) {
                        throw new IllegalStateException("row " + y);
                    }
                    Arrays.fill(rgb, (byte) 200);
                }));
        input.put((y, rgb, at) -> Arrays.fill(rgb, (byte) (10 * y)));
        // (0 + 10) / 2 and (20 + 30) / 2
        assertArrayEquals(new byte[] {5, 5, 5, 5, 5, 5, 25, 25, 25, 25, 25, 25}, pixels(input));

        assertThrows(IndexOutOfBoundsException.class, () -> input.put(new Gray(ByteBuffer.allocate(15))));
        input.put(new Gray(ByteBuffer.wrap(new byte[] {0, 0, 2, 2, 0, 0, 2, 2, 4, 4, 6, 6, 4, 4, 6, 6})));
        assertArrayEquals(new byte[] {0, 0, 0, 2, 2, 2, 4, 4, 4, 6, 6, 6}, pixels(input));
        assertEquals(2, Downscale.of(4, 4, 4).factor());
    }

    /** Rows of four gray pixels, of which only the gray bytes are read. */
    private record Gray(ByteBuffer pixels) implements GrayRows {
        @Override
        public void readGray(int y, byte[] gray, int at) {
            pixels.get(4 * y, gray, at, 4);
        }

        @Override
        public void read(int y, byte[] rgb, int at) {
            throw new AssertionError("read as colors");
        }
    }

    private static byte[] pixels(FrameInput input) {
        byte[] pixels = new byte[12];
        input.images().rgb().get(0, pixels);
        return pixels;
    }
}
