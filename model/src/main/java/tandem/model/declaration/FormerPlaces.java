package tandem.model.declaration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Moves fields of earlier versions of the format to where they are now; see {@link Setting#was}. */
final class FormerPlaces {

    private FormerPlaces() {}

    /** @param schema the version of the file, which is changed */
    static void translate(ObjectNode file, Class<? extends Record> type, int schema) {
        Map<String, JsonNode> moved = new LinkedHashMap<>();
        for (Component component : Component.leaves(type)) {
            component.formerPlace(schema).ifPresent(was -> {
                boolean ofFile = was.startsWith("/");
                ObjectNode from = ofFile ? file : object(file, component.path(), false);
                JsonNode value = from == null ? null : from.remove(ofFile ? was.substring(1) : was);
                if (value != null) {
                    moved.put(component.path(), value);
                }
            });
        }
        moved.forEach((path, value) -> {
            if (object(file, path, true).putIfAbsent(path.substring(path.lastIndexOf('.') + 1), value) != null) {
                throw new IllegalArgumentException(path + " is there twice, also by its former name");
            }
        });
    }

    /**
     * The object that has the last name of a path; null when it is not there.
     *
     * @param make whether it is made when it is not there
     * @throws IllegalArgumentException when it is to be made where something else is
     */
    private static ObjectNode object(ObjectNode file, String path, boolean make) {
        ObjectNode object = file;
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode next = object.get(names[i]);
            if (next == null && make) {
                next = object.putObject(names[i]);
            }
            if (next != null && !next.isObject() && make) {
                throw new IllegalArgumentException(
                        String.join(".", List.of(names).subList(0, i + 1)) + ": expected an object, not " + next);
            }
            if (!(next instanceof ObjectNode found)) {
                return null;
            }
            object = found;
        }
        return object;
    }
}
