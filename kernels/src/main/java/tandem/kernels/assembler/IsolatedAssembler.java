package tandem.kernels.assembler;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import tandem.kernels.natives.JCudaNatives;

/**
 * {@link Assembler} in a child process, for texts of users: some malformed texts end the process that assembles them.
 * Costs the start of a small JVM, about half a second.
 */
public final class IsolatedAssembler {

    private static final int ANSWER = 0x7A5D;
    private static final int MAX_COMPLAINT_LENGTH = 10_000;
    private static final Duration TIME_LIMIT = Duration.ofSeconds(120);
    /** More time for each entry and architecture: templates make files with hundreds of entries. */
    private static final Duration TIME_OF_ENTRY = Duration.ofSeconds(3);

    private IsolatedAssembler() {}

    /**
     * Assembles one file for several architectures.
     *
     * @param fileName its name in complaints
     * @return for each architecture its verdict, in their order; when the child process ends early or takes longer than
     *     two minutes and three seconds for each entry and architecture, the architectures without an answer have a
     *     complaint that reports it, and are {@linkplain Verdict#late late} in the second case
     */
    public static List<Verdict> assemble(String fileName, String ptx, List<String> architectures) {
        try {
            int entries = ptx.split("\\.entry\\b", -1).length - 1;
            Duration limit = TIME_LIMIT.plus(TIME_OF_ENTRY.multipliedBy((long) entries * architectures.size()));
            return assemble(child(), limit, fileName, ptx, architectures);
        } catch (IOException e) {
            throw new IllegalStateException("cannot run the assembler in a child process: " + e.getMessage(), e);
        }
    }

    /** The command of the child process, without the arguments of {@link #main}. */
    static List<String> child() throws IOException {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+SuppressFatalErrorMessage",
                "-Dtandem.natives=" + JCudaNatives.folder(),
                "-cp",
                System.getProperty("java.class.path"),
                IsolatedAssembler.class.getName());
    }

    /** The same with another child process. */
    static List<Verdict> assemble(
            List<String> child, Duration limit, String fileName, String ptx, List<String> architectures)
            throws IOException {
        List<String> command = new ArrayList<>(child);
        command.add(fileName);
        command.addAll(architectures);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return answers(process, limit, fileName, ptx, architectures);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Verdict> answers(
            Process process, Duration limit, String fileName, String ptx, List<String> architectures) {
        AtomicBoolean late = new AtomicBoolean();
        Thread watch = new Thread(
                () -> {
                    try {
                        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                            late.set(true);
                            process.destroyForcibly();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "assembler watch");
        watch.setDaemon(true);
        watch.start();
        List<Verdict> verdicts = new ArrayList<>();
        try {
            try (OutputStream input = process.getOutputStream()) {
                input.write(ptx.getBytes(StandardCharsets.UTF_8));
            }
            DataInputStream output = new DataInputStream(process.getInputStream());
            for (String architecture : architectures) {
                if (output.readInt() != ANSWER) {
                    throw new IOException("unexpected output");
                }
                String complaint = output.readUTF();
                verdicts.add(
                        complaint.isEmpty()
                                ? new Verdict(architecture, read(output), null, false)
                                : new Verdict(architecture, null, complaint, false));
            }
        } catch (IOException e) {
            String complaint = fileName + ": error: NVIDIA's assembler "
                    + (late.get()
                            ? "did not finish this text within " + limit.toSeconds() + " s"
                            : "ended on this text without a message, so it is probably malformed");
            while (verdicts.size() < architectures.size()) {
                verdicts.add(new Verdict(architectures.get(verdicts.size()), null, complaint, late.get()));
            }
        } finally {
            watch.interrupt();
        }
        return List.copyOf(verdicts);
    }

    /**
     * The child process: file name and architectures as arguments, the text on standard input, answers on standard
     * output.
     */
    public static void main(String[] arguments) throws IOException {
        // Answers must be alone on standard output, whatever native code prints.
        DataOutputStream output = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        System.setOut(System.err);
        String ptx = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        for (int i = 1; i < arguments.length; i++) {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try (DataOutputStream written = new DataOutputStream(answer)) {
                written.writeInt(ANSWER);
                try {
                    Assembly assembly = Assembler.assemble(arguments[0], ptx, arguments[i]);
                    written.writeUTF("");
                    write(written, assembly);
                } catch (AssemblyException | IllegalStateException | IllegalArgumentException e) {
                    String complaint = String.valueOf(e.getMessage());
                    written.writeUTF(complaint.substring(0, Math.min(complaint.length(), MAX_COMPLAINT_LENGTH)));
                }
            }
            output.write(answer.toByteArray());
        }
        output.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void write(DataOutputStream output, Assembly assembly) throws IOException {
        output.writeUTF(assembly.architecture());
        output.writeInt(assembly.entries().size());
        for (Usage usage : assembly.entries()) {
            output.writeUTF(usage.entry());
            for (int value : new int[] {
                usage.registers(),
                usage.stackBytes(),
                usage.spillStoreBytes(),
                usage.spillLoadBytes(),
                usage.sharedBytes()
            }) {
                output.writeInt(value);
            }
        }
        output.writeInt(assembly.warnings().size());
        for (String warning : assembly.warnings()) {
            output.writeUTF(warning);
        }
        output.writeInt(assembly.cubin().length);
        output.write(assembly.cubin());
    }

    private static Assembly read(DataInputStream input) throws IOException {
        String architecture = input.readUTF();
        List<Usage> entries = new ArrayList<>();
        for (int left = input.readInt(); left > 0; left--) {
            entries.add(new Usage(
                    input.readUTF(),
                    input.readInt(),
                    input.readInt(),
                    input.readInt(),
                    input.readInt(),
                    input.readInt()));
        }
        List<String> warnings = new ArrayList<>();
        for (int left = input.readInt(); left > 0; left--) {
            warnings.add(input.readUTF());
        }
        byte[] cubin = new byte[input.readInt()];
        input.readFully(cubin);
        return new Assembly(architecture, List.copyOf(entries), List.copyOf(warnings), cubin);
    }
}
