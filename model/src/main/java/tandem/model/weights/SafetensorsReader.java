package tandem.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open safetensors file. The first tensor that is read checks the whole file against its {@link Checksum}, if it has
 * one. Opening it reads and checks the header, sizes included; tensors are read on demand. The file is streamed, not
 * mapped: a file that shrinks while it is read is then an error and not a crash.
 */
public final class SafetensorsReader implements TensorFile {

    private static final int PART_ELEMENTS = 1 << 15;

    private final Path file;
    private final SafetensorsSource source;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(PART_ELEMENTS * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final float[] values = new float[PART_ELEMENTS];
    /** Null when the file has none. */
    private final String stated;
    /** Null when the file has none, or it was checked. */
    private Checksum checksum;

    private SafetensorsReader(
            Path file,
            SafetensorsSource source,
            SafetensorsHeader header,
            long dataStart,
            String stated,
            Checksum checksum) {
        this.stated = stated;
        this.checksum = checksum;
        this.file = file;
        this.source = source;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Opens a file.
     *
     * @throws WeightsException when it is absent, truncated or not a safetensors file
     */
    public static SafetensorsReader open(Path file) throws IOException {
        return open(file, SafetensorsSource.InFile.open(file));
    }

    /**
     * Reads the content of a file in memory.
     *
     * @param name of the file, for messages
     * @param content from index 0 to the limit; not copied
     * @throws WeightsException when it is truncated or not a safetensors file
     */
    public static SafetensorsReader of(Path name, ByteBuffer content) throws IOException {
        return open(name, new SafetensorsSource.InMemory(content.asReadOnlyBuffer()));
    }

    private static SafetensorsReader open(Path file, SafetensorsSource source) throws IOException {
        try {
            long size = source.size();
            if (size < 8) {
                throw new WeightsException(file + ": cut short: " + size + " bytes, a safetensors file has at least 8");
            }
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            source.read(length, 0);
            long headerBytes = length.getLong(0);
            if (headerBytes < 2 || headerBytes > SafetensorsHeader.MAXIMUM_BYTES) {
                throw new WeightsException(file + ": not a safetensors file: its first 8 bytes give a header of "
                        + headerBytes + " bytes");
            }
            if (8 + headerBytes > size) {
                throw new WeightsException(file + ": cut short: the header needs " + (8 + headerBytes)
                        + " bytes, the file has " + size + "; copy the file again or use an earlier one");
            }
            ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
            source.read(text, 8);
            SafetensorsHeader header = SafetensorsHeader.decode(file.toString(), text.array(), size - 8 - headerBytes);
            String sum = header.metadata().remove(Checksum.KEY);
            return new SafetensorsReader(
                    file, source, header, 8 + headerBytes, sum, sum == null ? null : Checksum.of(text.array(), sum));
        } catch (IOException | RuntimeException problem) {
            source.close();
            throw problem;
        }
    }

    /**
     * Checks that the file was not overwritten in place since it was opened. Deleting it, or putting another file in
     * its place, does not change what is read.
     *
     * @throws WeightsException when its size or the time of its last change is another
     */
    public void requireUnchanged() throws IOException {
        source.requireUnchanged();
    }

    /** The file, or the name of what is in memory. */
    @Override
    public Path file() {
        return file;
    }

    /** Names of all tensors, in the order of their data. */
    @Override
    public Set<String> names() {
        return new LinkedHashSet<>(header.tensors().keySet());
    }

    /** Whether there is a tensor of that name. */
    @Override
    public boolean contains(String name) {
        return header.tensors().containsKey(name);
    }

    /** The strings of the file's metadata. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** The checksum that the file states of its content, such as {@code crc32c:6e40f30e}; empty when it has none. */
    public Optional<String> checksum() {
        return Optional.ofNullable(stated);
    }

    /** A tensor's dimensions, outermost first. */
    @Override
    public int[] shape(String name) throws WeightsException {
        return entry(name).shape().stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * A tensor's values.
     *
     * @throws WeightsException when there is no tensor of that name, it is not F32, or its shape is not {@code shape}
     */
    public float[] read(String name, int... shape) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        if (!entry.type().equals("F32")) {
            throw new WeightsException(file + ": tensor " + name + " is " + entry.type() + ", expected F32");
        }
        return read(name, entry, FloatFormat.F32, shape);
    }

    /**
     * The values of a tensor in any format of floating-point numbers.
     *
     * @throws WeightsException when there is no tensor of that name, it has integers, or its shape is not {@code shape}
     */
    @Override
    public float[] readAnyFloat(String name, int... shape) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        return read(name, entry, format(name, entry), shape);
    }

    /** Receives the values of a tensor part by part, row-major. */
    @FunctionalInterface
    public interface Part {
        /**
         * The next values.
         *
         * @param first index of the first of them in the tensor
         * @param values the values, from 0 on; may be changed, and are overwritten after the call
         * @param count how many
         */
        void accept(int first, float[] values, int count) throws IOException;
    }

    /**
     * Reads the values of a tensor in any format of floating-point numbers, in parts of at most
     * {@value #PART_ELEMENTS}, so that memory does not grow with the tensor.
     *
     * @throws WeightsException as {@link #readAnyFloat}, and for a value that is not finite
     */
    public void readFinite(String name, int[] shape, Part part) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        FloatFormat format = format(name, entry);
        requireShape(name, shape);
        verify();
        int elements = Math.toIntExact(entry.elements());
        long position = dataStart + entry.begin();
        for (int first = 0; first < elements; first += PART_ELEMENTS) {
            int count = Math.min(PART_ELEMENTS, elements - first);
            chunk.clear().limit(count * format.bytes());
            source.read(chunk, position + (long) first * format.bytes());
            format.get(chunk, values, 0, count);
            TensorFile.requireFinite(file, name, values, first, count);
            part.accept(first, values, count);
        }
    }

    private FloatFormat format(String name, SafetensorsHeader.Entry entry) throws WeightsException {
        return FloatFormat.named(entry.type())
                .orElseThrow(() -> new WeightsException(
                        file + ": tensor " + name + " is " + entry.type() + ", expected F16, BF16, F32 or F64"));
    }

    private void requireShape(String name, int[] shape) throws WeightsException {
        int[] found = shape(name);
        if (!Arrays.equals(found, shape)) {
            throw new WeightsException(file + ": tensor " + name + " has shape " + Arrays.toString(found)
                    + ", expected " + Arrays.toString(shape) + "; the file belongs to another network");
        }
    }

    private float[] read(String name, SafetensorsHeader.Entry entry, FloatFormat format, int... shape)
            throws IOException {
        requireShape(name, shape);
        verify();
        float[] all = new float[Math.toIntExact(entry.elements())];
        long position = dataStart + entry.begin();
        for (int done = 0; done < all.length; ) {
            int count = Math.min(PART_ELEMENTS, all.length - done);
            chunk.clear().limit(count * format.bytes());
            source.read(chunk, position);
            format.get(chunk, all, done, count);
            done += count;
            position += (long) count * format.bytes();
        }
        return all;
    }

    private void verify() throws IOException {
        if (checksum == null) {
            return;
        }
        long size = source.size();
        for (long position = dataStart; position < size; position += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), size - position));
            source.read(chunk, position);
            checksum.add(chunk.flip());
        }
        if (!checksum.text().equals(checksum.expected())) {
            throw new WeightsException(file + ": damaged: its content has the checksum " + checksum.text()
                    + ", expected " + checksum.expected() + "; copy the file again or use an earlier one"
                    + " (another program that changes the weights must remove '" + Checksum.KEY
                    + "' from the metadata)");
        }
        checksum = null;
    }

    private SafetensorsHeader.Entry entry(String name) throws WeightsException {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            List<String> known = header.tensors().keySet().stream().limit(8).toList();
            throw new WeightsException(file + ": there is no tensor " + name + "; the file has "
                    + header.tensors().size() + " tensors, first " + known + "; it belongs to another network");
        }
        return entry;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
