package tandem.tools.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tandem.tools.InputException;

/**
 * {@code results.jsonl}: one JSON object a line for each finished run, in the order in which they finished. A line is
 * written in one piece and forced to the disk. What a killed process left of a line is cut off when the file is opened;
 * that run is simply added again, from stages that are finished.
 */
final class ResultsFile {

    /** Its name in the output folder. */
    static final String NAME = "results.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final List<RunResult> results = new ArrayList<>();

    /**
     * Opens it, making it when absent.
     *
     * @throws InputException for a whole line that is no result
     */
    ResultsFile(Path folder) throws IOException {
        file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end < bytes.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
                channel.force(true);
            }
        }
        int number = 0;
        for (String line :
                new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            try {
                results.add(JSON.readValue(line, RunResult.class));
            } catch (JsonProcessingException problem) {
                throw new InputException(file + ", line " + number + ": no result of a study ("
                        + problem.getOriginalMessage() + "); take the line out, and the run is added again");
            }
        }
    }

    /** Adds a line, unless the run is there already; returns the one that is there then. */
    RunResult add(RunResult result) throws IOException {
        for (RunResult known : results) {
            if (known.key().equals(result.key())) {
                return known;
            }
        }
        ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(result) + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
        results.add(result);
        return result;
    }

    /** All lines. */
    List<RunResult> results() {
        return List.copyOf(results);
    }
}
