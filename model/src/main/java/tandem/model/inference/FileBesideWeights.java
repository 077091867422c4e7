package tandem.model.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tandem.model.weights.SafetensorsReader;

/**
 * Files that travel with a network, beside its weights, and name these by their checksum: after more training, what was
 * evaluated before is no longer true.
 */
public final class FileBesideWeights {

    private static final String WEIGHTS = "weights";

    private FileBesideWeights() {}

    /**
     * The file of a weights file, such as {@code best.thresholds.json} for {@code best.safetensors}.
     *
     * @param ending of its name, such as {@code .thresholds.json}
     */
    public static Path of(Path weights, String ending) {
        String name = weights.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return weights.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
    }

    /** Loaded only when there is something to read: a process starts faster without the classes of JSON. */
    private static final class Json {
        static final JsonMapper MAPPER = new JsonMapper();
    }

    /**
     * Reads a JSON file; empty when there is none.
     *
     * @throws com.fasterxml.jackson.core.JacksonException when it is not JSON
     */
    public static Optional<JsonNode> json(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Json.MAPPER.readTree(Files.readAllBytes(file))) : Optional.empty();
    }

    /** The checksum that a weights file states; empty when it has none, as files of other programs. */
    public static Optional<String> checksum(Path weights) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(weights)) {
            return reader.checksum();
        }
    }

    /**
     * Names the weights in what is written beside them.
     *
     * @param checksum of the weights that were evaluated, read before they were
     */
    public static ObjectNode naming(Optional<String> checksum, ObjectNode json) {
        checksum.ifPresent(sum -> json.put(WEIGHTS, sum));
        return json;
    }

    /**
     * Checks that a file beside the weights is of these and not of earlier ones. One that names none, as those of
     * earlier versions, is accepted.
     *
     * @param json content of {@code file}
     * @param option of eval that writes the file
     * @throws IllegalArgumentException when it names others
     */
    public static void requireSame(Path weights, Path file, JsonNode json, String option) throws IOException {
        String named = json.path(WEIGHTS).asText("");
        if (named.isEmpty()) {
            return;
        }
        String present = checksum(weights).orElse("no checksum");
        if (!named.equals(present)) {
            throw new IllegalArgumentException(file + ": is of other weights (" + named + "; " + weights.getFileName()
                    + " has " + present + "), such as those before more training; write it again with eval " + option
                    + ", or remove it");
        }
    }
}
