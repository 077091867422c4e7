package tandem.tools.bundle;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import tandem.tools.Subprocess;

/** A Java runtime with the modules that Tandem needs, made with {@code jlink}. */
final class RuntimeImage {

    /**
     * Modules that Tandem and its libraries use; a test compares this list with the output of jdeps. Of java.sql (0.1
     * MB) the library that reads TIFF images uses one class, in a method that reading does not call; of java.naming
     * (0.4 MB) the web server uses one, for TLS.
     */
    static final List<String> MODULES = List.of(
            "java.base",
            "java.desktop",
            "java.logging",
            "java.management",
            "java.naming",
            "java.sql",
            "java.xml",
            "jdk.management",
            "jdk.unsupported");
    /** Random generators found by name; newer JDKs have them in java.base. */
    private static final String RANDOM = "jdk.random";

    /** For windows, sound and the splash screen: they need libraries that a machine without a display lacks. */
    private static final List<String> UNUSED =
            List.of("libawt_xawt.so", "libjawt.so", "libjsound.so", "libsplashscreen.so");

    private RuntimeImage() {}

    /**
     * Makes the runtime, with a class data archive for fast start-up.
     *
     * @param folder the folder to write; must not exist
     * @throws BundleException when this JDK cannot make one
     */
    static void make(Path folder) throws IOException {
        link(ToolProvider.findFirst("jlink"), Path.of(System.getProperty("java.home")), folder);
        for (String name : UNUSED) {
            Files.deleteIfExists(folder.resolve("lib").resolve(name));
        }
        Path java = folder.resolve("bin").resolve("java");
        Subprocess.run(
                "making the class data archive of the runtime",
                List.of(java.toString(), "-Xshare:dump", "-Xlog:all=error:stderr"));
    }

    /** Runs jlink. Classes stay uncompressed: they load faster, and the archive of the whole bundle is smaller. */
    static void link(Optional<ToolProvider> jlink, Path home, Path folder) {
        String remedy =
                "; run tandem bundle with a full JDK (Debian, Ubuntu: apt install openjdk-17-jdk-headless, or set JAVA_HOME)";
        if (jlink.isEmpty()) {
            throw new BundleException("the Java in " + home + " has no jlink" + remedy);
        }
        if (Runtime.version().feature() < 24 && !Files.isDirectory(home.resolve("jmods"))) {
            throw new BundleException("the JDK in " + home + " has no folder jmods, which jlink needs" + remedy);
        }
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        int code = jlink.get()
                .run(
                        writer,
                        writer,
                        "--add-modules",
                        modules(),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        folder.toString());
        if (code != 0) {
            throw new BundleException("jlink of the JDK in " + home + " failed: "
                    + text.toString().strip().lines().findFirst().orElse("no message"));
        }
    }

    private static String modules() {
        String all = String.join(",", MODULES);
        return ModuleFinder.ofSystem().find(RANDOM).isPresent() ? all + "," + RANDOM : all;
    }
}
