package tandem.model.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a network takes from a file of weights, tensor by tensor.
 *
 * @param file the file
 * @param loaded names of the tensors that are taken
 * @param missing names of the tensors that the network has and the file has not
 * @param otherShape for each tensor of another shape both shapes, in words
 * @param unused names of the tensors in the file that the network does not take
 * @param notes what was adapted
 */
public record ImportReport(
        Path file,
        List<String> loaded,
        List<String> missing,
        Map<String, String> otherShape,
        List<String> unused,
        List<String> notes) {

    private static final int NAMES = 4;

    /** Copies the lists. */
    public ImportReport {
        loaded = List.copyOf(loaded);
        missing = List.copyOf(missing);
        otherShape = Map.copyOf(otherShape);
        unused = List.copyOf(unused);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is missing and every shape fits. */
    public boolean complete() {
        return missing.isEmpty() && otherShape.isEmpty();
    }

    /** One line with counts and some names for each kind of tensor. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("loaded: " + loaded.size() + " tensors");
        add(lines, "missing in the file: ", missing);
        add(lines, "of another shape: ", otherShape.values().stream().sorted().toList());
        add(lines, "in the file and not used: ", unused);
        lines.addAll(notes);
        return lines;
    }

    private static void add(List<String> lines, String what, List<String> names) {
        if (!names.isEmpty()) {
            lines.add(what + names.size() + " tensors (" + some(names) + ")");
        }
    }

    /** The first names. */
    static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMES, names.size())))
                + (names.size() > NAMES ? ", ..." : "");
    }
}
