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
                "Makes a self-contained folder for a machine without a JDK and without a network: a Java runtime, the jars, the "
                        + "native libraries, the GPU check, and a launcher 'tandem' with every command; and an archive of it beside it. For "
                        + "64-bit x86 Linux.",
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  tandem bundle --output out/tandem",
            "  (on the other machine) tar -xJf tandem.tar.xz && tandem/tandem doctor"
        })
public final class BundleCommand implements Callable<Integer> {

    /** The most that the archive may take. */
    private static final long LIMIT = 60L << 20;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 1,
            description = "The folder to make; an earlier bundle there is replaced. The archive is DIR.tar.xz.")
    private Path folder;

    @Option(names = "--no-archive", order = 2, description = "Make only the folder.")
    private boolean noArchive;

    @Option(names = "--no-check", order = 3, description = "Leave out bench/gpu-check and what it runs.")
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
            throw new BundleException("this is a bundle; copy it, or run tandem bundle in a checkout");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Path> classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        say(err, "making the folder (about 10 seconds)");
        Bundle.make(folder, classPath, check(), text -> say(err, text));
        SizeTable.of(folder).forEach(out::println);
        out.println();
        out.println("folder   " + folder);
        if (!noArchive) {
            say(err, "packing it (about a minute)");
            Path archive = Archive.pack(folder);
            long bytes = Files.size(archive);
            out.println("archive  " + archive + ", " + ByteCount.text(bytes) + " of at most " + ByteCount.text(LIMIT));
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
                    "the GPU check goes into a bundle from a checkout only; start ./tandem there, or leave it out with --no-check");
        }
        return Optional.of(CheckFiles.of(Path.of(checkout)));
    }

    private static void say(PrintWriter err, String text) {
        err.println(text);
        err.flush();
    }
}
