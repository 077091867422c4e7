package tandem.model.declaration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.image.PixelSize;

/** Values of settings as text. */
public final class Text {

    private Text() {}

    /**
     * Reads a value: a number, true or false, a label, words separated by commas, or pairs such as
     * {@code scratch=0.5,pit=0.6}.
     *
     * @throws IllegalArgumentException when the text is no such value
     */
    public static Object parse(Type type, String text) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            for (String word : words(text)) {
                values.add(parse(list.getActualTypeArguments()[0], word));
            }
            return List.copyOf(values);
        }
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            Map<String, Object> values = new TreeMap<>();
            for (String word : words(text)) {
                int at = word.indexOf('=');
                values.put(word.substring(0, at), parse(map.getActualTypeArguments()[1], word.substring(at + 1)));
            }
            return values;
        }
        Class<?> one = (Class<?>) type;
        if (one.isEnum()) {
            return Labels.parse(one, text);
        }
        return switch (one.getSimpleName()) {
            case "int", "Integer" -> Integer.valueOf(text);
            case "long", "Long" -> Long.valueOf(text);
            case "float", "Float" -> Float.valueOf(text);
            case "double", "Double" -> Double.valueOf(text);
            case "boolean", "Boolean" -> Boolean.valueOf(text);
            case "String" -> text;
            case "PixelSize" -> PixelSize.of(text);
            default -> throw new IllegalArgumentException("no setting can be a " + type);
        };
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    /** Writes a value so that people read it: {@code none} for null and for what is empty. */
    public static String of(Object value) {
        if (value == null || value.equals(List.of()) || value.equals(Map.of())) {
            return "none";
        }
        if (value instanceof Enum<?> constant) {
            return Labels.of(constant);
        }
        if (value instanceof List<?> list) {
            return String.join(", ", list.stream().map(Text::of).toList());
        }
        if (value instanceof Map<?, ?> map) {
            return String.join(
                    ", ",
                    map.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + of(entry.getValue()))
                            .toList());
        }
        return value instanceof Float || value instanceof Double
                ? new BigDecimal(value.toString()).stripTrailingZeros().toPlainString()
                : value.toString();
    }
}
