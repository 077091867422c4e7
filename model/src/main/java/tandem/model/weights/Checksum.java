package tandem.model.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum of a safetensors file, CRC-32C (RFC 3720, section 12.1) of the header and the data, in the header's
 * metadata. Its own digits count as zeros. It finds every change of a few bits.
 */
final class Checksum {

    /** The key of the metadata. */
    static final String KEY = "checksum";

    private static final String TYPE = "crc32c:";
    private static final String NONE = "00000000";

    private final byte[] header;
    private final int digits;
    private final CRC32C sum = new CRC32C();

    private Checksum(byte[] header, int digits) {
        this.header = header;
        this.digits = digits;
        byte[] zeroed = header.clone();
        System.arraycopy(NONE.getBytes(StandardCharsets.US_ASCII), 0, zeroed, digits, NONE.length());
        sum.update(zeroed);
    }

    /** The value of the metadata before the checksum is known. */
    static String placeholder() {
        return TYPE + NONE;
    }

    /** The checksum of a header that contains a value of it, or null when the value is of another type. */
    static Checksum of(byte[] header, String value) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(value);
        return isSum(value) && at >= 0 ? new Checksum(header, at + TYPE.length()) : null;
    }

    private static boolean isSum(String value) {
        return value.startsWith(TYPE)
                && value.length() == TYPE.length() + NONE.length()
                && value.chars().skip(TYPE.length()).allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    /** Adds the remaining bytes of a buffer, whose position does not change. */
    void add(ByteBuffer data) {
        sum.update(data.duplicate());
    }

    /** The digits of what was added. */
    String text() {
        return HexFormat.of().toHexDigits(sum.getValue(), 8);
    }

    /** The digits in the header. */
    String expected() {
        return new String(header, digits, NONE.length(), StandardCharsets.US_ASCII);
    }

    /** The place of the digits in the header. */
    int position() {
        return digits;
    }
}
