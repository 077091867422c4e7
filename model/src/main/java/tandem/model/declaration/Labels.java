package tandem.model.declaration;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The label of an enum constant on the command line, in help texts and in files: its name in lower case, such as
 * {@code mutual_guide}. Upper case and {@link Alias} are accepted everywhere.
 */
public final class Labels {

    private Labels() {}

    /** The label of a constant. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The labels of all constants. */
    public static List<String> all(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(constant -> of((Enum<?>) constant))
                .toList();
    }

    /**
     * The constant of a label.
     *
     * @throws IllegalArgumentException naming all labels when there is no such constant
     */
    public static Object parse(Class<?> type, String label) {
        for (Object constant : type.getEnumConstants()) {
            if (of((Enum<?>) constant).equalsIgnoreCase(label)) {
                return constant;
            }
        }
        for (Object constant : type.getEnumConstants()) {
            for (String alias : aliases((Enum<?>) constant)) {
                if (alias.equalsIgnoreCase(label)) {
                    return constant;
                }
            }
        }
        throw new IllegalArgumentException("'" + label + "' is none of " + String.join(", ", all(type)));
    }

    private static String[] aliases(Enum<?> constant) {
        try {
            Alias alias = constant.getDeclaringClass().getField(constant.name()).getAnnotation(Alias.class);
            return alias == null ? new String[0] : alias.value();
        } catch (NoSuchFieldException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
