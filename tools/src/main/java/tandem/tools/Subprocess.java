package tandem.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A program of the system that a step needs. */
public final class Subprocess {

    /** It was not there, or it failed; the message has its name and what it printed. */
    public static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    private Subprocess() {}

    /** Runs it to its end; see {@link #run(String, List, Map)}. */
    public static String run(String what, List<String> command) throws IOException {
        return run(what, command, Map.of());
    }

    /**
     * Runs it to its end.
     *
     * @param what the step, for the error
     * @param environment what to add to the environment
     * @return what it printed
     * @throws Failure when it is not there or fails
     */
    public static String run(String what, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new Failure(what + ": " + command.get(0) + " does not start (" + e.getMessage() + ")");
        }
        process.getOutputStream().close();
        String output;
        try (InputStream stream = process.getInputStream()) {
            output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new Failure(what + ": " + command.get(0) + " ended with status " + code + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new Failure(what + ": interrupted");
        }
        return output;
    }
}
