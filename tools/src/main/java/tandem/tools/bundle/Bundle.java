package tandem.tools.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tandem.tools.BuildVersion;
import tandem.tools.FolderTree;
import tandem.tools.InputException;
import tandem.tools.Subprocess;
import tandem.tools.cublas.ForwardingLibrary;

/**
 * Lays out a bundle:
 *
 * <pre>
 * tandem        the launcher
 * README.txt    instructions
 * THIRD-PARTY.txt, licenses/: the licenses of all libraries
 * SHA256SUMS    checksums of all other files
 * runtime/      the Java runtime; runtime/lib/system: system libraries that the JDK of the build machine needs
 * app/          jars
 * natives/      native libraries, as files
 * check/        gpu-check and its classes, if the bundle is made from a checkout
 * </pre>
 */
final class Bundle {

    private static final String LAUNCHER = "tandem";
    private static final String SUMS = "SHA256SUMS";
    /** Texts of licenses that THIRD-PARTY.txt refers to. */
    static final List<String> LICENSES =
            List.of("Apache-2.0.txt", "GPL-3.0.txt", "GCC-Runtime-Library-Exception-3.1.txt");

    private static final int BUFFER = 1 << 16;

    private Bundle() {}

    /**
     * Makes the bundle. An existing bundle is replaced after the new one is complete.
     *
     * @param folder the folder to write
     * @param classPath jars and class folders of the program
     * @param check the GPU check; empty to omit it
     * @param notice receives a line for each optional part that could not be made
     */
    static void make(Path folder, List<Path> classPath, Optional<CheckFiles> check, Consumer<String> notice)
            throws IOException {
        if (Files.exists(folder) && !isBundle(folder) && !isEmpty(folder)) {
            throw new InputException(
                    "--output " + folder + " exists and is neither empty nor a bundle; choose another folder");
        }
        Path absolute = folder.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        Path partial = absolute.resolveSibling("." + absolute.getFileName() + ".partial");
        FolderTree.delete(partial);
        try {
            fill(partial, classPath, check, notice);
            FolderTree.delete(absolute);
            Files.move(partial, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FolderTree.delete(partial);
        }
    }

    private static void fill(Path folder, List<Path> classPath, Optional<CheckFiles> check, Consumer<String> notice)
            throws IOException {
        Files.createDirectories(folder);
        Path runtime = folder.resolve("runtime");
        RuntimeImage.make(runtime);
        List<Path> system = SystemLibraries.copy(runtime, runtime.resolve("lib").resolve("system"));
        SystemLicenses.copy(system, runtime.resolve("legal").resolve("system"), notice);
        List<String> jars = ClassPath.repack(classPath, "tandem.jar", folder.resolve("app"), folder.resolve("natives"));
        List<String> path =
                new ArrayList<>(jars.stream().map(jar -> "app/" + jar).toList());
        List<String> natives = files(folder.resolve("natives")).stream()
                .map(file -> folder.relativize(file.getParent()).toString())
                .distinct()
                .toList();
        Launcher.write(folder.resolve(LAUNCHER), "", natives, path, "tandem.tools.cli.Tandem");
        if (check.isPresent()) {
            check.get().copy(folder.resolve("check"), natives, path);
        }
        try {
            ForwardingLibrary.build(folder.resolve("natives").resolve("cuda13").resolve("libcublas.so.12"));
        } catch (Subprocess.Failure e) {
            notice.accept("the bundle has no forwarding library for cuBLAS 13: " + e.getMessage());
        }
        writeNativeSizes(folder.resolve("natives"));
        Files.writeString(
                folder.resolve("README.txt"),
                Launcher.resource("bundle.txt")
                        .replace("@VERSION@", BuildVersion.text())
                        .replace(
                                "@JAVA@",
                                System.getProperty("java.version") + ", " + System.getProperty("java.vendor")));
        Files.writeString(folder.resolve("THIRD-PARTY.txt"), Launcher.resource("third-party.txt"));
        Files.createDirectory(folder.resolve("licenses"));
        for (String name : LICENSES) {
            Files.writeString(folder.resolve("licenses").resolve(name), Launcher.resource("licenses/" + name));
        }
        writeSums(folder);
    }

    /** With these sizes the loader rejects a truncated library: loading one can crash the JVM. */
    private static void writeNativeSizes(Path natives) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(natives)) {
            text.append(Files.size(file))
                    .append(' ')
                    .append(natives.relativize(file))
                    .append('\n');
        }
        Files.writeString(natives.resolve("SIZES"), text);
    }

    private static void writeSums(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(folder)) {
            if (!Files.isSymbolicLink(file)) {
                text.append(sha256(file))
                        .append("  ")
                        .append(folder.relativize(file))
                        .append('\n');
            }
        }
        Files.writeString(folder.resolve(SUMS), text);
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
                while (stream.read(buffer) >= 0) {
                    continue;
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All files below a folder, sorted by name. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> !Files.isDirectory(file)).sorted().toList();
        }
    }

    private static boolean isBundle(Path folder) {
        return Files.isRegularFile(folder.resolve(SUMS))
                && Files.isDirectory(folder.resolve("runtime"))
                && Files.isRegularFile(folder.resolve(LAUNCHER));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
