package tandem.tools.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One message in the wire format of Protocol Buffers, as far as ONNX needs it: varints, 32-bit floats and
 * length-delimited fields (texts, bytes, messages). Fields are written in the order of the calls; a repeated field is
 * written once for each value, which every reader must accept for packed fields too (protobuf.dev, Encoding).
 */
final class ProtobufMessage {

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** An integer or an enumeration value; negative numbers take ten bytes. */
    ProtobufMessage put(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    /** A 32-bit float. */
    ProtobufMessage put(int field, float value) {
        tag(field, FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < 32; shift += 8) {
            bytes.write(bits >>> shift);
        }
        return this;
    }

    /** A text in UTF-8. */
    ProtobufMessage put(int field, String text) {
        return put(field, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes. */
    ProtobufMessage put(int field, byte[] value) {
        tag(field, LENGTH_DELIMITED);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    /** A message inside this one, as it is now. */
    ProtobufMessage put(int field, ProtobufMessage message) {
        return put(field, message.toBytes());
    }

    /** The encoded fields, without a length in front. */
    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
