package tandem.model.declaration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Settings records made, changed and listed by what their components declare. */
public final class SettingsRecord {

    private SettingsRecord() {}

    /**
     * A record of defaults.
     *
     * @throws IllegalArgumentException when a component has none
     */
    public static <T extends Record> T defaults(Class<T> type) {
        return defaults(type, Map.of());
    }

    /** A record of defaults and of these values, by the paths of their components. */
    public static <T extends Record> T defaults(Class<T> type, Map<String, ?> given) {
        return defaults(type, null, given);
    }

    private static <T> T defaults(Class<T> type, Component parent, Map<String, ?> given) {
        return Component.create(
                type,
                Component.of(type, parent),
                component -> given.containsKey(component.path()) ? given.get(component.path()) : defaultOf(component));
    }

    private static Object defaultOf(Component component) {
        if (component.isRecord()) {
            return component.nullByDefault() ? null : defaults(component.type(), component, Map.of());
        }
        return component
                .defaultValue()
                .orElseThrow(() -> new IllegalArgumentException(component.path() + " has no default"));
    }

    /**
     * A record with some values replaced.
     *
     * @param changes the new value of a component that is no record, null to keep the present one
     * @throws IllegalArgumentException when a record rejects its values
     */
    public static <T extends Record> T with(T base, Function<Component, Object> changes) {
        return type(base).cast(changed(base, null, changes));
    }

    private static Object changed(Object base, Component parent, Function<Component, Object> changes) {
        if (base == null) {
            return null;
        }
        return Component.create(base.getClass(), Component.of(base.getClass(), parent), component -> {
            Object present = component.in(base);
            if (component.isRecord()) {
                return changed(present, component, changes);
            }
            Object change = changes.apply(component);
            return change == null ? present : change;
        });
    }

    /** All values by the paths of their components, as people read them. */
    public static Map<String, String> table(Record settings) {
        Map<String, String> table = new LinkedHashMap<>();
        values(settings).forEach((path, value) -> table.put(path, Text.of(value)));
        return table;
    }

    /** The defaults of all components that have one, by path, those of nested records that are null included. */
    public static Map<String, Object> defaultValues(Class<? extends Record> type) {
        Map<String, Object> values = new LinkedHashMap<>();
        Component.leaves(type)
                .forEach(component -> component.defaultValue().ifPresent(value -> values.put(component.path(), value)));
        return values;
    }

    /** The values of all components that are no records, by path; a nested record that is null is one of them. */
    public static Map<String, Object> values(Record settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        collect(settings, null, values);
        return values;
    }

    private static void collect(Object record, Component parent, Map<String, Object> values) {
        for (Component component : Component.of(record.getClass(), parent)) {
            Object value = component.in(record);
            if (component.isRecord() && value != null) {
                collect(value, component, values);
            } else {
                values.put(component.path(), value);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Record> Class<T> type(T record) {
        return (Class<T>) record.getClass();
    }
}
