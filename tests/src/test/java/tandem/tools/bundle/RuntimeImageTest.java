package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageTest {

    @TempDir
    Path folder;

    /** A jlink that fails as the real one does: with a message and a status. */
    private record FailingTool(String message) implements ToolProvider {
        @Override
        public String name() {
            return "jlink";
        }

        @Override
        public int run(PrintWriter out, PrintWriter err, String... arguments) {
            err.println(message);
            return 1;
        }
    }

    private String failure(Optional<ToolProvider> jlink, Path home) {
        return assertThrows(BundleException.class, () -> RuntimeImage.link(jlink, home, folder.resolve("runtime")))
                .getMessage();
    }

    @Test
    void javaWithoutJlink() {
        String message = failure(Optional.empty(), Path.of("/usr/lib/jre"));
        assertTrue(message.contains("/usr/lib/jre has no jlink") && message.contains("JAVA_HOME"), message);
    }

    @Test
    void javaWithoutModules() {
        assumeTrue(Runtime.version().feature() < 24, "from JDK 24 on jlink needs no folder jmods");
        String message = failure(Optional.of(new FailingTool("not reached")), folder);
        assertTrue(message.contains("no folder jmods") && message.contains("apt install"), message);
    }

    @Test
    void failureOfJlinkIsPassedOn() throws Exception {
        Files.createDirectory(folder.resolve("jmods"));
        String message =
                failure(Optional.of(new FailingTool("Error: no space left\n  at java.base/Somewhere")), folder);
        assertTrue(message.endsWith("failed: Error: no space left"), message);
    }

    @Test
    void hasEveryModuleThatOurClassesUse() {
        List<String> classes = new ArrayList<>();
        List<String> libraries = new ArrayList<>();
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator)) {
            if (entry.matches(".*/(kernels|engine|model|tools)/target/classes/?")) {
                classes.add(entry);
            } else if (entry.endsWith(".jar") && !entry.contains("jackson-databind")) {
                // jdeps fails on Jackson's; it uses no module that is not in the list.
                libraries.add(entry);
            }
        }
        assertEquals(4, classes.size(), classes.toString());
        List<String> arguments = new ArrayList<>(List.of(
                "--multi-release",
                "base",
                "--print-module-deps",
                "--ignore-missing-deps",
                "-cp",
                String.join(File.pathSeparator, libraries)));
        arguments.addAll(classes);
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        int code = ToolProvider.findFirst("jdeps").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
        assertEquals(0, code, text.toString());
        List<String> used =
                new ArrayList<>(Arrays.asList(text.toString().strip().split(",")));
        assertTrue(used.contains("java.desktop"), used.toString());
        used.removeAll(RuntimeImage.MODULES);
        assertEquals(List.of(), used);
    }

    @Test
    void librariesOfTheSystemAreFoundInWhatLddPrints() {
        String listing = String.join(
                "\n",
                "/jdk/lib/libfontmanager.so:",
                "\tlinux-vdso.so.1 (0x00007ffd)",
                "\tlibharfbuzz.so.0 => /lib/x86_64-linux-gnu/libharfbuzz.so.0 (0x00007f01)",
                "\tlibawt.so => /jdk/lib/libawt.so (0x00007f02)",
                "\tlibjvm.so => not found",
                "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f03)",
                "\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f04)",
                "\t/lib64/ld-linux-x86-64.so.2 (0x00007f05)",
                "/jdk/lib/libzip.so:",
                "\tlibz.so.1 => /lib/a folder/libz.so.1 (0x00007f06)",
                "");
        assertEquals(
                Map.of(
                        "libharfbuzz.so.0",
                        Path.of("/lib/x86_64-linux-gnu/libharfbuzz.so.0"),
                        "libz.so.1",
                        Path.of("/lib/a folder/libz.so.1")),
                SystemLibraries.needed(listing, Set.of("libawt.so", "libjvm.so", "libfontmanager.so", "libzip.so")));
    }

    @Test
    void libraryThatIsMissingHereIsAnError() {
        String message = assertThrows(
                        BundleException.class,
                        () -> SystemLibraries.needed("\tlibjpeg.so.62 => not found\n", Set.of("libjvm.so")))
                .getMessage();
        assertTrue(message.contains("libjpeg.so.62"), message);
        assertFalse(message.contains("libjvm"), message);
    }
}
