package tandem.tools.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A program of the system that a step needs. */
final class Subprocess {

    private Subprocess() {}

    /** Runs it to its end. */
    static String run(String what, List<String> command) throws IOException {
        return run(what, command, Map.of());
    }

    /**
     * Runs it to its end.
     *
     * @param what the step, for the error
     * @param environment what to add to the environment
     * @return what it printed
     * @throws BundleException when it is not there or fails
     */
    static String run(String what, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new BundleException(what + ": " + command.get(0) + " does not start (" + e.getMessage() + ")");
        }
        process.getOutputStream().close();
        String output;
        try (InputStream stream = process.getInputStream()) {
            output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new BundleException(what + ": " + command.get(0) + " ended with status " + code + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BundleException(what + ": interrupted");
        }
        return output;
    }
}
