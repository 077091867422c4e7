package tandem.model.train;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import tandem.model.weak.LabelProgress;

/**
 * Writes each {@link TrainingEvent} as one JSON object per line. Its field {@code event} is the name of the record in
 * lower case, such as {@code start} or {@code step}; the other fields are the components of the record; the input size
 * of a step is written as {@code side}; a figure that is NaN is written as null. Progress of label generation is not
 * written. Lines are appended, so that a resumed run continues in the same file.
 */
public final class JsonLinesLog implements TrainingObserver, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final Writer writer;

    /** Appends to {@code file}, which is created when absent. */
    public JsonLinesLog(Path file) throws IOException {
        this.file = file;
        this.writer = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void on(TrainingEvent event) {
        if (event instanceof TrainingEvent.Labels labels && labels.event() instanceof LabelProgress) {
            return;
        }
        ObjectNode line = JSON.createObjectNode()
                .put("event", event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        ObjectNode components = JSON.valueToTree(event);
        components
                .fields()
                .forEachRemaining(field -> line.set(
                        field.getKey(),
                        field.getValue().isDouble()
                                        && Double.isNaN(field.getValue().doubleValue())
                                ? NullNode.getInstance()
                                : field.getValue()));
        try {
            writer.write(line.toString());
            writer.write('\n');
            writer.flush();
        } catch (IOException problem) {
            throw new UncheckedIOException("cannot write the log " + file + ": " + problem.getMessage(), problem);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
