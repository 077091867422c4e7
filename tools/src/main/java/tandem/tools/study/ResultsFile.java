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
 * {@code results.jsonl}: one JSON object per line for each finished run, in the order in which they finished. Each line
 * is synced to disk. An incomplete last line of a killed process is removed when the file is opened; that run is added
 * again from its finished stages.
 */
final class ResultsFile {

    /** File name in the output folder. */
    static final String NAME = "results.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final List<RunResult> results = new ArrayList<>();

    /**
     * Opens the file, if it exists.
     *
     * @throws InputException for a complete line that is not a result
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
                throw new InputException(file + ", line " + number + ": not a result of a study ("
                        + problem.getOriginalMessage() + "); remove the line, and the run is added again");
            }
        }
    }

    /** Adds a result, unless the run has one already; returns the result in the file. */
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

    /** All results. */
    List<RunResult> results() {
        return List.copyOf(results);
    }
}
