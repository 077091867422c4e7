package tandem.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.RgbRows;

/** Frames of each format as RGB, whole and in part, and frames that are impossible. */
class FrameTest {

    private static final int WIDTH = 7;
    private static final int HEIGHT = 6;
    private static final int OFFSET = 5;

    private static FrameRows rows(Frame frame, int sampleBits) {
        FrameRows rows = switch (frame.format()) {
            case GRAY, GRAY16 -> new FrameRows.Gray(sampleBits);
            case RGB, BGR, BGRA -> new FrameRows.Interleaved();
            default -> new FrameRows.Bayer();
        };
        return rows.of(frame.pixels(), frame.format(), frame.width(), frame.height(), frame.stride())
                .region(
                        frame.region().left(),
                        frame.region().top(),
                        frame.region().width());
    }

    private static int[][] read(Frame frame, int sampleBits) {
        FrameRows rows = rows(frame, sampleBits);
        int[][] pixels = new int[frame.region().height()][frame.region().width()];
        byte[] row = new byte[2 + 3 * frame.region().width()];
        for (int y = 0; y < pixels.length; y++) {
            rows.read(y, row, 2);
            for (int x = 0; x < pixels[y].length; x++) {
                pixels[y][x] = (row[2 + 3 * x] & 0xFF) << 16 | (row[3 + 3 * x] & 0xFF) << 8 | row[4 + 3 * x] & 0xFF;
            }
        }
        return pixels;
    }

    private static Frame random(PixelFormat format, int seed) {
        int stride = WIDTH * format.bytes() + 3;
        byte[] bytes = new byte[OFFSET + stride * HEIGHT];
        new Random(seed).nextBytes(bytes);
        return Frame.of(ByteBuffer.wrap(bytes).position(OFFSET), format, WIDTH, HEIGHT, stride);
    }

    /** The definition, sample by sample; of Bayer formats the mean of the pixels around that have the color. */
    private static int expected(Frame frame, int x, int y, int color) {
        ByteBuffer bytes = frame.pixels();
        int at = OFFSET + y * frame.stride() + x * frame.format().bytes();
        return switch (frame.format()) {
            case GRAY -> bytes.get(at) & 0xFF;
            case RGB -> bytes.get(at + color) & 0xFF;
            case BGR, BGRA -> bytes.get(at + 2 - color) & 0xFF;
            case GRAY16 -> bytes.getShort(at) >> 8 & 0xFF;
            default -> {
                if (color(frame.format(), x, y) == color) {
                    yield bytes.get(at) & 0xFF;
                }
                int sum = 0;
                int count = 0;
                for (int dy = -1; dy <= 1; dy++) {
                    for (int dx = -1; dx <= 1; dx++) {
                        int column = mirror(x + dx, WIDTH);
                        int row = mirror(y + dy, HEIGHT);
                        // Of green, diagonal neighbours of a green pixel are never needed: it has its own sample.
                        if (color(frame.format(), column, row) == color) {
                            sum += bytes.get(OFFSET + row * frame.stride() + column) & 0xFF;
                            count++;
                        }
                    }
                }
                yield (sum + count / 2) / count;
            }
        };
    }

    private static int mirror(int i, int size) {
        return i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
    }

    private static int color(PixelFormat format, int x, int y) {
        String pattern = format.name().substring("BAYER_".length());
        return "RGB".indexOf(pattern.charAt(2 * (y % 2) + x % 2));
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void everyFormatIsReadAsDefined(PixelFormat format) {
        Frame frame = random(format, 3);
        int[][] pixels = read(frame, 16);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int color = 0; color < 3; color++) {
                    assertEquals(
                            expected(frame, x, y, color),
                            pixels[y][x] >> 8 * (2 - color) & 0xFF,
                            format + " " + x + ", " + y + ", color " + color);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void aRegionIsThatPartOfTheFrame(PixelFormat format) {
        Frame frame = random(format, 4);
        int[][] whole = read(frame, 12);
        for (int[] region : new int[][] {{0, 0, 7, 6}, {1, 2, 3, 4}, {3, 1, 4, 5}, {6, 5, 1, 1}, {0, 3, 1, 2}}) {
            int[][] part = read(frame.region(region[0], region[1], region[2], region[3]), 12);
            for (int y = 0; y < region[3]; y++) {
                for (int x = 0; x < region[2]; x++) {
                    assertEquals(whole[region[1] + y][region[0] + x], part[y][x], format + " " + x + ", " + y);
                }
            }
        }
    }

    /** A camera of that many bits, as its PNG files are read in training. */
    @ParameterizedTest
    @ValueSource(ints = {10, 12, 16})
    void sixteenBitsAreReadAsInTraining(int bits) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY);
        Random random = new Random(bits);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(2 * WIDTH * HEIGHT).order(order);
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                int value = random.nextInt(i % 5 == 0 ? 1 << 16 : 1 << bits);
                image.getRaster().setSample(i % WIDTH, i / WIDTH, 0, value);
                bytes.putShort(2 * i, (short) value);
            }
            byte[] expected = new byte[3 * WIDTH];
            byte[] actual = new byte[3 * WIDTH];
            FrameRows rows = rows(Frame.of(bytes, PixelFormat.GRAY16, WIDTH, HEIGHT), bits);
            for (int y = 0; y < HEIGHT; y++) {
                RgbRows.of(image, bits).read(y, expected, 0);
                rows.read(y, actual, 0);
                assertArrayEquals(expected, actual);
            }
        }
    }

    @Test
    void impossibleFramesAreRefused() {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        assertThrows(FrameException.class, () -> Frame.of(bytes, PixelFormat.RGB, 10, 10));
        assertThrows(FrameException.class, () -> Frame.of(bytes, PixelFormat.GRAY, 10, 10, 9));
        assertThrows(FrameException.class, () -> Frame.of(bytes, PixelFormat.GRAY, 0, 10));
        assertThrows(FrameException.class, () -> Frame.of(bytes, PixelFormat.BGRA, Integer.MAX_VALUE, 2));
        assertThrows(FrameException.class, () -> Frame.of(bytes, PixelFormat.BAYER_BGGR, 10, 1));
        assertThrows(NullPointerException.class, () -> Frame.of(null, PixelFormat.GRAY, 10, 10));
        assertThrows(NullPointerException.class, () -> Frame.of(bytes, null, 10, 10));
        Frame frame = Frame.of(bytes, PixelFormat.GRAY, 10, 10);
        for (int[] region :
                new int[][] {{-1, 0, 1, 1}, {0, 0, 0, 1}, {9, 0, 2, 1}, {0, 1, 10, 10}, {1, 1, Integer.MAX_VALUE, 1}}) {
            String message = assertThrows(
                            FrameException.class, () -> frame.region(region[0], region[1], region[2], region[3]))
                    .getMessage();
            assertTrue(message.contains("10 x 10"), message);
        }
    }
}
