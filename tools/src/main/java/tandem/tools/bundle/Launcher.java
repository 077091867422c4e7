package tandem.tools.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/** The shell scripts of a bundle that start Java. */
final class Launcher {

    private Launcher() {}

    /**
     * Writes a script.
     *
     * @param file the script
     * @param up path from the folder of the script to that of the bundle, such as {@code /..}; empty when they are the
     *     same
     * @param natives folders of native libraries relative to that of the bundle: no part of the class path, as the JVM
     *     makes archives only of classes from jars
     * @param classPath jars relative to the folder of the bundle, in order
     * @param main the main class; empty when the first argument names it, and then no archive of classes is made
     */
    static void write(Path file, String up, List<String> natives, List<String> classPath, String main)
            throws IOException {
        String flags = Runtime.version().feature() < 24
                ? ""
                : " -Xlog:aot*=off --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";
        Files.writeString(
                file,
                resource("launcher.sh")
                        .replace("@UP@", up)
                        .replace("@CLASSPATH@", path(classPath))
                        .replace("@LIBRARIES@", path(natives))
                        .replace("@CACHE@", main.isEmpty() ? "" : "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}")
                        .replace("@FLAGS@", flags)
                        .replace(" @MAIN@", main.isEmpty() ? "" : " " + main));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String path(List<String> relative) {
        return relative.stream().map(one -> "$root/" + one).collect(Collectors.joining(":"));
    }

    /** The text of a resource of this package. */
    static String resource(String name) throws IOException {
        try (InputStream stream = Launcher.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
