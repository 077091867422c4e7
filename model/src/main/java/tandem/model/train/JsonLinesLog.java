package tandem.model.train;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.weak.LabelCount;

/**
 * Writes one JSON object a line for each thing that happens, its kind in {@code event}: {@code labels}, {@code start},
 * {@code step}, {@code skipped}, {@code tasks}, {@code epoch} or {@code end}; the other fields are those of the records
 * of {@link TrainingObserver}. Lines are appended, so that a resumed run goes on in the same file.
 */
public final class JsonLinesLog implements TrainingObserver, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final Writer writer;

    /** Appends to {@code file}, making it when absent. */
    public JsonLinesLog(Path file) throws IOException {
        this.file = file;
        this.writer = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void onStart(Start start) {
        write("start", start);
    }

    @Override
    public void onLabels(LabelCount labels) {
        write("labels", labels);
    }

    @Override
    public void onStep(Step step) {
        write("step", step);
    }

    @Override
    public void onTasks(Tasks tasks) {
        write("tasks", tasks);
    }

    @Override
    public void onSkipped(Skipped skipped) {
        write("skipped", skipped);
    }

    @Override
    public void onSimilarity(LevelSimilarity similarity) {
        write("similarity", similarity);
    }

    @Override
    public void onEpoch(Epoch epoch) {
        write("epoch", epoch);
    }

    @Override
    public void onEnd(End end) {
        write("end", end);
    }

    private void write(String event, Record values) {
        ObjectNode line = JSON.createObjectNode().put("event", event);
        line.setAll((ObjectNode) JSON.valueToTree(values));
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
