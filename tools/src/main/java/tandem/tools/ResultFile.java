package tandem.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.declaration.SettingsJson;
import tandem.model.metrics.Evaluation;

/**
 * {@code result.json}, the results of a run for scripts: {@code ap50}, {@code ap}, {@code miou}, {@code pixelAccuracy}
 * (null where no image is annotated for it), {@code seconds}, {@code device}, {@code seed}, {@code settings}, then the
 * details.
 */
public final class ResultFile {

    /** Its name within an output folder. */
    public static final String NAME = "result.json";

    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode settings = JSON.createObjectNode();
    private final Map<String, Number> figures = new LinkedHashMap<>();
    private final ObjectNode more = JSON.createObjectNode();
    private final Map<String, List<String>> texts = new LinkedHashMap<>();

    /** Adds settings under a name, such as those of the network. */
    public ResultFile setting(String name, Record record) {
        try {
            settings.set(name, JSON.readTree(SettingsJson.write(record)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + ": " + e.getOriginalMessage(), e);
        }
        return this;
    }

    /** Adds a list under a name, such as the choices of a recipe. */
    public ResultFile setting(String name, List<? extends Record> records) {
        settings.set(name, JSON.valueToTree(records));
        return this;
    }

    /** Adds one setting. */
    public ResultFile setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /** Adds a further figure, such as the number of steps. */
    public ResultFile figure(String name, Number value) {
        figures.put(name, value);
        return this;
    }

    /** Adds further results, such as those of parts. */
    public ResultFile details(String name, JsonNode node) {
        more.set(name, node);
        return this;
    }

    /** Adds lines of text, such as what was found out about the run. */
    public ResultFile lines(String name, List<String> lines) {
        texts.put(name, List.copyOf(lines));
        return this;
    }

    /**
     * Writes it to a temporary file and renames that, so that a reader never reads a partial file.
     *
     * @param evaluation the figures
     * @param seconds time of the run
     * @param device the machine, in one line
     */
    public void write(Path folder, Evaluation evaluation, double seconds, String device, long seed) throws IOException {
        ObjectNode details = evaluation.toJson();
        ObjectNode json = JSON.createObjectNode();
        for (String name : new String[] {"ap50", "ap", "miou", "pixelAccuracy"}) {
            json.set(name, details.remove(name));
        }
        json.put("seconds", Math.round(seconds * 1000) / 1000.0)
                .put("device", device)
                .put("seed", seed);
        json.set("settings", settings);
        figures.forEach((name, value) -> json.set(name, JSON.valueToTree(value)));
        texts.forEach((name, lines) -> json.set(name, JSON.valueToTree(lines)));
        json.setAll(more);
        json.setAll(details);
        JsonFile.write(folder.resolve(NAME), json);
    }
}
