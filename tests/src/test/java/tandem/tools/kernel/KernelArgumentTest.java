package tandem.tools.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.tools.InputException;

class KernelArgumentTest {

    @TempDir
    Path folder;

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static byte[] bytes(String argument) throws IOException {
        KernelArgument parsed = KernelArgument.parse(argument);
        return parsed instanceof KernelArgument.Array array
                ? bytes(array.contents(new SplittableRandom(1)))
                : bytes(((KernelArgument.Scalar) parsed).bytes());
    }

    @Test
    void scalarsAreLittleEndian() throws IOException {
        assertArrayEquals(new byte[] {5, 0, 0, 0}, bytes("i32:5"));
        assertArrayEquals(new byte[] {-1, -1, -1, -1}, bytes("s32:-1"));
        assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3f}, bytes("f32:1"));
        assertArrayEquals(new byte[] {-1, 0, 0, 0, 0, 0, 0, 0}, bytes("u64:0xff"));
        assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}, bytes("u64:18446744073709551615"));
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, -16, 0x3f}, bytes("f64:1.0"));
        assertArrayEquals(new byte[] {0, (byte) 0xc1}, bytes("f16:-2.5"));
        assertArrayEquals(new byte[] {0x20, (byte) 0xc0}, bytes("bf16:-2.5"));
    }

    @Test
    void fillsAreWhatTheySay() throws IOException {
        assertArrayEquals(new byte[] {0, 1, 2}, bytes("u8[3]=iota"));
        assertArrayEquals(new byte[] {1, 0, 1, 0}, bytes("i16[2]=ones"));
        assertArrayEquals(new byte[] {0, 0, 0, 0}, bytes("f32[1]=zeros"));
        assertArrayEquals(new byte[] {7, 0, -2, -1}, bytes("i16[2]=7,-2"));
        assertArrayEquals(new byte[] {0, 0, 0, 0x3c, 0, 0x40}, bytes("f16[3]=iota"));
        assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0x40}, bytes("bf16[3]=iota"));
    }

    @Test
    void randomFloatsLieBetweenMinusOneAndOneAndFollowTheSeed() throws IOException {
        KernelArgument.Array array = (KernelArgument.Array) KernelArgument.parse("f32[4096]=random");
        ByteBuffer contents = array.contents(new SplittableRandom(3));
        double sum = 0;
        for (int i = 0; i < 4096; i++) {
            float value = contents.getFloat(i * 4);
            assertTrue(value >= -1 && value <= 1);
            sum += value;
        }
        // The mean of 4096 numbers of standard deviation 1/sqrt(3) stays within five of its own standard deviations.
        assertEquals(0, sum / 4096, 5 / Math.sqrt(3 * 4096));
        assertArrayEquals(bytes(contents), bytes(array.contents(new SplittableRandom(3))));
    }

    @Test
    void aFileMustHaveTheArraysSize() throws IOException {
        Path file = folder.resolve("values.bin");
        Files.write(file, new byte[] {1, 2, 3, 4});
        assertArrayEquals(new byte[] {1, 2, 3, 4}, bytes("i32[1]=" + file));
        InputException e = assertThrows(InputException.class, () -> bytes("i32[2]=" + file));
        assertTrue(e.getMessage().endsWith("has 4 bytes, but 2 of i32 are 8"), e.getMessage());
    }

    @Test
    void withoutAFillMemoryCountsAsUninitialized() {
        assertFalse(((KernelArgument.Array) KernelArgument.parse("f32[8]")).isInitialized());
        assertTrue(((KernelArgument.Array) KernelArgument.parse("f32[8]=zeros")).isInitialized());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "f32",
                "f32:",
                "f32:x",
                "i32:1.5",
                "i8:128",
                "u8:-1",
                "u8:256",
                "i32:3000000000",
                "q32:1",
                "f32[0]=zeros",
                "f32[2]=1",
                "f32[2]=1,",
                "f32[1]=no-such-file.bin",
                "f32[99999999999]=zeros",
                "f64[1000000000]=zeros"
            })
    void whatMakesNoSenseIsRefused(String argument) {
        assertThrows(InputException.class, () -> bytes(argument));
    }

    @ParameterizedTest
    @CsvSource({
        "u8,ff,255",
        "i8,ff,-1",
        "u32,ffffffff,4294967295",
        "f32,0000c03f,1.5",
        "u64,ffffffffffffffff,18446744073709551615"
    })
    void numbersReadBackExactly(String type, String hex, String expected) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertEquals(expected, ElementType.of(type).text(buffer, 0));
    }
}
