package tandem.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs an external program. */
public final class Subprocess {

    /** The program is missing or failed; the message has its name and output. */
    public static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    private Subprocess() {}

    /** Runs a program until it exits; see {@link #run(String, List, Map)}. */
    public static String run(String what, List<String> command) throws IOException {
        return run(what, command, Map.of());
    }

    /**
     * Runs a program until it exits.
     *
     * @param what description of the step for the error message
     * @param environment variables to add to the environment
     * @return its output, standard error included
     * @throws Failure when it is missing or fails
     */
    public static String run(String what, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new Failure(what + ": " + command.get(0) + " cannot be started (" + e.getMessage() + ")");
        }
        process.getOutputStream().close();
        String output;
        try (InputStream stream = process.getInputStream()) {
            output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new Failure(what + ": " + command.get(0) + " exited with status " + code + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new Failure(what + ": interrupted");
        }
        return output;
    }
}
