package tandem.tools.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.function.VoidFunction;
import tandem.tools.study.StageWorker;

/** Runs one stage on an executor. */
final class StageTask implements VoidFunction<String> {

    private static final long serialVersionUID = 1;

    private final String[] arguments;

    StageTask(List<String> arguments) {
        this.arguments = arguments.toArray(String[]::new);
    }

    @Override
    public void call(String stage) throws IOException {
        try {
            StageWorker.run(List.of(arguments), stage);
        } catch (IOException | RuntimeException problem) {
            // The exception may have fields that are not serializable.
            IOException sent = new IOException(stage + ": " + problem.getMessage());
            sent.setStackTrace(problem.getStackTrace());
            throw sent;
        }
    }
}
