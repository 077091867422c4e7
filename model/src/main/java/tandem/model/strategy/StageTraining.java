package tandem.model.strategy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tandem.model.declaration.StrictJson;
import tandem.model.train.Trainer;

/**
 * Statistics of a finished training.
 *
 * @param seconds time of its steps, including those before an interruption, without repeated ones
 * @param steps how many
 * @param parameters trained numbers
 */
record StageTraining(double seconds, long steps, long parameters) {

    static final String FILE = "training.json";

    private static final JsonMapper JSON = new JsonMapper();

    /** Computes the time of a step from the speeds in the log. Its last line may be truncated by an interruption. */
    static StageTraining of(Trainer trainer, Path log) throws IOException {
        double seconds = 0;
        long counted = 0;
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                double speed = speed(line);
                if (speed > 0) {
                    seconds += trainer.step().settings().batches().size() / speed;
                    counted++;
                }
            }
        }
        long steps = trainer.stepsDone();
        double all = counted == 0 ? 0 : seconds / counted * steps;
        return new StageTraining(
                Math.round(all * 1000) / 1000.0,
                steps,
                trainer.step().variables().parameterElements());
    }

    private static double speed(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return json == null ? 0 : json.path("imagesPerSecond").asDouble(0);
        } catch (JsonProcessingException cutShort) {
            return 0;
        }
    }

    void write(Path folder) throws IOException {
        Path temporary = folder.resolve(FILE + ".tmp");
        Files.writeString(temporary, StrictJson.write(this));
        Files.move(
                temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
