package tandem.model.declaration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.image.PixelSize;

/** Values of settings that are no records, as JSON. */
final class JsonValues {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonValues() {}

    static ObjectNode object() {
        return JSON.objectNode();
    }

    static JsonNode write(Object value) {
        if (value == null) {
            return JSON.nullNode();
        }
        if (value instanceof Enum<?> constant) {
            return JSON.textNode(Labels.of(constant));
        }
        if (value instanceof List<?> list) {
            ArrayNode array = JSON.arrayNode();
            list.forEach(one -> array.add(write(one)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = JSON.objectNode();
            new TreeMap<>(map).forEach((name, one) -> object.set((String) name, write(one)));
            return object;
        }
        if (value instanceof Integer number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Long number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Float number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Double number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Boolean flag) {
            return JSON.booleanNode(flag);
        }
        if (value instanceof PixelSize size) {
            return size.isSquare() ? JSON.numberNode(size.width()) : JSON.textNode(size.toString());
        }
        return JSON.textNode((String) value);
    }

    /** @throws IllegalArgumentException naming {@code path} when the node is no value of that type */
    static Object read(String path, Type type, JsonNode node) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class && node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(one -> list.add(read(path, generic.getActualTypeArguments()[0], one)));
            return list;
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class && node.isObject()) {
            Map<String, Object> map = new TreeMap<>();
            node.fields()
                    .forEachRemaining(entry -> map.put(
                            entry.getKey(),
                            read(path + "." + entry.getKey(), generic.getActualTypeArguments()[1], entry.getValue())));
            return map;
        }
        if (type instanceof Class<?> one && one.isEnum() && node.isTextual()) {
            try {
                return Labels.parse(one, node.textValue());
            } catch (IllegalArgumentException unknown) {
                throw new IllegalArgumentException(path + ": " + unknown.getMessage(), unknown);
            }
        }
        if (type == PixelSize.class && (node.isTextual() || node.isInt())) {
            try {
                return PixelSize.of(node.asText());
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(path + ": " + wrong.getMessage(), wrong);
            }
        }
        Object value = switch (type.getTypeName()) {
            case "int", "java.lang.Integer" ->
                node.canConvertToInt() && node.isIntegralNumber() ? node.intValue() : null;
            case "long" -> node.canConvertToLong() && node.isIntegralNumber() ? node.longValue() : null;
            case "float", "java.lang.Float" -> node.isNumber() ? node.floatValue() : null;
            case "double" -> node.isNumber() ? node.doubleValue() : null;
            case "boolean" -> node.isBoolean() ? node.booleanValue() : null;
            case "java.lang.String" -> node.textValue();
            default -> null;
        };
        if (value == null) {
            throw new IllegalArgumentException(path + ": " + node + " is no " + name(type));
        }
        return value;
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("[a-z]+\\.", "").toLowerCase(java.util.Locale.ROOT);
    }
}
