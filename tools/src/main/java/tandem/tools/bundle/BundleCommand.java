package tandem.tools.bundle;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.tools.ByteCount;

/**
 * {@code tandem bundle}: a self-contained folder, and an archive of it, for a machine without a JDK and without a
 * network.
 */
@Command(
        name = "bundle",
        description =
                "Makes a self-contained folder for a machine without a JDK and without a network: Java runtime, jars, native libraries, "
                        + "GPU check, and the launcher 'tandem' with all commands; and an archive of this folder. For 64-bit x86 Linux.",
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  tandem bundle --output out/tandem",
            "  (on the target machine) tar -xJf tandem.tar.xz && tandem/tandem doctor"
        })
public final class BundleCommand implements Callable<Integer> {

    /** Maximum size of the archive. */
    private static final long LIMIT = 60L << 20;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 1,
            description = "Folder to write; an existing bundle is replaced. The archive is DIR.tar.xz.")
    private Path folder;

    @Option(names = "--no-archive", order = 2, description = "Make only the folder.")
    private boolean noArchive;

    @Option(names = "--no-check", order = 3, description = "Omit bench/gpu-check and its classes.")
    private boolean noCheck;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            throw new BundleException("a bundle can be made on 64-bit x86 Linux only, not on "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        }
        if (System.getProperty("tandem.natives.bundled") != null) {
            throw new BundleException(
                    "a bundle cannot make a bundle: copy this one, or run tandem bundle in a checkout");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Path> classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        progress(err, "making the folder (about 10 seconds)");
        Bundle.make(folder, classPath, check(), text -> progress(err, text));
        SizeTable.of(folder).forEach(out::println);
        out.println();
        out.println("folder   " + folder);
        if (!noArchive) {
            progress(err, "packing the archive (about a minute)");
            Path archive = Archive.pack(folder);
            long bytes = Files.size(archive);
            out.println("archive  " + archive + ", " + ByteCount.text(bytes) + ", limit " + ByteCount.text(LIMIT));
            if (bytes > LIMIT) {
                throw new BundleException("the archive takes " + ByteCount.text(bytes) + ", more than "
                        + ByteCount.text(LIMIT) + "; see the table above");
            }
        }
        out.flush();
        return 0;
    }

    private Optional<CheckFiles> check() {
        if (noCheck) {
            return Optional.empty();
        }
        String checkout = System.getProperty("tandem.root");
        if (checkout == null) {
            throw new BundleException(
                    "the GPU check can be added only in a checkout: run ./tandem there, or omit the check with --no-check");
        }
        return Optional.of(CheckFiles.of(Path.of(checkout)));
    }

    private static void progress(PrintWriter err, String text) {
        err.println(text);
        err.flush();
    }
}
