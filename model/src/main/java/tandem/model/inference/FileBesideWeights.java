package tandem.model.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Names of files that travel with a network, beside its weights. */
public final class FileBesideWeights {

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
}
