package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The annotation files of a folder, each parsed once. Thread-safe. */
final class VocAnnotations {

    private final Map<Path, VocAnnotation> parsed = new ConcurrentHashMap<>();

    /** The class names in files, sorted; those that cannot be read are reported when they are used. */
    List<String> names(List<Path> files) {
        return List.copyOf(files.parallelStream()
                .flatMap(file -> {
                    try {
                        return get(file, "a VOC annotation").objects().stream().map(VocAnnotation.Item::name);
                    } catch (DataException e) {
                        return Stream.empty();
                    }
                })
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * A file.
     *
     * @param what what is expected, for the message that it does not exist
     * @throws DataException when it is no VOC annotation
     */
    VocAnnotation get(Path file, String what) {
        VocAnnotation known = parsed.get(file);
        if (known == null) {
            known = VocAnnotation.parse(file, ImageDecoder.bytes(file, what));
            parsed.put(file, known);
        }
        return known;
    }
}
