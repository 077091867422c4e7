package tandem.model.weights;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Formats of floating-point numbers in a weights file, and their conversion to and from FLOAT32. */
public enum FloatFormat {
    /** IEEE 754 binary64; values are rounded to FLOAT32 when they are read. */
    F64(8) {
        @Override
        float get(ByteBuffer bytes, int index) {
            return (float) bytes.getDouble(index);
        }

        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putDouble(index, value);
        }
    },
    /** IEEE 754 binary32. */
    F32(4) {
        @Override
        float get(ByteBuffer bytes, int index) {
            return bytes.getFloat(index);
        }

        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putFloat(index, value);
        }

        @Override
        void get(ByteBuffer bytes, float[] values, int from, int count) {
            bytes.slice(0, count * bytes()).order(bytes.order()).asFloatBuffer().get(values, from, count);
        }

        @Override
        void put(ByteBuffer bytes, float[] values, int from, int count) {
            bytes.slice(0, count * bytes()).order(bytes.order()).asFloatBuffer().put(values, from, count);
        }
    },
    /** IEEE 754 binary16; rounded to nearest, ties to even. */
    F16(2) {
        @Override
        float get(ByteBuffer bytes, int index) {
            return fromHalf(bytes.getShort(index));
        }

        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putShort(index, toHalf(value));
        }
    },
    /** The upper 16 bits of FLOAT32 (bfloat16); rounded to nearest, ties to even. */
    BF16(2) {
        @Override
        float get(ByteBuffer bytes, int index) {
            return Float.intBitsToFloat(bytes.getShort(index) << 16);
        }

        @Override
        void put(ByteBuffer bytes, int index, float value) {
            int bits = Float.floatToRawIntBits(value);
            int rounded = Float.isNaN(value) ? bits | 0x400000 : bits + 0x7FFF + (bits >>> 16 & 1);
            bytes.putShort(index, (short) (rounded >>> 16));
        }
    };

    private final int bytes;

    FloatFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a number. */
    public int bytes() {
        return bytes;
    }

    /** The number at a byte index. */
    abstract float get(ByteBuffer bytes, int index);

    /** Writes the number nearest to {@code value} at a byte index. */
    abstract void put(ByteBuffer bytes, int index, float value);

    /** The first {@code count} numbers of {@code bytes}, to {@code values} from {@code from} on. */
    void get(ByteBuffer bytes, float[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            values[from + i] = get(bytes, i * this.bytes);
        }
    }

    /** Writes {@code count} of {@code values}, from {@code from} on, to the beginning of {@code bytes}. */
    void put(ByteBuffer bytes, float[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            put(bytes, i * this.bytes, values[from + i]);
        }
    }

    /** The format with that name in a safetensors header; empty for integers and others. */
    static Optional<FloatFormat> named(String type) {
        for (FloatFormat format : values()) {
            if (format.name().equals(type)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** {@link Float} has these conversions from JDK 20 on. */
    static float fromHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1F;
        int fraction = half & 0x3FF;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int bits = exponent == 0x1F ? 0x7F800000 | fraction << 13 : exponent + 112 << 23 | fraction << 13;
        return Float.intBitsToFloat(sign | bits);
    }

    static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00);
        }
        if (size >= 65520) {
            return (short) (sign | 0x7C00);
        }
        if (size < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        int magnitude = bits & 0x7FFFFFFF;
        int rounded = magnitude + 0xFFF + (magnitude >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }
}
