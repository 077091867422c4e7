package tandem.tools.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import tandem.kernels.translate.machine.HalfMath;
import tandem.tools.InputException;

/**
 * Type of a kernel argument, or of an element of an array argument. Integers are little-endian two's complement,
 * {@code f16} is IEEE 754 binary16, {@code bf16} the upper half of a float.
 */
enum ElementType {
    I8(1),
    U8(1),
    I16(2),
    U16(2),
    I32(4),
    U32(4),
    I64(8),
    U64(8),
    F16(2),
    BF16(2),
    F32(4),
    F64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    boolean isFloat() {
        return switch (this) {
            case F16, BF16, F32, F64 -> true;
            default -> false;
        };
    }

    /** The type called {@code name}: {@code f32}, {@code i32} or PTX's {@code s32}, ... */
    static ElementType of(String name) {
        String wanted = name.toUpperCase(Locale.ROOT).replaceFirst("^S(?=\\d)", "I");
        return Arrays.stream(values())
                .filter(type -> type.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown argument type '" + name + "'; the types are "
                        + Arrays.stream(values()).map(ElementType::toString).collect(Collectors.joining(" "))));
    }

    /** Writes the number in {@code text} at {@code offset}; decimal, or 0x hexadecimal for integers. */
    void put(ByteBuffer buffer, int offset, String text) {
        try {
            if (isFloat()) {
                put(buffer, offset, Double.parseDouble(text));
            } else {
                putInteger(buffer, offset, integer(text));
            }
        } catch (NumberFormatException e) {
            throw new InputException("'" + text + "' is not a number that fits " + this);
        }
    }

    /** Writes a number at {@code offset}, rounded to the type. */
    void put(ByteBuffer buffer, int offset, double value) {
        switch (this) {
            case F16 -> buffer.putShort(offset, (short) HalfMath.ofDouble(value, 0));
            case BF16 -> buffer.putShort(offset, (short) HalfMath.ofDouble(value, HalfMath.BRAIN));
            case F32 -> buffer.putFloat(offset, (float) value);
            case F64 -> buffer.putDouble(offset, value);
            default -> putInteger(buffer, offset, (long) value);
        }
    }

    private void putInteger(ByteBuffer buffer, int offset, long value) {
        switch (bytes) {
            case 1 -> buffer.put(offset, (byte) value);
            case 2 -> buffer.putShort(offset, (short) value);
            case 4 -> buffer.putInt(offset, (int) value);
            default -> buffer.putLong(offset, value);
        }
    }

    private long integer(String text) {
        if (this == U64) {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
        }
        long value = Long.decode(text);
        boolean signed = name().startsWith("I");
        long min = signed ? -1L << (bytes * 8 - 1) : 0;
        long max = bytes == 8 ? Long.MAX_VALUE : (1L << (bytes * 8 - (signed ? 1 : 0))) - 1;
        if (value < min || value > max) {
            throw new NumberFormatException();
        }
        return value;
    }

    /** The number at {@code offset}. */
    double get(ByteBuffer buffer, int offset) {
        return switch (this) {
            case I8 -> buffer.get(offset);
            case U8 -> Byte.toUnsignedInt(buffer.get(offset));
            case I16 -> buffer.getShort(offset);
            case U16 -> Short.toUnsignedInt(buffer.getShort(offset));
            case I32 -> buffer.getInt(offset);
            case U32 -> Integer.toUnsignedLong(buffer.getInt(offset));
            case I64 -> buffer.getLong(offset);
            case U64 -> Double.parseDouble(Long.toUnsignedString(buffer.getLong(offset)));
            case F16 -> HalfMath.toFloat(buffer.getShort(offset), 0);
            case BF16 -> HalfMath.toFloat(buffer.getShort(offset), HalfMath.BRAIN);
            case F32 -> buffer.getFloat(offset);
            case F64 -> buffer.getDouble(offset);
        };
    }

    /** The number at {@code offset} as text, exact. */
    String text(ByteBuffer buffer, int offset) {
        return switch (this) {
            case F16, BF16, F32 -> Float.toString((float) get(buffer, offset));
            case F64 -> Double.toString(buffer.getDouble(offset));
            case U64 -> Long.toUnsignedString(buffer.getLong(offset));
            case I64 -> Long.toString(buffer.getLong(offset));
            default -> Long.toString((long) get(buffer, offset));
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
