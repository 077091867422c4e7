package tandem.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    /** A file put together byte by byte from the format's description. */
    private Path file(String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).put(data);
        return Files.write(folder.resolve("file.safetensors"), bytes.array());
    }

    private String message(Path file) {
        return assertThrows(
                        WeightsException.class,
                        () -> SafetensorsReader.open(file).close())
                .getMessage();
    }

    @Test
    void readsBytesLaidOutByHand() throws IOException {
        // 1.0f = 3f800000, -2.5f = c0200000, 0.15625f = 3e200000
        Path path = file(
                "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},\"__metadata__\":{\"kind\":\"test\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                        + "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[12,12]}}",
                new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0x20, (byte) 0xc0, 0, 0, 0x20, 0x3e});
        try (SafetensorsReader reader = SafetensorsReader.open(path)) {
            assertEquals(List.of("a", "b", "none"), List.copyOf(reader.names()));
            assertArrayEquals(new float[] {1, -2.5f}, reader.read("a", 2, 1));
            assertArrayEquals(new float[] {0.15625f}, reader.read("b", 1));
            assertArrayEquals(new float[0], reader.read("none", 0, 3));
            assertEquals(Map.of("kind", "test"), reader.metadata());
        }
    }

    @Test
    void contentInMemoryIsReadLikeAFile() throws IOException {
        Path path = folder.resolve("large.safetensors");
        float[] values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        new SafetensorsWriter()
                .put("some", "metadata")
                .add("a", new int[] {100, 1000}, () -> values)
                .write(path);
        byte[] content = Files.readAllBytes(path);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(content.length).put(content).flip();
        Path name = Path.of("a name");
        for (ByteBuffer buffer : List.of(ByteBuffer.wrap(content), direct)) {
            try (SafetensorsReader reader = SafetensorsReader.of(name, buffer)) {
                assertEquals(Map.of("some", "metadata"), reader.metadata());
                assertArrayEquals(values, reader.read("a", 100, 1000));
                reader.requireUnchanged();
                assertEquals(0, buffer.position());
            }
        }
        content[content.length - 1] ^= 1;
        try (SafetensorsReader reader = SafetensorsReader.of(name, ByteBuffer.wrap(content))) {
            assertTrue(assertThrows(WeightsException.class, () -> reader.read("a", 100, 1000))
                    .getMessage()
                    .startsWith("a name: damaged"));
        }
        for (int length : new int[] {0, 7, 8, 60, content.length - 1}) {
            assertTrue(assertThrows(
                            WeightsException.class,
                            () -> SafetensorsReader.of(name, ByteBuffer.wrap(content, 0, length)))
                    .getMessage()
                    .startsWith("a name: "));
        }
    }

    @Test
    void writesTheBytesOfTheFormat() throws IOException {
        Path path = folder.resolve("w.safetensors");
        new SafetensorsWriter()
                .put("k", "v")
                .add("x", new int[] {2}, () -> new float[] {1, -2.5f})
                .write(path);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        assertEquals(0, length % 8);
        String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
        String zeroed = header.replaceAll("crc32c:[0-9a-f]{8}", "crc32c:00000000");
        assertEquals(
                "{\"__metadata__\":{\"checksum\":\"crc32c:00000000\",\"k\":\"v\"},"
                        + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                zeroed.strip());
        ByteBuffer summed = ByteBuffer.allocate(length + 8)
                .put(zeroed.getBytes(StandardCharsets.UTF_8))
                .put(bytes.array(), 8 + length, 8);
        assertTrue(header.contains("crc32c:%08x".formatted(crc32c(summed.array()))), header);
        assertEquals(0x3f800000, bytes.getInt(8 + length));
        assertEquals(0xc0200000, bytes.getInt(12 + length));
        assertEquals(8 + length + 8, bytes.capacity());
    }

    /** CRC-32C bit by bit (RFC 3720): the reversed polynomial is 82f63b78; "123456789" has the sum e3069283. */
    private static int crc32c(byte[] bytes) {
        int sum = -1;
        for (byte one : bytes) {
            sum ^= one & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum >>> 1 ^ ((sum & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        return ~sum;
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        assertEquals(0xe3069283, crc32c("123456789".getBytes(StandardCharsets.US_ASCII)));
        Path path = folder.resolve("flipped.safetensors");
        new SafetensorsWriter()
                .put("anchor", "24")
                .add("x", new int[] {3}, () -> new float[] {1, 2, 3})
                .write(path);
        byte[] whole = Files.readAllBytes(path);
        int data = whole.length - 12;
        int digit = new String(whole, StandardCharsets.ISO_8859_1).indexOf("24");
        for (int place : new int[] {data, data + 3, data + 11, digit, digit + 1}) {
            for (int bit = 0; bit < 3; bit++) {
                byte[] bad = whole.clone();
                bad[place] ^= (byte) (1 << bit);
                Files.write(path, bad);
                try (SafetensorsReader reader = SafetensorsReader.open(path)) {
                    assertTrue(assertThrows(WeightsException.class, () -> reader.read("x", 3))
                            .getMessage()
                            .contains("damaged: its content has the checksum"));
                }
            }
        }
    }

    @Test
    @Timeout(20)
    void pipesAreRefused() throws Exception {
        Path pipe = folder.resolve("pipe.safetensors");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertTrue(message(pipe).contains("not a regular file"));
    }

    @Test
    void largeTensorsSurviveTheRoundTripBitForBit() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        Path path = folder.resolve("large.safetensors");
        new SafetensorsWriter()
                .add("first", new int[] {3}, () -> new float[] {1, 2, 3})
                .add("x", new int[] {700_001}, () -> values)
                .add("scalar", new int[0], () -> new float[] {9})
                .write(path);
        try (SafetensorsReader reader = SafetensorsReader.open(path)) {
            float[] read = reader.read("x", 700_001);
            for (int i = 0; i < values.length; i++) {
                assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(read[i]));
            }
            assertArrayEquals(new float[] {9}, reader.read("scalar"));
        }
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        Path path = folder.resolve("cut.safetensors");
        new SafetensorsWriter().add("x", new int[] {5}, () -> new float[5]).write(path);
        byte[] whole = Files.readAllBytes(path);
        for (int length = 0; length < whole.length; length++) {
            Files.write(path, java.util.Arrays.copyOf(whole, length));
            assertTrue(message(path).contains("cut short"), "cut at " + length);
        }
        Files.write(path, java.util.Arrays.copyOf(whole, whole.length + 1));
        assertTrue(message(path).contains("follow the last tensor"));
        assertTrue(message(folder.resolve("absent")).contains("no such file"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "nonsense",
                "{\"a\":3}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.9],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":{\"x\":0,\"y\":8}}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,18446744073709551624]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-9223372036854775808,8]}}",
                "{\"a\":null}",
                "{\"__metadata__\":null,\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"__metadata__\":[3],\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"Q32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            })
    void damagedHeadersAreNamedErrors(String header) throws IOException {
        Path path = file(header, new byte[8]);
        assertTrue(message(path).startsWith(path.toString()));
    }

    @Test
    void aWrongShapeOrTypeNamesTheTensorAndBothShapes() throws IOException {
        Path path = file(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]}}",
                new byte[12]);
        try (SafetensorsReader reader = SafetensorsReader.open(path)) {
            String shape = assertThrows(WeightsException.class, () -> reader.read("a", 2, 1))
                    .getMessage();
            assertTrue(shape.contains("tensor a has shape [1, 2], expected [2, 1]"), shape);
            String type = assertThrows(WeightsException.class, () -> reader.read("h", 2))
                    .getMessage();
            assertTrue(type.contains("tensor h is F16, expected F32"), type);
            String name = assertThrows(WeightsException.class, () -> reader.read("c", 2))
                    .getMessage();
            assertTrue(name.contains("there is no tensor c"), name);
        }
    }

    @Test
    void filtersAreTurnedToChannelsLast() {
        // (K, C, area) = (2, 3, 2), value k * 100 + c * 10 + p
        float[] filter = {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121};
        assertArrayEquals(
                new float[] {0, 10, 20, 1, 11, 21, 100, 110, 120, 101, 111, 121},
                TorchvisionImport.channelsLast(filter, 2, 3, 2));
    }
}
