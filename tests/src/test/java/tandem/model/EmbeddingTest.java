package tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector.PixelFormat;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.train.TinyNetwork;

/** An {@link Inspector} in a program of one's own: buffers of any kind, frames of any shape, and networks in turn. */
@Timeout(120)
class EmbeddingTest {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final NonMaximumSuppression.Settings LOOSE = TinyNetwork.LOOSE;

    @TempDir
    static Path folder;

    private static CpuDevice device;
    private static Path checkpoint;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        checkpoint = TinyNetwork.train(folder, 70, 50, 2).checkpoint();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static byte[] pixels() {
        byte[] pixels = new byte[3 * WIDTH * HEIGHT];
        new Random(1).nextBytes(pixels);
        return pixels;
    }

    private static String text(Inspection found) {
        return found + " " + Arrays.hashCode(found.maskBytes());
    }

    /** Where the pixels are: in the heap or outside it, at a position, in a slice, with a gap after each row. */
    @Test
    void anyBufferGivesTheSame() throws IOException {
        byte[] pixels = pixels();
        ByteBuffer direct = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
        ByteBuffer behind =
                ByteBuffer.allocateDirect(pixels.length + 37).put(37, pixels).position(37);
        ByteBuffer array =
                ByteBuffer.allocate(pixels.length + 11).put(11, pixels).position(11);
        List<ByteBuffer> same = new ArrayList<>(List.of(
                direct,
                behind,
                behind.slice(),
                array,
                array.slice().order(ByteOrder.LITTLE_ENDIAN),
                ByteBuffer.wrap(pixels).asReadOnlyBuffer(),
                ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN)));
        int stride = 3 * WIDTH + 13;
        ByteBuffer gaps = ByteBuffer.allocate(stride * (HEIGHT - 1) + 3 * WIDTH);
        for (int y = 0; y < HEIGHT; y++) {
            gaps.put(y * stride, pixels, y * 3 * WIDTH, 3 * WIDTH);
        }
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection first = inspector.inspect(ByteBuffer.wrap(pixels), PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH);
            assertTrue(first.boxes() > 0);
            String expected = text(first);
            for (ByteBuffer frame : same) {
                int position = frame.position();
                assertEquals(
                        expected,
                        text(inspector.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH)),
                        frame.toString());
                assertEquals(position, frame.position());
            }
            assertEquals(expected, text(inspector.inspect(gaps, PixelFormat.RGB, WIDTH, HEIGHT, stride)));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3000", "3000, 1", "2, 1999"})
    void anyShapeHasAResult(int width, int height) throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection found =
                    inspector.inspect(ByteBuffer.allocate(width * height), PixelFormat.GRAY, width, height, width);
            assertEquals(width * height, found.maskBytes().length);
            for (int i = 0; i < found.boxes(); i++) {
                assertTrue(found.left(i) >= 0 && found.right(i) <= width, found.toString());
                assertTrue(found.top(i) >= 0 && found.bottom(i) <= height, found.toString());
            }
        }
    }

    @Test
    void indicesOutsideAResultAreRefused() throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection found = inspector.inspect(ByteBuffer.wrap(pixels()), PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH);
            assertThrows(IndexOutOfBoundsException.class, () -> found.label(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> found.score(found.boxes()));
            assertThrows(IndexOutOfBoundsException.class, () -> found.maskAt(WIDTH, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> found.maskAt(0, -1));
        }
        assertEquals(0, new Inspection().boxes());
    }

    /** A line loads the next network and closes the former: each finds the same, and no memory is left behind. */
    @Test
    void networksInTurnLeaveNoMemoryBehind() throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(pixels());
        Map<String, Long> before = device.census();
        Inspector current = Inspector.load(checkpoint, device, LOOSE);
        String expected = text(current.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH));
        Map<String, Long> one = device.census();
        for (int i = 0; i < 12; i++) {
            Inspector next = Inspector.load(checkpoint, device, LOOSE);
            next.warmUp(WIDTH, HEIGHT);
            current.close();
            current = next;
            assertEquals(expected, text(current.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH)));
            assertEquals(one, device.census(), "after " + (i + 1) + " exchanges");
        }
        current.close();
        assertEquals(before, device.census());
    }
}
