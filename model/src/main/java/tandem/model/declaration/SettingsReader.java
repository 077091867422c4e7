package tandem.model.declaration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads settings records from a tree of one version of the format; see {@link SettingsJson}. */
final class SettingsReader {

    private final int schema;
    private final Consumer<String> notices;

    SettingsReader(int schema, Consumer<String> notices) {
        this.schema = schema;
        this.notices = notices;
    }

    <T> T read(ObjectNode fields, Class<T> type) {
        return record(fields, type, null, true);
    }

    /** @param known whether the file's version has this record */
    private <T> T record(ObjectNode fields, Class<T> type, Component parent, boolean known) {
        List<Component> components = Component.of(type, parent);
        Set<String> unknown = new HashSet<>();
        fields.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(components.stream().map(Component::name).collect(Collectors.toSet()));
        if (!unknown.isEmpty()) {
            String where = parent == null ? "" : parent.path() + ".";
            throw new IllegalArgumentException("unknown field "
                    + unknown.stream().sorted().map(name -> where + name).collect(Collectors.joining(", ")));
        }
        Map<String, Object> values = new HashMap<>();
        components.forEach(
                component -> values.put(component.name(), value(fields.get(component.name()), component, known)));
        return Component.create(type, components, component -> values.get(component.name()));
    }

    private Object value(JsonNode node, Component component, boolean known) {
        if (node == null) {
            return absent(component, known && schema >= component.setting().since());
        }
        if (!component.isRecord()) {
            return JsonValues.read(component.path(), component.genericType(), node);
        }
        if (node.isNull() && component.nullByDefault()) {
            return null;
        }
        if (!(node instanceof ObjectNode fields)) {
            throw new IllegalArgumentException(component.path() + ": expected an object, not " + node);
        }
        return record(fields, component.type(), component, true);
    }

    private Object absent(Component component, boolean expected) {
        if (component.isRecord() && !component.nullByDefault()) {
            return record(JsonValues.object(), component.type(), component, expected);
        }
        if (component.isRecord()) {
            if (expected) {
                notices.accept("no " + component.path() + ", the default " + Text.of(null) + " is used");
            }
            return null;
        }
        Optional<Object> value = expected ? component.defaultValue() : component.impliedValue();
        if (value.isEmpty()) {
            throw new IllegalArgumentException("there is no " + component.path());
        }
        if (expected) {
            notices.accept("no " + component.path() + ", the default " + Text.of(value.get()) + " is used");
        }
        return value.get();
    }
}
