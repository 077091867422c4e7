package tandem.model.declaration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import tandem.kernels.text.Excerpt;

/**
 * Settings records as JSON. A file carries the version of its format as {@code schema}; files of version 1 carry none.
 * A field that is unknown is an error. A field that is absent has the value that the file's version implies: where that
 * version has the field, this is the default, and a notice names file and field; where it has not, this is
 * {@link Setting#implied}, without a notice, because no file of that version can contain it.
 */
public final class SettingsJson {

    static final String SCHEMA = "schema";
    static final int FIRST = 1;
    /**
     * Version 2 brought nested records; a later one comes with the first {@link Setting#since} of its number, or the
     * first {@link Setting#until} of the number before.
     */
    private static final int NESTED = 2;

    private SettingsJson() {}

    /** One line of JSON. */
    public static String write(Record settings) {
        return tree(settings).toString();
    }

    /** The same as a tree. */
    public static ObjectNode tree(Record settings) {
        ObjectNode tree = JsonValues.object().put(SCHEMA, schema(settings.getClass()));
        write(settings, null, tree);
        return tree;
    }

    private static void write(Object record, Component parent, ObjectNode to) {
        for (Component component : Component.of(record.getClass(), parent)) {
            Object value = component.in(record);
            if (component.isRecord() && value != null) {
                write(value, component, to.putObject(component.name()));
            } else {
                to.set(component.name(), JsonValues.write(value));
            }
        }
    }

    /**
     * What departs from the values that a file without them implies ({@link Setting#implied}, or the default), as JSON
     * with sorted keys. It is equal for equal settings only, and the same after a component was added, as long as it
     * has the value that earlier builds used, or after one was renamed. A new component whose default is another value
     * than that is part of it: results of earlier builds are then not mistaken for results of the new default.
     */
    public static String departures(Record settings) {
        Map<String, JsonNode> departures = new TreeMap<>();
        collect(settings, null, departures);
        ObjectNode tree = JsonValues.object();
        departures.forEach(tree::set);
        return tree.toString();
    }

    private static void collect(Object record, Component parent, Map<String, JsonNode> departures) {
        for (Component component : Component.of(record.getClass(), parent)) {
            Object value = component.in(record);
            if (component.isRecord()) {
                if (value != null) {
                    collect(value, component, departures);
                } else if (!component.nullByDefault()) {
                    departures.put(component.path(), JsonValues.write(null));
                }
            } else if (!component
                    .impliedValue()
                    .map(implied -> implied.equals(value))
                    .orElse(false)) {
                departures.put(key(component), JsonValues.write(value));
            }
        }
    }

    /** The path in version 2 of the format, or in the first version that has the component. */
    private static String key(Component component) {
        return component.formerPlace(NESTED).map(component::sibling).orElse(component.path());
    }

    /** The version of the format that is written for a type. */
    public static int schema(Class<? extends Record> type) {
        return Component.all(type).stream().mapToInt(Component::version).reduce(NESTED, Math::max);
    }

    /**
     * Reads what {@link #write} of this or an earlier version wrote; notices are logged as warnings.
     *
     * @param origin where the text comes from, for messages
     * @throws IllegalArgumentException naming origin and field when the text does not fit the record
     */
    public static <T extends Record> T read(String origin, String text, Class<T> type) {
        return read(origin, text, type, schema(type));
    }

    /**
     * The same for a type whose newest version is known, which reads no declarations where the file is of that version
     * and complete: they take a twentieth of a second at the start of a process.
     *
     * @param newest {@link #schema} of the type
     */
    public static <T extends Record> T read(String origin, String text, Class<T> type, int newest) {
        if (text == null) {
            throw new IllegalArgumentException(origin + ": no " + type.getSimpleName() + " there");
        }
        try {
            return read(
                    origin,
                    JsonTree.of(text),
                    type,
                    newest,
                    notice -> LoggerFactory.getLogger(SettingsJson.class).warn(notice));
        } catch (JsonProcessingException problem) {
            throw new IllegalArgumentException(
                    origin + ": not JSON: " + Excerpt.of(problem.getOriginalMessage()), problem);
        }
    }

    /** The same from a tree, with notices of absent fields for {@code notices}. */
    public static <T extends Record> T read(String origin, JsonNode tree, Class<T> type, Consumer<String> notices) {
        return read(origin, tree, type, schema(type), notices);
    }

    private static <T extends Record> T read(
            String origin, JsonNode tree, Class<T> type, int newest, Consumer<String> notices) {
        try {
            if (!(tree instanceof ObjectNode object)) {
                throw new IllegalArgumentException("expected a JSON object, not " + tree);
            }
            ObjectNode fields = object.deepCopy();
            JsonNode number = fields.remove(SCHEMA);
            int schema = number == null ? FIRST : number.isInt() ? number.intValue() : 0;
            if (schema < FIRST || schema > newest) {
                throw new IllegalArgumentException(type.getSimpleName() + " of schema " + number
                        + ", which another version wrote; this one reads 1 to " + newest);
            }
            if (schema < newest) {
                FormerPlaces.translate(fields, type, schema);
            }
            return new SettingsReader(schema, notice -> notices.accept(origin + ": " + notice)).read(fields, type);
        } catch (IllegalArgumentException problem) {
            throw new IllegalArgumentException(origin + ": " + Excerpt.of(problem.getMessage()), problem);
        }
    }
}
