package tandem.model.strategy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tandem.model.metrics.ImageOutcome;

/**
 * The result of a finished stage.
 *
 * @param name of the stage
 * @param seconds time of its training steps
 * @param steps of its training
 * @param visits image visits (samples seen)
 * @param parameters trained numbers
 * @param images the outcome of each held-out image
 */
public record StageOutcome(
        String name, double seconds, long steps, long visits, long parameters, List<ImageOutcome> images) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Copies the list. */
    public StageOutcome {
        images = List.copyOf(images);
    }

    /** Writes it atomically, so that a reader never reads a partial file. */
    void write(Path file) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(temporary, JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when it cannot be read or is no outcome; names the file
     */
    static StageOutcome read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readAllBytes(file), StageOutcome.class);
        } catch (JsonProcessingException problem) {
            throw new IOException(
                    file + ": not an outcome of a stage (" + problem.getOriginalMessage()
                            + "); delete it to create it again",
                    problem);
        }
    }
}
