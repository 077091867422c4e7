package tandem.model.weights;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the part of Python's pickle format (docs.python.org/3/library/pickletools.html) that a dictionary of tensors
 * needs. Nothing is executed: a global is only a name, and a call of one of a few known names is replaced by a record.
 * Everything else is an error.
 *
 * <p>Values are String, Long, Double, Boolean, {@link #NONE}, List (lists and tuples), Map (dictionaries),
 * {@link Global}, {@link Storage} and {@link StoredTensor}.
 */
final class Pickle {

    /** Python's None. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /** A name that the file refers to. */
    record Global(String name) {}

    /**
     * A storage: an array in another part of the file.
     *
     * @param type PyTorch's name of its type, such as {@code FloatStorage}
     * @param key name of the part
     * @param elements number of elements
     */
    record Storage(String type, String key, long elements) {}

    /**
     * A view of a storage.
     *
     * @param offset in elements
     * @param shape dimensions, outermost first
     * @param strides in elements, one per dimension
     */
    record StoredTensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

    private static final String ORDERED_DICT = "collections.OrderedDict";
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String OLD_TENSOR = "torch._utils._rebuild_tensor";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final String STORAGE = "torch\\.(Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage";

    private static final Object MARK = new Object();

    private final Path file;
    private final ByteBuffer bytes;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads one value.
     *
     * @param file for messages
     * @throws WeightsException when the bytes end too early or hold anything that a dictionary of tensors does not need
     */
    static Object read(Path file, byte[] bytes) throws WeightsException {
        Pickle pickle = new Pickle(file, bytes);
        try {
            return pickle.run();
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new WeightsException(file + ": cut short: its list of tensors ends in the middle", e);
        } catch (IndexOutOfBoundsException | ClassCastException | IllegalArgumentException e) {
            throw new WeightsException(file + ": its list of tensors is damaged at byte " + pickle.bytes.position(), e);
        }
    }

    private Object run() throws WeightsException {
        while (true) {
            int at = bytes.position();
            int code = bytes.get() & 0xFF;
            switch (code) {
                case 0x80 -> bytes.get(); // PROTO
                case 0x95 -> bytes.getLong(); // FRAME
                case '.' -> {
                    return pop();
                }
                case '(' -> stack.add(MARK);
                case 'N' -> stack.add(NONE);
                case 0x88 -> stack.add(true);
                case 0x89 -> stack.add(false);
                case 'J' -> stack.add((long) bytes.getInt());
                case 'K' -> stack.add((long) (bytes.get() & 0xFF));
                case 'M' -> stack.add((long) (bytes.getShort() & 0xFFFF));
                case 0x8A -> stack.add(integer(bytes.get() & 0xFF)); // LONG1
                case 'G' -> stack.add(number());
                case 'X' -> stack.add(text(bytes.getInt()));
                case 'U', 0x8C -> stack.add(text(bytes.get() & 0xFF)); // SHORT_BINSTRING, SHORT_BINUNICODE
                case 'T' -> stack.add(text(bytes.getInt()));
                case ')', ']' -> stack.add(new ArrayList<>());
                case '}' -> stack.add(new LinkedHashMap<>());
                case 't' -> stack.add(popToMark());
                case 0x85 -> stack.add(popMany(1));
                case 0x86 -> stack.add(popMany(2));
                case 0x87 -> stack.add(popMany(3));
                case 'a' -> {
                    Object value = pop();
                    list(top()).add(value);
                }
                case 'e' -> {
                    List<Object> values = popToMark();
                    list(top()).addAll(values);
                }
                case 's' -> {
                    Object value = pop();
                    Object key = pop();
                    map(top()).put(key(key), value);
                }
                case 'u' -> {
                    List<Object> values = popToMark();
                    for (int i = 0; i < values.size(); i += 2) {
                        map(top()).put(key(values.get(i)), values.get(i + 1));
                    }
                }
                case 'q' -> memo.put(bytes.get() & 0xFF, top());
                case 'r' -> memo.put(bytes.getInt(), top());
                case 0x94 -> memo.put(memo.size(), top()); // MEMOIZE
                case 'h' -> stack.add(remembered(bytes.get() & 0xFF));
                case 'j' -> stack.add(remembered(bytes.getInt()));
                case 'c' -> stack.add(global(line() + "." + line()));
                case 0x93 -> { // STACK_GLOBAL
                    List<Object> names = popMany(2);
                    stack.add(global(names.get(0) + "." + names.get(1)));
                }
                case 'R' -> {
                    List<Object> arguments = list(pop());
                    stack.add(call((Global) pop(), arguments));
                }
                case 'b' -> pop(); // attributes of a dictionary: PyTorch's versions of modules
                case 'Q' -> stack.add(storage(list(pop())));
                default ->
                    throw new WeightsException(file + ": holds more than tensors: pickle instruction 0x"
                            + Integer.toHexString(code) + " at byte " + at + EXPORT);
            }
        }
    }

    private static final String EXPORT =
            "; write only the weights with PyTorch: torch.save(model.state_dict(), 'new.pth')";

    private Global global(String name) throws WeightsException {
        if (!name.equals(ORDERED_DICT)
                && !name.equals(TENSOR)
                && !name.equals(OLD_TENSOR)
                && !name.equals(PARAMETER)
                && !name.matches(STORAGE)) {
            throw new WeightsException(
                    file + ": holds more than tensors: " + name + " (nothing of the file was executed)" + EXPORT);
        }
        return new Global(name);
    }

    private Object call(Global function, List<Object> arguments) {
        return switch (function.name()) {
            case ORDERED_DICT -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                if (!arguments.isEmpty()) {
                    for (Object pair : list(arguments.get(0))) {
                        map.put(key(list(pair).get(0)), list(pair).get(1));
                    }
                }
                yield map;
            }
            case TENSOR, OLD_TENSOR ->
                new StoredTensor(
                        (Storage) arguments.get(0),
                        (Long) arguments.get(1),
                        longs(arguments.get(2)),
                        longs(arguments.get(3)));
            case PARAMETER -> (StoredTensor) arguments.get(0);
            default -> throw new IllegalArgumentException(function.name());
        };
    }

    /** A key of a dictionary; containers may contain themselves, and then have no hash code. */
    private static Object key(Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean || value == NONE) {
            return value;
        }
        throw new IllegalArgumentException("a key of a dictionary that is neither text nor a number");
    }

    /** ("storage", type, key, device, number of elements). */
    private static Storage storage(List<Object> id) {
        if (!"storage".equals(id.get(0))) {
            throw new IllegalArgumentException("persistent id " + id.get(0));
        }
        String type = ((Global) id.get(1)).name();
        return new Storage(type.substring("torch.".length()), (String) id.get(2), (Long) id.get(4));
    }

    private Object remembered(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new IllegalArgumentException("memo " + index);
        }
        return value;
    }

    private long integer(int length) {
        if (length > Long.BYTES) {
            throw new IllegalArgumentException("an integer of " + length + " bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            byte next = bytes.get();
            value |= (i == length - 1 ? (long) next : next & 0xFFL) << 8 * i;
        }
        return value;
    }

    private double number() {
        return Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
    }

    private String text(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        String text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
        bytes.position(bytes.position() + length);
        return text;
    }

    private String line() {
        int start = bytes.position();
        while (bytes.get() != '\n') {
            // The end of the line is found by the condition.
        }
        return new String(bytes.array(), start, bytes.position() - 1 - start, StandardCharsets.UTF_8);
    }

    private Object top() {
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private List<Object> popMany(int count) {
        List<Object> tail = stack.subList(stack.size() - count, stack.size());
        List<Object> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        List<Object> values = popMany(stack.size() - 1 - mark);
        pop();
        return values;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> map(Object value) {
        return (Map<Object, Object>) value;
    }

    private static List<Long> longs(Object value) {
        return list(value).stream().map(Long.class::cast).toList();
    }
}
