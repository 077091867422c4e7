package tandem.kernels.natives;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/**
 * Lets JavaCPP unpack its libraries, oneDNN's among them, into the {@link NativeFolder}, and removes what is there but
 * differs from the jars, which JavaCPP recognizes by size and date alone. Every first use of JavaCPP's {@code Loader}
 * must come after {@link #prepare}.
 *
 * <p>Size and CRC-32 of each file are compared with those in the directory of its jar. This finds a file that was cut
 * short or damaged, and does not decompress the 90 MB of oneDNN at each start, nor read them (see {@link StoredSums});
 * against a file that somebody made on purpose, only the permissions of the folder protect, as they do for the jars. In
 * a bundle nothing is unpacked or compared.
 */
public final class JavaCppNatives {

    /** JavaCPP's property for the folder; if the user sets it, that folder is used and checked. */
    private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    /**
     * JavaCPP's limits for native memory: by default allocations fail when the process has four times the maximum heap,
     * although little of it is JavaCPP's. A large network and a small heap are no error, so there is no limit.
     */
    private static final List<String> LIMITS =
            List.of("org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes");

    private static final long MIN_AGE_MILLISECONDS = 10_000;

    private static boolean prepared;

    private JavaCppNatives() {}

    /**
     * Chooses and checks the folder; only the first call does anything.
     *
     * @throws IllegalStateException when there is no folder that only this user can write
     */
    public static synchronized void prepare() {
        LIMITS.forEach(property -> {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "0");
            }
        });
        if (prepared || System.getProperty("tandem.natives.bundled") != null) {
            return;
        }
        try {
            String chosen = System.getProperty(PROPERTY);
            Path folder =
                    NativeFolder.secured(chosen == null ? NativeFolder.get().resolve("javacpp") : Path.of(chosen));
            check(folder, JavaCppNatives.class.getClassLoader());
            System.setProperty(PROPERTY, folder.toString());
            prepared = true;
        } catch (IOException e) {
            throw new IllegalStateException("native libraries cannot be unpacked: " + e.getMessage(), e);
        }
    }

    /** Deletes the files that are not those of the jars. Below the folder of each jar, paths are those in the jar. */
    static void check(Path folder, ClassLoader loader) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                            && folder.relativize(file).getNameCount() > 1)
                    .toList();
        }
        StoredSums sums = new StoredSums(folder, MIN_AGE_MILLISECONDS);
        for (Path file : files) {
            Path inside = folder.relativize(file);
            Path resource = inside.subpath(1, inside.getNameCount());
            if (!equals(file, loader.getResource(resource.toString().replace('\\', '/')), sums)) {
                Files.deleteIfExists(file);
            }
        }
        try {
            sums.save();
        } catch (IOException unwritable) {
            // The next process reads the files again.
        }
    }

    private static boolean equals(Path file, URL resource, StoredSums sums) throws IOException {
        if (resource == null || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!(resource.openConnection() instanceof JarURLConnection connection)) {
            return false;
        }
        JarEntry entry = connection.getJarEntry();
        if (entry == null || entry.getSize() != Files.size(file)) {
            return false;
        }
        return sums.of(file) == entry.getCrc();
    }
}
