package tandem.kernels.translate.machine;

import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;
import sun.misc.Unsafe;

/** Atomic read-modify-write operations on native memory; each returns the old value (PTX ISA, {@code atom}). */
public final class Atomics {

    private static final Unsafe UNSAFE = Raw.UNSAFE;

    private Atomics() {}

    private static boolean swap(long address, int expected, int value) {
        return UNSAFE.compareAndSwapInt(null, address, expected, value);
    }

    private static boolean swap(long address, long expected, long value) {
        return UNSAFE.compareAndSwapLong(null, address, expected, value);
    }

    private static int now(long address) {
        return UNSAFE.getIntVolatile(null, address);
    }

    private static long nowLong(long address) {
        return UNSAFE.getLongVolatile(null, address);
    }

    public static int add(long address, int value) {
        return UNSAFE.getAndAddInt(null, address, value);
    }

    public static long add(long address, long value) {
        return UNSAFE.getAndAddLong(null, address, value);
    }

    public static float add(long address, float value) {
        int old = now(address);
        while (!swap(address, old, Float.floatToRawIntBits(Float.intBitsToFloat(old) + value))) {
            old = now(address);
        }
        return Float.intBitsToFloat(old);
    }

    public static double add(long address, double value) {
        long old = nowLong(address);
        while (!swap(address, old, Double.doubleToRawLongBits(Double.longBitsToDouble(old) + value))) {
            old = nowLong(address);
        }
        return Double.longBitsToDouble(old);
    }

    public static int exch(long address, int value) {
        return UNSAFE.getAndSetInt(null, address, value);
    }

    public static long exch(long address, long value) {
        return UNSAFE.getAndSetLong(null, address, value);
    }

    public static int cas(long address, int expected, int value) {
        int old;
        do {
            old = now(address);
        } while (old == expected && !swap(address, old, value));
        return old;
    }

    public static long cas(long address, long expected, long value) {
        long old;
        do {
            old = nowLong(address);
        } while (old == expected && !swap(address, old, value));
        return old;
    }

    public static int min(long address, int value) {
        return update(address, value, Math::min);
    }

    public static int max(long address, int value) {
        return update(address, value, Math::max);
    }

    public static long min(long address, long value) {
        return updateLong(address, value, Math::min);
    }

    public static long max(long address, long value) {
        return updateLong(address, value, Math::max);
    }

    public static int minUnsigned(long address, int value) {
        return update(address, value, (old, other) -> Integer.compareUnsigned(other, old) < 0 ? other : old);
    }

    public static int maxUnsigned(long address, int value) {
        return update(address, value, (old, other) -> Integer.compareUnsigned(other, old) > 0 ? other : old);
    }

    public static long minUnsigned(long address, long value) {
        return updateLong(address, value, (old, other) -> Long.compareUnsigned(other, old) < 0 ? other : old);
    }

    public static long maxUnsigned(long address, long value) {
        return updateLong(address, value, (old, other) -> Long.compareUnsigned(other, old) > 0 ? other : old);
    }

    public static int and(long address, int value) {
        return update(address, value, (old, other) -> old & other);
    }

    public static long and(long address, long value) {
        return updateLong(address, value, (old, other) -> old & other);
    }

    public static int or(long address, int value) {
        return update(address, value, (old, other) -> old | other);
    }

    public static long or(long address, long value) {
        return updateLong(address, value, (old, other) -> old | other);
    }

    public static int xor(long address, int value) {
        return update(address, value, (old, other) -> old ^ other);
    }

    public static long xor(long address, long value) {
        return updateLong(address, value, (old, other) -> old ^ other);
    }

    /** Counts up to {@code limit}, then from 0 again. */
    public static int inc(long address, int limit) {
        return update(address, limit, (old, max) -> Integer.compareUnsigned(old, max) >= 0 ? 0 : old + 1);
    }

    /** Counts down to 0, then from {@code limit} again. */
    public static int dec(long address, int limit) {
        return update(address, limit, (old, max) -> old == 0 || Integer.compareUnsigned(old, max) > 0 ? max : old - 1);
    }

    /** Replaces the old value by {@code next} of it and {@code value}, if that differs; returns the old one. */
    private static int update(long address, int value, IntBinaryOperator next) {
        int old;
        int replaced;
        do {
            old = now(address);
            replaced = next.applyAsInt(old, value);
        } while (replaced != old && !swap(address, old, replaced));
        return old;
    }

    /** Replaces the old value by {@code next} of it and {@code value}, if that differs; returns the old one. */
    private static long updateLong(long address, long value, LongBinaryOperator next) {
        long old;
        long replaced;
        do {
            old = nowLong(address);
            replaced = next.applyAsLong(old, value);
        } while (replaced != old && !swap(address, old, replaced));
        return old;
    }
}
