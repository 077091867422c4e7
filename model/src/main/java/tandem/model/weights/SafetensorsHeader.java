package tandem.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.declaration.JsonTree;

/**
 * The JSON header of a safetensors file: each tensor's type, shape and byte range in the data that follows the header,
 * and a map of strings. Format: huggingface.co/docs/safetensors.
 *
 * @param tensors by name, in the order of their data
 * @param metadata the {@code __metadata__} strings
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {

    static final String METADATA = "__metadata__";
    /** The limit of the format. */
    static final long MAXIMUM_BYTES = 100_000_000;

    /** Bytes of an element of each type of the format. */
    private static final Map<String, Integer> TYPES = Map.ofEntries(
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("I16", 2),
            Map.entry("U16", 2),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I32", 4),
            Map.entry("U32", 4),
            Map.entry("F32", 4),
            Map.entry("I64", 8),
            Map.entry("U64", 8),
            Map.entry("F64", 8));

    /** One tensor: bytes {@code begin} to {@code end} of the data, row-major, little-endian. */
    record Entry(String type, List<Integer> shape, long begin, long end) {

        long elements() {
            long elements = 1;
            for (int dim : shape) {
                elements = Math.multiplyExact(elements, dim);
            }
            return elements;
        }
    }

    /** The header as bytes, padded with blanks to a multiple of 8. */
    byte[] encode() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (!metadata.isEmpty()) {
            ObjectNode strings = root.putObject(METADATA);
            metadata.forEach(strings::put);
        }
        tensors.forEach((name, entry) -> {
            ObjectNode node = root.putObject(name);
            node.put("dtype", entry.type());
            ArrayNode shape = node.putArray("shape");
            entry.shape().forEach(shape::add);
            node.putArray("data_offsets").add(entry.begin()).add(entry.end());
        });
        StringBuilder text = new StringBuilder(root.toString());
        while (text.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
            text.append(' ');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Parses and checks a header: ranges must follow each other without gaps and end where the file ends.
     *
     * @param dataBytes bytes of the file after the header
     */
    static SafetensorsHeader decode(String file, byte[] bytes, long dataBytes) throws WeightsException {
        JsonNode root;
        try {
            root = JsonTree.first(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException problem) {
            throw new WeightsException(file + ": the header is not JSON: " + problem.getOriginalMessage(), problem);
        }
        if (root == null || !root.isObject()) {
            throw new WeightsException(file + ": the header is not a JSON object; this is not a safetensors file");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Map.Entry<String, Entry>> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                if (!field.getValue().isObject()) {
                    throw new WeightsException(file + ": " + METADATA + " is not an object of strings");
                }
                field.getValue()
                        .properties()
                        .forEach(string ->
                                metadata.put(string.getKey(), string.getValue().asText()));
            } else {
                entries.add(Map.entry(field.getKey(), entry(file, field.getKey(), field.getValue())));
            }
        }
        entries.sort((a, b) -> {
            int first = Long.compare(a.getValue().begin(), b.getValue().begin());
            return first != 0
                    ? first
                    : Long.compare(a.getValue().end(), b.getValue().end());
        });
        Map<String, Entry> tensors = new LinkedHashMap<>();
        long position = 0;
        for (Map.Entry<String, Entry> named : entries) {
            Entry entry = named.getValue();
            if (entry.begin() != position) {
                throw new WeightsException(file + ": tensor " + named.getKey() + " starts at byte " + entry.begin()
                        + " of the data, expected " + position + "; the header is damaged");
            }
            if (entry.end() > dataBytes) {
                throw new WeightsException(file + ": cut short: tensor " + named.getKey() + " ends at byte "
                        + entry.end() + " of the data, but only " + dataBytes
                        + " bytes exist; copy the file again or use an earlier one");
            }
            position = entry.end();
            tensors.put(named.getKey(), entry);
        }
        if (position != dataBytes) {
            throw new WeightsException(
                    file + ": " + (dataBytes - position) + " bytes follow the last tensor; the header is damaged");
        }
        return new SafetensorsHeader(tensors, metadata);
    }

    private static boolean isLong(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong();
    }

    private static Entry entry(String file, String name, JsonNode node) throws WeightsException {
        String type = node.path("dtype").asText();
        JsonNode dims = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!TYPES.containsKey(type)
                || !dims.isArray()
                || !offsets.isArray()
                || offsets.size() != 2
                || !isLong(offsets.get(0))
                || !isLong(offsets.get(1))) {
            throw new WeightsException(file + ": the header's entry for tensor " + name + " is malformed: " + node);
        }
        List<Integer> shape = new ArrayList<>();
        for (JsonNode dim : dims) {
            if (!dim.isIntegralNumber() || !dim.canConvertToInt() || dim.asInt() < 0) {
                throw new WeightsException(file + ": tensor " + name + " has an impossible shape " + dims);
            }
            shape.add(dim.asInt());
        }
        Entry entry = new Entry(
                type,
                List.copyOf(shape),
                offsets.get(0).asLong(),
                offsets.get(1).asLong());
        long bytes;
        try {
            bytes = Math.multiplyExact(entry.elements(), TYPES.get(type));
        } catch (ArithmeticException overflow) {
            throw new WeightsException(file + ": tensor " + name + " has an impossible shape " + dims, overflow);
        }
        if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() - entry.begin() != bytes) {
            throw new WeightsException(file + ": tensor " + name + " " + type + dims + " needs " + bytes
                    + " bytes, its range " + offsets + " has " + (entry.end() - entry.begin()));
        }
        return entry;
    }
}
