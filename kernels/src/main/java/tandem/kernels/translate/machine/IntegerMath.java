package tandem.kernels.translate.machine;

/** Integer instructions of PTX that are not one Java operation (PTX ISA, sections 9.7.1 and 9.7.8). */
public final class IntegerMath {

    private IntegerMath() {}

    public static int addSaturated(int a, int b) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, (long) a + b));
    }

    public static int subSaturated(int a, int b) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, (long) a - b));
    }

    public static int mulHigh(int a, int b) {
        return (int) ((long) a * b >> 32);
    }

    public static int mulHighUnsigned(int a, int b) {
        return (int) ((a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL) >>> 32);
    }

    public static long mulHighUnsigned(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    public static int mul24Low(int a, int b) {
        return (int) ((long) (a << 8 >> 8) * (b << 8 >> 8));
    }

    public static int mul24High(int a, int b) {
        return (int) ((long) (a << 8 >> 8) * (b << 8 >> 8) >> 16);
    }

    public static int mul24LowUnsigned(int a, int b) {
        return (int) ((long) (a & 0xFF_FFFF) * (b & 0xFF_FFFF));
    }

    public static int mul24HighUnsigned(int a, int b) {
        return (int) ((long) (a & 0xFF_FFFF) * (b & 0xFF_FFFF) >>> 16);
    }

    /** Division by zero, undefined in PTX, gives all ones as hardware does. */
    public static int div(int a, int b) {
        return b == 0 ? -1 : a / b;
    }

    public static int divUnsigned(int a, int b) {
        return b == 0 ? -1 : Integer.divideUnsigned(a, b);
    }

    public static long div(long a, long b) {
        return b == 0 ? -1 : a / b;
    }

    public static long divUnsigned(long a, long b) {
        return b == 0 ? -1 : Long.divideUnsigned(a, b);
    }

    /**
     * The remainder of division by zero, undefined in PTX, is all ones in 32 bits and the dividend in 64, as NVIDIA's
     * assembler computes it.
     */
    public static int rem(int a, int b) {
        return b == 0 ? -1 : a % b;
    }

    public static int remUnsigned(int a, int b) {
        return b == 0 ? -1 : Integer.remainderUnsigned(a, b);
    }

    public static long rem(long a, long b) {
        return b == 0 ? a : a % b;
    }

    public static long remUnsigned(long a, long b) {
        return b == 0 ? a : Long.remainderUnsigned(a, b);
    }

    public static int minUnsigned(int a, int b) {
        return Integer.compareUnsigned(a, b) <= 0 ? a : b;
    }

    public static int maxUnsigned(int a, int b) {
        return Integer.compareUnsigned(a, b) >= 0 ? a : b;
    }

    public static long minUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }

    public static long maxUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    public static int sad(int a, int b, int c) {
        return c + (a < b ? b - a : a - b);
    }

    public static int sadUnsigned(int a, int b, int c) {
        return c + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    public static long sad(long a, long b, long c) {
        return c + (a < b ? b - a : a - b);
    }

    public static long sadUnsigned(long a, long b, long c) {
        return c + (Long.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    /**
     * Bit position of the highest one (of the highest bit that differs from the sign when signed); -1 when there is
     * none.
     */
    public static int bfind(int a) {
        return 31 - Integer.numberOfLeadingZeros(a);
    }

    public static int bfindSigned(int a) {
        return bfind(a < 0 ? ~a : a);
    }

    public static int bfind(long a) {
        return 63 - Long.numberOfLeadingZeros(a);
    }

    public static int bfindSigned(long a) {
        return bfind(a < 0 ? ~a : a);
    }

    /** How far to shift left so that the found bit comes to the top; -1 when there is none. */
    public static int bfindShift(int a) {
        return a == 0 ? -1 : Integer.numberOfLeadingZeros(a);
    }

    public static int bfindShiftSigned(int a) {
        return bfindShift(a < 0 ? ~a : a);
    }

    public static int bfindShift(long a) {
        return a == 0 ? -1 : Long.numberOfLeadingZeros(a);
    }

    public static int bfindShiftSigned(long a) {
        return bfindShift(a < 0 ? ~a : a);
    }

    /**
     * Field of {@code length} bits from {@code position}; bits beyond the word are zero. Of both numbers the lower 8
     * bits count in 32 bits, and all in 64 bits, as NVIDIA's assembler computes it.
     */
    public static int bfeUnsigned(int a, int position, int length) {
        return (int) bfeUnsigned(a & 0xFFFF_FFFFL, position & 255, length & 255);
    }

    public static long bfeUnsigned(long a, int position, int length) {
        int start = within64(position);
        int bits = within64(length);
        long shifted = start > 63 ? 0 : a >>> start;
        return bits > 63 ? shifted : shifted & (1L << bits) - 1;
    }

    private static int within64(int unsigned) {
        return (unsigned & ~63) == 0 ? unsigned : 64;
    }

    /** As unsigned, but what lies above the field, or above the word, repeats the sign. */
    public static int bfeSigned(int a, int position, int length) {
        return (int) bfeSigned(a, position & 255, length & 255, 31);
    }

    public static long bfeSigned(long a, int position, int length) {
        return bfeSigned(a, within64(position), within64(length), 63);
    }

    private static long bfeSigned(long a, int start, int bits, int top) {
        if (bits == 0) {
            return 0;
        }
        long field = a >> Math.min(start, 63);
        // The sign is the field's own top bit, or the word's where the field reaches beyond it.
        int unused = 64 - Math.min(bits, Math.max(1, top + 1 - start));
        return field << unused >> unused;
    }

    /** {@code a}'s low bits put over {@code b} at {@code position}. */
    public static int bfi(int a, int b, int position, int length) {
        int start = position & 255;
        int bits = length & 255;
        if (start > 31) {
            return b;
        }
        int mask = (bits > 31 ? -1 : (1 << bits) - 1) << start;
        return b & ~mask | a << start & mask;
    }

    public static long bfi(long a, long b, int position, int length) {
        int start = within64(position);
        int bits = within64(length);
        if (start > 63) {
            return b;
        }
        long mask = (bits > 63 ? -1L : (1L << bits) - 1) << start;
        return b & ~mask | a << start & mask;
    }

    /** Shifts clamp: by the width or more everything is shifted out. */
    public static int shl(int a, int by) {
        return Integer.compareUnsigned(by, 31) > 0 ? 0 : a << by;
    }

    public static long shl(long a, int by) {
        return Integer.compareUnsigned(by, 63) > 0 ? 0 : a << by;
    }

    public static int shrUnsigned(int a, int by) {
        return Integer.compareUnsigned(by, 31) > 0 ? 0 : a >>> by;
    }

    public static long shrUnsigned(long a, int by) {
        return Integer.compareUnsigned(by, 63) > 0 ? 0 : a >>> by;
    }

    public static int shr(int a, int by) {
        return Integer.compareUnsigned(by, 31) > 0 ? a >> 31 : a >> by;
    }

    public static long shr(long a, int by) {
        return Integer.compareUnsigned(by, 63) > 0 ? a >> 63 : a >> by;
    }

    private static long joined(int low, int high) {
        return (long) high << 32 | low & 0xFFFF_FFFFL;
    }

    /** Funnel shifts of {high, low} (PTX ISA, {@code shf}). */
    public static int funnelLeftClamp(int low, int high, int by) {
        return (int) (joined(low, high) << minUnsigned(by, 32) >>> 32);
    }

    public static int funnelLeftWrap(int low, int high, int by) {
        return (int) (joined(low, high) << (by & 31) >>> 32);
    }

    public static int funnelRightClamp(int low, int high, int by) {
        return (int) (joined(low, high) >>> minUnsigned(by, 32));
    }

    public static int funnelRightWrap(int low, int high, int by) {
        return (int) (joined(low, high) >>> (by & 31));
    }

    /** Any function of three bits: bit (4a + 2b + c) of {@code table}. */
    public static int lop3(int a, int b, int c, int table) {
        int result = 0;
        for (int i = 0; i < 8; i++) {
            if ((table >> i & 1) != 0) {
                result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            }
        }
        return result;
    }

    /** Four bytes picked from {b, a} by the nibbles of {@code selector}; a nibble's top bit repeats the byte's sign. */
    public static int prmt(int a, int b, int selector) {
        long bytes = joined(a, b);
        int result = 0;
        for (int i = 0; i < 4; i++) {
            int nibble = selector >> 4 * i;
            int picked = (byte) (bytes >>> 8 * (nibble & 7));
            result |= ((nibble & 8) != 0 ? picked >> 7 & 0xFF : picked & 0xFF) << 8 * i;
        }
        return result;
    }

    public static int prmtF4e(int a, int b, int selector) {
        return prmt(a, b, 0x3210 + 0x1111 * (selector & 3));
    }

    public static int prmtB4e(int a, int b, int selector) {
        return prmt(a, b, new int[] {0x5670, 0x6701, 0x7012, 0x0123}[selector & 3]);
    }

    public static int prmtRc8(int a, int b, int selector) {
        return prmt(a, b, 0x1111 * (selector & 3));
    }

    public static int prmtEcl(int a, int b, int selector) {
        return prmt(a, b, new int[] {0x3210, 0x3211, 0x3222, 0x3333}[selector & 3]);
    }

    public static int prmtEcr(int a, int b, int selector) {
        return prmt(a, b, new int[] {0x0000, 0x1110, 0x2210, 0x3210}[selector & 3]);
    }

    public static int prmtRc16(int a, int b, int selector) {
        return prmt(a, b, (selector & 1) == 0 ? 0x1010 : 0x3232);
    }

    /** Sum of the products of four byte pairs plus c. */
    public static int dp4a(int a, int b, int c, boolean signedA, boolean signedB) {
        int sum = c;
        for (int shift = 0; shift < 32; shift += 8) {
            int x = signedA ? (byte) (a >> shift) : a >> shift & 0xFF;
            int y = signedB ? (byte) (b >> shift) : b >> shift & 0xFF;
            sum += x * y;
        }
        return sum;
    }

    /** The carry of sum = a + b or a + b + 1. */
    public static int carry(int a, int b, int sum) {
        return (a & b | (a | b) & ~sum) >>> 31;
    }

    public static int carry(long a, long b, long sum) {
        return (int) ((a & b | (a | b) & ~sum) >>> 63);
    }

    /** The carry of difference = a + ~b + 1 or a + ~b: 1 when nothing was borrowed. */
    public static int differenceCarry(int a, int b, int difference) {
        return carry(a, ~b, difference);
    }

    public static int differenceCarry(long a, long b, long difference) {
        return carry(a, ~b, difference);
    }

    public static int cnot(int a) {
        return a == 0 ? 1 : 0;
    }

    public static long cnot(long a) {
        return a == 0 ? 1 : 0;
    }

    /** {@code bmsk.clamp}: ones from a bit on; both numbers are unsigned and at most 32. */
    public static int maskClamp(int from, int width) {
        long start = Math.min(32, from & 0xFFFF_FFFFL);
        long bits = Math.min(32, width & 0xFFFF_FFFFL);
        return (int) ((1L << bits) - 1 << start);
    }

    /** {@code bmsk.wrap}: as {@link #maskClamp}, of the lower 5 bits of both numbers. */
    public static int maskWrap(int from, int width) {
        return (1 << width) - 1 << from;
    }
}
