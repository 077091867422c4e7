package tandem.kernels.assembler;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tandem.kernels.natives.JCudaNatives;

/**
 * {@link Assembler} in a process of its own, for text that is not ours: NVIDIA's assembler reads through null pointers on some
 * malformed files, which would end this process. Costs the start of a small JVM, about half a second.
 */
public final class IsolatedAssembler {

    private static final int DONE = 0x7A5D;
    private static final long PATIENCE_SECONDS = 120;

    private IsolatedAssembler() {}

    /**
     * Assembles one file for several architectures.
     *
     * @param fileName what complaints call it
     * @throws AssemblyException for the first architecture that refuses it, or when the assembler dies or hangs
     */
    public static List<Assembly> assemble(String fileName, String ptx, List<String> architectures) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:TieredStopAtLevel=1",
                    "-XX:+SuppressFatalErrorMessage", "-Dtandem.natives=" + JCudaNatives.folder(),
                    "-cp", System.getProperty("java.class.path"), IsolatedAssembler.class.getName(), fileName));
            command.addAll(architectures);
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try {
                return answer(process, fileName, ptx);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run the assembler in a process of its own: " + e.getMessage(), e);
        }
    }

    private static List<Assembly> answer(Process process, String fileName, String ptx) throws IOException {
        Thread watch = new Thread(() -> {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "assembler watch");
        watch.setDaemon(true);
        watch.start();
        try {
            try (OutputStream input = process.getOutputStream()) {
                input.write(ptx.getBytes(StandardCharsets.UTF_8));
            }
            DataInputStream output = new DataInputStream(process.getInputStream());
            if (output.readInt() != DONE) {
                throw new IOException("unexpected output");
            }
            String complaint = output.readUTF();
            if (!complaint.isEmpty()) {
                throw new AssemblyException(complaint);
            }
            List<Assembly> assemblies = new ArrayList<>();
            for (int left = output.readInt(); left > 0; left--) {
                assemblies.add(read(output));
            }
            return assemblies;
        } catch (IOException e) {
            throw new AssemblyException(fileName + ": error: NVIDIA's assembler died on this text without a message; it is probably"
                    + " malformed (tandem's own parser may say where)");
        } finally {
            watch.interrupt();
        }
    }

    /** The other process: file name and architectures as arguments, the text on standard input, the answer on standard output. */
    public static void main(String[] arguments) throws IOException {
        // The answer must be alone on standard output, whatever native code prints.
        DataOutputStream output = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        System.setOut(System.err);
        String ptx = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        List<Assembly> assemblies = new ArrayList<>();
        String complaint = "";
        try {
            for (int i = 1; i < arguments.length; i++) {
                assemblies.add(Assembler.assemble(arguments[0], ptx, arguments[i]));
            }
        } catch (AssemblyException | IllegalStateException | IllegalArgumentException e) {
            complaint = String.valueOf(e.getMessage());
        }
        output.writeInt(DONE);
        output.writeUTF(complaint.length() > 10_000 ? complaint.substring(0, 10_000) : complaint);
        output.writeInt(assemblies.size());
        for (Assembly assembly : assemblies) {
            write(output, assembly);
        }
        output.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void write(DataOutputStream output, Assembly assembly) throws IOException {
        output.writeUTF(assembly.architecture());
        output.writeInt(assembly.entries().size());
        for (Usage usage : assembly.entries()) {
            output.writeUTF(usage.entry());
            for (int value : new int[] {usage.registers(), usage.stackBytes(), usage.spillStoreBytes(), usage.spillLoadBytes(),
                    usage.sharedBytes()}) {
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
            entries.add(new Usage(input.readUTF(), input.readInt(), input.readInt(), input.readInt(), input.readInt(),
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
