package tandem.kernels.translate.machine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What kernels print and assert: {@code printf} to standard output, a failed {@code assert} as an exception or a text.
 */
public final class DeviceOutput {

    private static final int MAX_TEXT = 1 << 16;

    private DeviceOutput() {}

    /** The text of bytes up to a zero. */
    static String text(long address) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int k = 0; k < MAX_TEXT && address != 0; k++) {
            byte next = Raw.UNSAFE.getByte(address + k);
            if (next == 0) {
                break;
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String where(int thread) {
        BlockContext block = BlockContext.current();
        int x = thread % block.ntidX;
        int y = thread / block.ntidX % block.ntidY;
        int z = thread / block.ntidX / block.ntidY;
        return "block (" + block.ctaidX + "," + block.ctaidY + "," + block.ctaidZ + ") thread (" + x + "," + y + "," + z
                + ")";
    }

    /** What a failed {@code assert} asserts, with its file, line and function; the addresses are those of texts. */
    public static String assertion(long message, long file, int line, long function) {
        return "'" + text(message) + "' (" + text(file) + ":" + line + ", " + text(function) + ")";
    }

    /** A failed {@code assert}: the four addresses are those of texts, but for the line. */
    public static void assertFailed(long message, long file, int line, long function, int thread) {
        throw new IllegalStateException(text(file) + ":" + line + ": " + text(function) + ": " + where(thread)
                + ": assertion `" + text(message) + "` failed");
    }

    /**
     * {@code vprintf}: one line, with block and thread in front.
     *
     * @param arguments address of the packed arguments
     * @return the number of arguments
     */
    public static int print(long format, long arguments, int thread) {
        DeviceFormat formatted = new DeviceFormat(text(format), arguments);
        String line = where(thread) + ": " + formatted.text();
        System.out.print(line.endsWith("\n") ? line : line + "\n");
        return formatted.arguments();
    }
}
