package tandem.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An open file that PyTorch's {@code torch.save} wrote (from version 1.6 on): a zip archive with a pickled dictionary
 * of tensors and one part for each storage. Nothing in it is executed, see {@link Pickle}. The dictionary may be inside
 * another one, under a name such as {@code state_dict}. Only the tensor that is read is in memory.
 */
public final class PytorchReader implements TensorFile {

    /** Names under which training programs store the dictionary of weights. */
    private static final List<String> WRAPPERS = List.of(
            "state_dict", "model_state_dict", "model", "state_dict_ema", "model_ema", "net", "network", "weights");

    private static final int MAX_PICKLE_BYTES = 64 << 20;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private final ZipFile zip;
    private final String folder;
    private final ByteOrder order;
    private final Map<String, Pickle.StoredTensor> tensors;

    private PytorchReader(
            Path file, ZipFile zip, String folder, ByteOrder order, Map<String, Pickle.StoredTensor> tensors) {
        this.file = file;
        this.zip = zip;
        this.folder = folder;
        this.order = order;
        this.tensors = tensors;
    }

    /**
     * Opens a file.
     *
     * @throws WeightsException when it is cut short, is no such file, or holds anything but tensors
     */
    public static PytorchReader open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException damaged) {
            throw new WeightsException(
                    file
                            + ": cut short or damaged: it starts as a file of PyTorch, but its table of contents is missing ("
                            + damaged.getMessage() + "); copy the file again",
                    damaged);
        }
        try {
            ZipEntry list = zip.stream()
                    .filter(entry -> entry.getName().endsWith("/data.pkl"))
                    .findFirst()
                    .orElseThrow(() ->
                            new WeightsException(file + ": a zip archive, but not of PyTorch: it has no data.pkl"));
            String folder = list.getName().substring(0, list.getName().length() - "data.pkl".length());
            if (zip.getEntry(folder + "constants.pkl") != null) {
                throw new WeightsException(file
                        + ": a TorchScript program, not a file of weights; write its weights with "
                        + "PyTorch: torch.save(torch.jit.load('" + file.getFileName() + "').state_dict(), 'new.pth')");
            }
            Object root = Pickle.read(file, bytes(file, zip, list));
            return new PytorchReader(file, zip, folder, order(file, zip, folder), tensors(file, root));
        } catch (IOException | RuntimeException problem) {
            zip.close();
            throw problem;
        }
    }

    private static byte[] bytes(Path file, ZipFile zip, ZipEntry entry) throws IOException {
        if (entry.getSize() > MAX_PICKLE_BYTES) {
            throw new WeightsException(file + ": its list of tensors has " + entry.getSize()
                    + " bytes, expected at most " + MAX_PICKLE_BYTES);
        }
        try (InputStream stream = zip.getInputStream(entry)) {
            return stream.readNBytes(MAX_PICKLE_BYTES);
        } catch (ZipException | EOFException damaged) {
            throw new WeightsException(file + ": " + entry.getName() + " is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static ByteOrder order(Path file, ZipFile zip, String folder) throws IOException {
        ZipEntry entry = zip.getEntry(folder + "byteorder");
        String order =
                entry == null ? "little" : new String(bytes(file, zip, entry), StandardCharsets.US_ASCII).strip();
        return order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static Map<String, Pickle.StoredTensor> tensors(Path file, Object root) throws WeightsException {
        if (root instanceof Map<?, ?> map) {
            Map<String, Pickle.StoredTensor> found = named(map);
            if (!found.isEmpty()) {
                return found;
            }
            for (String wrapper : WRAPPERS) {
                if (map.get(wrapper) instanceof Map<?, ?> inner && !named(inner).isEmpty()) {
                    return named(inner);
                }
            }
            throw new WeightsException(file + ": no dictionary of tensors; its entries are " + map.keySet()
                    + ", expected tensors or one of " + WRAPPERS);
        }
        throw new WeightsException(file + ": not a dictionary of tensors; write the weights with PyTorch: "
                + "torch.save(model.state_dict(), 'new.pth')");
    }

    private static Map<String, Pickle.StoredTensor> named(Map<?, ?> map) {
        Map<String, Pickle.StoredTensor> found = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (name instanceof String text && value instanceof Pickle.StoredTensor tensor) {
                found.put(text, tensor);
            }
        });
        return found;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return new LinkedHashSet<>(tensors.keySet());
    }

    @Override
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public int[] shape(String name) throws WeightsException {
        List<Long> shape = tensor(name).shape();
        if (shape.stream().anyMatch(dim -> dim < 0 || dim > Integer.MAX_VALUE)) {
            throw new WeightsException(file + ": tensor " + name + " has an impossible shape " + shape);
        }
        return shape.stream().mapToInt(Long::intValue).toArray();
    }

    @Override
    public float[] readAnyFloat(String name, int... shape) throws IOException {
        Pickle.StoredTensor tensor = tensor(name);
        int[] found = shape(name);
        FloatFormat format = format(tensor.storage().type())
                .orElseThrow(() -> new WeightsException(file + ": tensor " + name + " is of type "
                        + tensor.storage().type() + ", expected floating-point numbers"));
        if (!Arrays.equals(found, shape)) {
            throw new WeightsException(file + ": tensor " + name + " has shape " + Arrays.toString(found)
                    + ", expected " + Arrays.toString(shape) + "; the file belongs to another network");
        }
        int count = Math.toIntExact(tensor.shape().stream().reduce(1L, Math::multiplyExact));
        long last = tensor.offset();
        for (int i = 0; i < found.length && count > 0; i++) {
            last = Math.addExact(
                    last, Math.multiplyExact(found[i] - 1L, tensor.strides().get(i)));
        }
        if (tensor.strides().size() != found.length
                || tensor.strides().stream().anyMatch(stride -> stride < 0)
                || tensor.offset() < 0
                || last >= tensor.storage().elements() && count > 0) {
            throw new WeightsException(
                    file + ": tensor " + name + " of shape " + Arrays.toString(found) + " is outside of its storage of "
                            + tensor.storage().elements() + " elements; the file is damaged");
        }
        if (count == 0) {
            return new float[0];
        }
        float[] values =
                range(name, tensor.storage(), format, tensor.offset(), Math.toIntExact(last - tensor.offset() + 1));
        return values.length == count && contiguous(found, tensor.strides())
                ? values
                : gathered(values, found, tensor.strides());
    }

    /** Index in the storage of the last element of a view; the maximum where it is larger than that. */
    private static long last(Pickle.StoredTensor tensor) {
        try {
            long last = tensor.offset();
            for (int i = 0; i < tensor.shape().size(); i++) {
                last = Math.addExact(
                        last,
                        Math.multiplyExact(
                                tensor.shape().get(i) - 1, tensor.strides().get(i)));
            }
            return last;
        } catch (ArithmeticException tooLarge) {
            return Long.MAX_VALUE;
        }
    }

    private static Optional<FloatFormat> format(String storage) {
        return switch (storage) {
            case "FloatStorage" -> Optional.of(FloatFormat.F32);
            case "DoubleStorage" -> Optional.of(FloatFormat.F64);
            case "HalfStorage" -> Optional.of(FloatFormat.F16);
            case "BFloat16Storage" -> Optional.of(FloatFormat.BF16);
            default -> Optional.empty();
        };
    }

    /** Consecutive elements of a storage. */
    private float[] range(String name, Pickle.Storage storage, FloatFormat format, long first, int count)
            throws IOException {
        ZipEntry entry = zip.getEntry(folder + "data/" + storage.key());
        if (entry == null || entry.getSize() < (first + count) * format.bytes()) {
            throw new WeightsException(file + ": cut short: the values of tensor " + name + " (" + folder + "data/"
                    + storage.key() + ") " + (entry == null ? "are missing" : "end too early"));
        }
        float[] values = new float[count];
        byte[] bytes = new byte[(int) Math.min(CHUNK_BYTES, (long) count * format.bytes())];
        ByteBuffer chunk = ByteBuffer.wrap(bytes).order(order);
        try (InputStream stream = zip.getInputStream(entry)) {
            stream.skipNBytes(first * format.bytes());
            for (int done = 0; done < count; ) {
                int part = Math.min(bytes.length / format.bytes(), count - done);
                if (stream.readNBytes(bytes, 0, part * format.bytes()) < part * format.bytes()) {
                    throw new EOFException("the part ends early");
                }
                for (int i = 0; i < part; i++) {
                    values[done + i] = format.get(chunk, i * format.bytes());
                }
                done += part;
            }
        } catch (ZipException | EOFException damaged) {
            throw new WeightsException(
                    file + ": cut short or damaged at tensor " + name + ": " + damaged.getMessage(), damaged);
        }
        return values;
    }

    private static boolean contiguous(int[] shape, List<Long> strides) {
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }

    /** The elements of a view in row-major order. */
    private static float[] gathered(float[] values, int[] shape, List<Long> strides) {
        float[] result = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        int[] index = new int[shape.length];
        for (int i = 0; i < result.length; i++) {
            long at = 0;
            for (int dim = 0; dim < shape.length; dim++) {
                at += index[dim] * strides.get(dim);
            }
            result[i] = values[(int) at];
            for (int dim = shape.length - 1; dim >= 0 && ++index[dim] == shape[dim]; dim--) {
                index[dim] = 0;
            }
        }
        return result;
    }

    private Pickle.StoredTensor tensor(String name) throws WeightsException {
        Pickle.StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WeightsException(file + ": there is no tensor " + name + "; the file has " + tensors.size()
                    + " tensors, first " + tensors.keySet().stream().limit(8).toList());
        }
        return tensor;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
