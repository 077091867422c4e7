package tandem.model.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A {@code data.yaml} as Ultralytics defines it.
 *
 * @param names the classes
 * @param splits for each of {@code train}, {@code val} and {@code test} its folders of images and list files that exist
 * @param absent entries that name nothing that exists
 * @param keypoints numbers after the box in each label line, from {@code kpt_shape}; 0 without
 */
record YoloConfig(YoloNames names, Map<String, List<Path>> splits, List<String> absent, int keypoints) {

    /** Splits by the names that a file may use. */
    private static final Map<String, String> KEYS =
            new TreeMap<>(Map.of("train", "train", "val", "val", "valid", "val", "validation", "val", "test", "test"));

    /** Whether a YAML file has class names and a split. */
    static boolean isConfig(Path file) {
        try {
            return load(file) instanceof Map<?, ?> map
                    && (map.containsKey("names") || map.containsKey("nc"))
                    && KEYS.keySet().stream().anyMatch(map::containsKey);
        } catch (DataException e) {
            return file.getFileName().toString().matches("data\\.ya?ml"); // reported when it is opened
        }
    }

    /**
     * Reads it.
     *
     * @throws DataException when it is no YAML, has no class names, or nothing that it names exists
     */
    static YoloConfig read(Path file) {
        if (!(load(file) instanceof Map<?, ?> map)) {
            throw new DataException(file, "is no map, expected the keys names, train and val", "correct it");
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        Map<String, List<Path>> splits = new LinkedHashMap<>();
        List<String> absent = new ArrayList<>();
        KEYS.forEach((key, split) -> {
            for (Object entry : entries(map.get(key))) {
                Path found = find(folder, map.get("path"), String.valueOf(entry));
                if (found == null) {
                    absent.add(key + ": " + entry);
                } else {
                    splits.computeIfAbsent(split, name -> new ArrayList<>()).add(found);
                }
            }
        });
        if (splits.isEmpty()) {
            throw new DataException(
                    file,
                    absent.isEmpty()
                            ? "names no images, expected train, val or test"
                            : "names only images that do not exist: " + String.join(", ", absent),
                    "correct path, train and val; they are searched from " + folder);
        }
        return new YoloConfig(new YoloNames(file, names(file, map)), splits, absent, keypoints(file, map));
    }

    private static Collection<?> entries(Object value) {
        if (value instanceof Collection<?> many) {
            return many;
        }
        return value == null ? List.of() : List.of(value);
    }

    private static Object load(Path file) {
        String text = new String(ImageDecoder.bytes(file, "YOLO's data.yaml"), StandardCharsets.UTF_8);
        try {
            return new Load(LoadSettings.builder().build()).loadFromString(text.replace("\uFEFF", ""));
        } catch (YamlEngineException e) {
            String line = e instanceof MarkedYamlEngineException marked
                            && marked.getProblemMark().isPresent()
                    ? "line " + (marked.getProblemMark().get().getLine() + 1) + ": " + marked.getProblem()
                    : String.valueOf(e.getMessage());
            throw new DataException(file, "is not valid YAML (" + line + ")", "correct it");
        }
    }

    private static List<String> names(Path file, Map<?, ?> map) {
        Object names = map.get("names");
        List<String> result = new ArrayList<>();
        if (names instanceof Collection<?> list) {
            list.forEach(name -> result.add(String.valueOf(name)));
        } else if (names instanceof Map<?, ?> byIndex) {
            for (int i = 0; i < byIndex.size(); i++) {
                Object name = byIndex.containsKey(i) ? byIndex.get(i) : byIndex.get(String.valueOf(i));
                if (name == null) {
                    throw new DataException(
                            file,
                            "has names for the classes " + byIndex.keySet() + ", expected 0 to " + (byIndex.size() - 1),
                            "number them from 0 without gaps");
                }
                result.add(String.valueOf(name));
            }
        } else if (names == null && map.get("nc") instanceof Integer count && count > 0 && count < 10_000) {
            for (int i = 0; i < count; i++) {
                result.add("class_" + i); // as Ultralytics names them
            }
        } else {
            throw new DataException(file, "has no names, expected a list or map of class names", "add names");
        }
        if (map.get("nc") instanceof Integer count && count != result.size()) {
            throw new DataException(
                    file, "has nc " + count + ", but " + result.size() + " names", "correct one of them");
        }
        return result;
    }

    private static int keypoints(Path file, Map<?, ?> map) {
        Object shape = map.get("kpt_shape");
        if (shape == null) {
            return 0;
        }
        if (shape instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof Integer points
                && list.get(1) instanceof Integer numbers) {
            return points * numbers;
        }
        throw new DataException(
                file,
                "has kpt_shape " + shape + ", expected the number of key points and of their numbers",
                "correct it");
    }

    /**
     * The folder or list file of an entry. Ultralytics resolves it against {@code path}, and retries {@code ../x} as
     * {@code x}, which Roboflow's exports need. Where {@code path} or the entry belongs to another machine, the folder
     * of the file and the end of the path are used. Null for none.
     */
    private static Path find(Path folder, Object path, String entry) {
        String name = entry.replace('\\', '/');
        List<Path> bases = new ArrayList<>();
        if (path != null && Files.isDirectory(folder.resolve(String.valueOf(path)))) {
            bases.add(folder.resolve(String.valueOf(path)));
        }
        bases.add(folder);
        for (String rest = name;
                !rest.isEmpty();
                rest = rest.contains("/") ? rest.substring(rest.indexOf('/') + 1) : "") {
            for (Path base : bases) {
                Path found = base.resolve(rest).normalize();
                if (Files.exists(found) && !found.equals(base)) {
                    return found;
                }
            }
        }
        return null;
    }
}
