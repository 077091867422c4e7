package tandem.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes a safetensors file of floating-point tensors. Tensors are declared first and their values are computed one
 * after the other while writing, so that only one tensor at a time is in memory.
 */
public final class SafetensorsWriter {

    private static final int CHUNK_BYTES = 1 << 20;

    private record Declared(String name, int[] shape, FloatFormat format, Supplier<float[]> values) {}

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Declared> tensors = new LinkedHashMap<>();

    /** Adds a string. */
    public SafetensorsWriter put(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor in F32.
     *
     * @param values called once, while the file is written; as many as the shape has elements
     */
    public SafetensorsWriter add(String name, int[] shape, Supplier<float[]> values) {
        return add(name, shape, FloatFormat.F32, values);
    }

    /** The same in another format; values are rounded. */
    public SafetensorsWriter add(String name, int[] shape, FloatFormat format, Supplier<float[]> values) {
        if (name.equals(SafetensorsHeader.METADATA)
                || tensors.put(name, new Declared(name, shape.clone(), format, values)) != null) {
            throw new IllegalArgumentException("two tensors are called " + name);
        }
        return this;
    }

    /** Writes {@code file} with a {@link Checksum}, replacing it, and waits until its bytes are on the disk. */
    public void write(Path file) throws IOException {
        Map<String, SafetensorsHeader.Entry> entries = new LinkedHashMap<>();
        long position = 0;
        for (Declared tensor : tensors.values()) {
            List<Integer> shape = new ArrayList<>();
            long elements = 1;
            for (int side : tensor.shape()) {
                shape.add(side);
                elements = Math.multiplyExact(elements, side);
            }
            long end = position + elements * tensor.format().bytes();
            entries.put(
                    tensor.name(), new SafetensorsHeader.Entry(tensor.format().name(), shape, position, end));
            position = end;
        }
        Map<String, String> strings = new LinkedHashMap<>();
        strings.put(Checksum.KEY, Checksum.placeholder());
        metadata.forEach(strings::putIfAbsent);
        byte[] header = new SafetensorsHeader(entries, strings).encode();
        Checksum checksum = Checksum.of(header, Checksum.placeholder());
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(
                    channel,
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .flip());
            writeFully(channel, ByteBuffer.wrap(header));
            for (Declared tensor : tensors.values()) {
                float[] values = tensor.values().get();
                SafetensorsHeader.Entry entry = entries.get(tensor.name());
                if (values.length != entry.elements()) {
                    throw new IllegalStateException("tensor " + tensor.name() + " of shape " + entry.shape()
                            + " was given " + values.length + " values");
                }
                int bytes = tensor.format().bytes();
                for (int done = 0; done < values.length; ) {
                    int count = Math.min(CHUNK_BYTES / bytes, values.length - done);
                    chunk.clear();
                    tensor.format().put(chunk, values, done, count);
                    checksum.add(chunk.limit(count * bytes));
                    writeFully(channel, chunk);
                    done += count;
                }
            }
            channel.write(
                    ByteBuffer.wrap(checksum.text().getBytes(StandardCharsets.US_ASCII)), 8 + checksum.position());
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
