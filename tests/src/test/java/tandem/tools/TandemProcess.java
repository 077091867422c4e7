package tandem.tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tandem.tools.cli.Tandem;

/** The command in a process of its own, for what ends with a signal. Closing it kills the process. */
public final class TandemProcess implements AutoCloseable {

    private static final int SECONDS = 120;

    private final Process process;
    private final Path err;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();

    private TandemProcess(Process process, Path err) {
        this.process = process;
        this.err = err;
        out = process.inputReader();
    }

    /** @param err file for standard error */
    public static TandemProcess start(Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Tandem.class.getName()));
        command.addAll(List.of(arguments));
        return new TandemProcess(
                new ProcessBuilder(command).redirectError(err.toFile()).start(), err);
    }

    /** Reads standard output until a line fits; returns it. */
    public String await(Predicate<String> fits) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
            if (fits.test(line)) {
                return line;
            }
        }
        throw new IllegalStateException("the process ended: " + lines + ", " + Files.readString(err));
    }

    /**
     * Presses Ctrl-C and waits for the end. Where the caller of the tests lets their processes ignore Ctrl-C, as a
     * shell does for commands in the background, it sends SIGTERM, which the JVM treats in the same way.
     *
     * @return what was printed on standard output, in lines
     */
    public List<String> interrupt() throws IOException, InterruptedException {
        String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
        long ignored = status.lines()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElse(0);
        String signal = (ignored & 2) == 0 ? "-INT" : "-TERM";
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
        }
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the process does not end: " + lines + ", " + Files.readString(err));
        }
        return lines;
    }

    /** What was printed on standard error so far. */
    public String err() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
