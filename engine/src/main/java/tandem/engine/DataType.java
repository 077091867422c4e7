package tandem.engine;

import java.nio.ByteBuffer;
import tandem.kernels.translate.machine.HalfPrecision;

/** What one element of a tensor is. */
public enum DataType {
    /** IEEE 754 single precision. */
    FLOAT32(4, ""),
    /** The upper half of a FLOAT32: 8 bits of exponent, 7 of mantissa. */
    BFLOAT16(2, "_bf16"),
    /** IEEE 754 half precision: 5 bits of exponent, 10 of mantissa; 65504 is its maximum. */
    FLOAT16(2, "_f16"),
    /** Two's complement, 32 bits. */
    INT32(4, null),
    /** One unsigned byte: pixels, mask labels, opaque reserves. */
    UINT8(1, null);

    private final int bytes;
    private final String suffix;

    DataType(int bytes, String suffix) {
        this.bytes = bytes;
        this.suffix = suffix;
    }

    /** Bytes an element takes. */
    public int bytes() {
        return bytes;
    }

    /** Whether it is a floating-point number: what activations and their gradients can be stored as. */
    public boolean floating() {
        return suffix != null;
    }

    /** Whether it is a floating-point number of 16 bits. */
    public boolean half() {
        return floating() && bytes == 2;
    }

    /** Element {@code index} of a floating-point tensor's bytes, in native order. */
    public float value(ByteBuffer tensor, int index) {
        return switch (this) {
            case FLOAT32 -> tensor.getFloat(index * Float.BYTES);
            case BFLOAT16 -> Float.intBitsToFloat(tensor.getShort(index * Short.BYTES) << 16);
            case FLOAT16 -> HalfPrecision.toFloat(tensor.getShort(index * Short.BYTES) & 0xFFFF);
            default -> throw new IllegalArgumentException(this + " is no floating-point number");
        };
    }

    /** The variant of a kernel for tensors of this type, such as {@code leaky_relu_forward_bf16}. */
    public String kernel(String name) {
        if (!floating()) {
            throw new IllegalArgumentException(name + " has no variant for " + this);
        }
        return name + suffix;
    }
}
