package tandem.tools.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Constant values.
 *
 * @param type FLOAT or INT64
 * @param dims outermost first; empty for a scalar
 * @param bytes the values, little-endian
 */
record OnnxTensor(OnnxType type, long[] dims, byte[] bytes) {

    /** Floats of a shape. */
    static OnnxTensor floats(long[] dims, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new OnnxTensor(OnnxType.FLOAT, dims, bytes.array());
    }

    /** A list of integers, (values.length). */
    static OnnxTensor integers(long... values) {
        return integers(new long[] {values.length}, values);
    }

    /** Integers of a shape. */
    static OnnxTensor integers(long[] dims, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new OnnxTensor(OnnxType.INT64, dims, bytes.array());
    }

    /** It as TensorProto. */
    ProtobufMessage message(String name) {
        ProtobufMessage message = new ProtobufMessage();
        for (long dim : dims) {
            message.put(1, dim);
        }
        return message.put(2, type.number()).put(8, name).put(9, bytes);
    }
}
