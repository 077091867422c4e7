package tandem.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages valid inputs: bits, cuts, repetitions, numbers, pieces of other inputs. The same seed gives the same bytes.
 */
final class Mutation {

    private static final int MAX_BYTES = 1 << 17;

    private static final String[] NUMBERS = {
        "0",
        "-1",
        "1",
        "1.9",
        "-0.0",
        "1e999",
        "1e-400",
        "255",
        "256",
        "65536",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967295",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "NaN",
        "null",
        "true",
        "\"7\"",
        "[]",
        "{}",
        ""
    };

    private static final int[] WORDS = {
        0, 1, -1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFF, 0x40000000
    };

    private static final byte[] REPEATED = "[]{}()<>\"' \n\t,;:.0-%&@\0\u007f".getBytes(StandardCharsets.ISO_8859_1);

    private final SplittableRandom random;

    Mutation(long seed) {
        random = new SplittableRandom(seed);
    }

    /** One of {@code seeds}, changed in one to five places. */
    byte[] of(List<byte[]> seeds) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size()));
        int changes = 1 + (random.nextInt(2) == 0 ? 0 : random.nextInt(5));
        for (int i = 0; i < changes; i++) {
            bytes = change(bytes, seeds);
            if (bytes.length > MAX_BYTES) {
                bytes = Arrays.copyOf(bytes, MAX_BYTES);
            }
        }
        return bytes;
    }

    private byte[] change(byte[] bytes, List<byte[]> seeds) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(random.nextInt(3) == 0 ? bytes.length - at : Math.min(16, bytes.length - at));
        return switch (random.nextInt(11)) {
            case 0 -> {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 1 -> {
                byte[] set = bytes.clone();
                set[at] = random.nextBoolean() ? (byte) random.nextInt() : bytes[random.nextInt(bytes.length)];
                yield set;
            }
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> replace(bytes, at, at + length, new byte[0]);
            case 4 -> repeat(bytes, at, Arrays.copyOfRange(bytes, at, at + length));
            case 5, 6 -> number(bytes, at);
            case 7 -> word(bytes, at);
            case 8 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                int end = random.nextBoolean() ? other.length : Math.min(other.length, from + length);
                yield replace(
                        bytes,
                        at,
                        random.nextBoolean() ? bytes.length : at,
                        Arrays.copyOfRange(other, from, Math.max(from, end)));
            }
            case 9 -> {
                byte[] noise = new byte[1 + random.nextInt(8)];
                random.nextBytes(noise);
                yield replace(bytes, at, at, noise);
            }
            default -> repeat(bytes, at, new byte[] {REPEATED[random.nextInt(REPEATED.length)]});
        };
    }

    /** Inserts a piece a few times, now and then thousands of times. */
    private byte[] repeat(byte[] bytes, int at, byte[] piece) {
        int wanted = random.nextInt(8) == 0 ? 20_000 : random.nextInt(8);
        int times = Math.min(wanted, MAX_BYTES / piece.length);
        byte[] all = new byte[times * piece.length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, all, i * piece.length, piece.length);
        }
        return replace(bytes, at, at, all);
    }

    /** Replaces the next decimal number behind {@code at}; a byte where there is none. */
    private byte[] number(byte[] bytes, int at) {
        int from = at;
        while (from < bytes.length && !digit(bytes[from])) {
            from++;
        }
        int end = from;
        while (end < bytes.length && (digit(bytes[end]) || bytes[end] == '.')) {
            end++;
        }
        String value = random.nextInt(4) == 0
                ? Integer.toString(random.nextInt(100_000))
                : NUMBERS[random.nextInt(NUMBERS.length)];
        return replace(bytes, from, end, value.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean digit(byte value) {
        return value >= '0' && value <= '9';
    }

    /** Overwrites one to eight bytes with a whole number in either byte order. */
    private byte[] word(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        int value = WORDS[random.nextInt(WORDS.length)];
        int count = 1 << random.nextInt(4);
        boolean big = random.nextBoolean();
        for (int i = 0; i < count && at + i < bytes.length; i++) {
            int shift = 8 * (big ? count - 1 - i : i);
            changed[at + i] = (byte) ((long) value >> Math.min(63, shift));
        }
        return changed;
    }

    private static byte[] replace(byte[] bytes, int from, int end, byte[] by) {
        byte[] result = new byte[bytes.length - (end - from) + by.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(bytes, end, result, from + by.length, bytes.length - end);
        return result;
    }
}
