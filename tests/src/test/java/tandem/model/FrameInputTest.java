package tandem.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.Downscale;

class FrameInputTest {

    /** Four rows of four pixels, averaged over squares of 2 x 2: an image that fails in row 3 leaves nothing behind. */
    @Test
    void anImageAfterOneThatCouldNotBeReadIsRead() {
        FrameInput input = new FrameInput(4);
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

        ByteBuffer early = ByteBuffer.allocate(15);
        assertThrows(IndexOutOfBoundsException.class, () -> input.put(early, PixelFormat.GRAY, 4));
        input.put(ByteBuffer.wrap(new byte[] {0, 0, 2, 2, 0, 0, 2, 2, 4, 4, 6, 6, 4, 4, 6, 6}), PixelFormat.GRAY, 4);
        assertArrayEquals(new byte[] {0, 0, 0, 2, 2, 2, 4, 4, 4, 6, 6, 6}, pixels(input));
        assertEquals(2, Downscale.of(4, 4, 4).factor());
    }

    private static byte[] pixels(FrameInput input) {
        byte[] pixels = new byte[12];
        input.images().rgb().get(0, pixels);
        return pixels;
    }
}
