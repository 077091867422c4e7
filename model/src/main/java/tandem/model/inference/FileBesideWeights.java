package tandem.model.inference;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
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
     * Reads what eval wrote beside a weights file; empty when there is none. A file that names no weights, as those of
     * earlier versions, is accepted.
     *
     * @param file of {@link #of}
     * @param what it is, for messages, such as {@code a drift reference}
     * @param option of eval that writes it
     * @param parser throws IllegalArgumentException for JSON that it cannot use
     * @throws IllegalArgumentException when the file is damaged, or of other weights; names it
     */
    public static <T> Optional<T> read(
            Path weights, Path file, String what, String option, Function<JsonNode, T> parser) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode json;
        T content;
        try {
            json = Json.MAPPER.readTree(Files.readAllBytes(file));
            content = parser.apply(json);
        } catch (JacksonException | IllegalArgumentException problem) {
            throw new IllegalArgumentException(
                    file + ": not " + what + " ("
                            + problem.getMessage().lines().findFirst().orElse("") + "); " + remedy(option),
                    problem);
        }
        requireSame(weights, file, json, option);
        return Optional.of(content);
    }

    private static String remedy(String option) {
        return "write it again with eval " + option + ", or remove it";
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

    private static void requireSame(Path weights, Path file, JsonNode json, String option) throws IOException {
        String named = json.path(WEIGHTS).asText("");
        if (named.isEmpty()) {
            return;
        }
        String present = checksum(weights).orElse("no checksum");
        if (!named.equals(present)) {
            throw new IllegalArgumentException(file + ": is of other weights (" + named + "; " + weights.getFileName()
                    + " has " + present + "), such as those before more training; " + remedy(option));
        }
    }
}
