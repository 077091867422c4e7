package tandem.kernels.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The folder that native libraries are unpacked into. Only this user can enter it, as what lies there is executed. It
 * is the system property {@code tandem.natives} if set, else {@code $XDG_CACHE_HOME/tandem/natives}, else
 * {@code ~/.cache/tandem/natives}; where that cannot be written, a new folder with a random name in the temporary
 * folder, which is deleted when the JVM ends.
 */
public final class NativeFolder {

    private static final String PROPERTY = "tandem.natives";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Path PROCESS = Path.of("/proc/self");
    private static Path temporary;

    private NativeFolder() {}

    /**
     * The folder, made if it is not there.
     *
     * @throws IOException when it belongs to another user, or the chosen one cannot be made
     */
    public static synchronized Path get() throws IOException {
        String chosen = System.getProperty(PROPERTY);
        if (chosen != null) {
            return secured(Path.of(chosen));
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path usual = (cache != null && Path.of(cache).isAbsolute()
                        ? Path.of(cache)
                        : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve(Path.of("tandem", "natives"));
        if (temporary == null) {
            try {
                return secured(usual);
            } catch (IOException e) {
                temporary = Files.createTempDirectory("tandem-natives");
                LoggerFactory.getLogger(NativeFolder.class)
                        .info("{} cannot be used ({}); native libraries are unpacked into {}", usual, e, temporary);
                Path made = temporary;
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            }
        }
        return temporary;
    }

    /** Makes a folder that only its owner, who must be this user, can enter. */
    public static Path secured(Path chosen) throws IOException {
        Path folder = chosen.toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            return folder;
        }
        if (!isOwn(folder)) {
            throw new IOException(folder + " belongs to "
                    + Files.getOwner(folder).getName() + "; give another folder with -D" + PROPERTY);
        }
        if (!Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
        return folder;
    }

    /** Writes a file in such a folder; other processes see it complete or not at all. */
    public static void write(Path file, byte[] content) throws IOException {
        Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
        try {
            Files.write(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isOwn(Path folder) throws IOException {
        // On Linux this user owns the process's folder; elsewhere what this user makes. A name of its own for that
        // takes random numbers, whose classes take time.
        if (Files.isWritable(folder) && Files.isDirectory(PROCESS)) {
            return Files.getOwner(PROCESS).equals(Files.getOwner(folder));
        }
        Path own = Files.createTempFile(folder, "owner", ".part");
        try {
            return Files.getOwner(own).equals(Files.getOwner(folder));
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LoggerFactory.getLogger(NativeFolder.class).debug("{} cannot be deleted", folder, e);
        }
    }
}
