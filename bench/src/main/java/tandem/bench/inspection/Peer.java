package tandem.bench.inspection;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A {@link Child}, and the time from the start of its process to its first result. */
final class Peer implements AutoCloseable {

    /**
     * How processes are started.
     *
     * @param classPath of both sides
     * @param jvmFlags of both sides
     * @param folder where the files of the workloads are
     * @param threads of both sides
     * @param measured whether Tandem measures the algorithms of convolutions
     * @param precision of both sides
     * @param trained whether the network of the demo is trained
     * @param quantizer the command of ONNX Runtime's quantizer, without its arguments
     */
    record Launch(
            String classPath,
            List<String> jvmFlags,
            Path folder,
            int threads,
            boolean measured,
            Precision precision,
            boolean trained,
            List<String> quantizer) {

        /** A heap that does not hide growth: the default one may take a quarter of the machine. */
        static final String SMALL_HEAP = "-Xmx64m";

        Launch withSmallHeap() {
            return withFlag(SMALL_HEAP);
        }

        Launch withFlag(String flag) {
            List<String> flags = new ArrayList<>(jvmFlags);
            flags.add(flag);
            return withFlags(flags);
        }

        /** The same with all of that heap resident from the start, so that its filling is not taken for growth. */
        Launch withResidentHeap() {
            return withSmallHeap().withFlag("-Xms64m").withFlag("-XX:+AlwaysPreTouch");
        }

        Launch withFlags(List<String> flags) {
            return new Launch(classPath, flags, folder, threads, measured, precision, trained, quantizer);
        }

        Launch withMeasured(boolean on) {
            return new Launch(classPath, jvmFlags, folder, threads, on, precision, trained, quantizer);
        }

        Launch withPrecision(Precision other) {
            return new Launch(classPath, jvmFlags, folder, threads, measured, other, trained, quantizer);
        }

        Launch withClassPath(String other) {
            return new Launch(other, jvmFlags, folder, threads, measured, precision, trained, quantizer);
        }

        Peer start(FrameRunner.Side side, Workload workload, int keepWarm) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmFlags);
            command.addAll(List.of(
                    "-cp",
                    classPath,
                    Child.class.getName(),
                    side.name(),
                    workload.name(),
                    precision.name(),
                    folder.toString(),
                    Integer.toString(threads),
                    Boolean.toString(measured),
                    Integer.toString(keepWarm)));
            return new Peer(command);
        }
    }

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final double startMilliseconds;

    private Peer(List<String> command) throws IOException {
        long start = System.nanoTime();
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        out = process.inputReader();
        in = process.outputWriter();
        try {
            String line = line();
            if (!line.equals("first")) {
                throw new IOException("a process of the benchmark printed " + line + " in place of 'first'");
            }
        } catch (IOException e) {
            process.destroy();
            throw e;
        }
        startMilliseconds = (System.nanoTime() - start) / 1e6;
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("a process of the benchmark ended: " + process.info());
        }
        return line;
    }

    double startMilliseconds() {
        return startMilliseconds;
    }

    /** Sends a command of {@link Child}, and returns its answer. */
    String ask(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        return line();
    }

    /** The same for an answer of numbers. */
    double[] numbers(String command) throws IOException {
        return Arrays.stream(ask(command).split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** Ends the process in the usual way and waits for it. */
    @Override
    public void close() throws IOException {
        in.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
