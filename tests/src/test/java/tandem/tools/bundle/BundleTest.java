package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;
import tandem.tools.InputException;

/** A whole bundle of this build, made once and started as its user would. */
class BundleTest {

    @TempDir
    static Path folder;

    private static Path bundle;
    private static final List<String> notices = new ArrayList<>();

    @BeforeAll
    static void make() throws IOException {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "bundles are for 64-bit x86 Linux");
        assumeTrue(ToolProvider.findFirst("jlink").isPresent(), "this Java has no jlink");
        List<Path> classPath = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .filter(entry ->
                        !entry.matches(".*(/(tests|bench)/target/|junit|opentest4j|apiguardian|jmh|jopt|surefire).*"))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        bundle = folder.resolve("a line/the bundle");
        Bundle.make(bundle, classPath, Optional.empty(), notices::add);
        Files.createSymbolicLink(folder.resolve("tandem link"), bundle.resolve("tandem"));
        Files.createDirectory(folder.resolve("home"));
    }

    /** Starts it with an empty environment, from another folder. */
    private static CommandRun start(Path program, String... arguments) throws Exception {
        return start(Map.of(), program, arguments);
    }

    private static CommandRun start(Map<String, String> variables, Path program, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = program.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", "/usr/bin:/bin", "HOME", folder.resolve("home").toString()));
        builder.environment().putAll(variables);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("it hangs: " + Files.readString(err));
        }
        return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void doctorWorksThroughALinkAndLeavesNothingBehind() throws Exception {
        CommandRun run = start(folder.resolve("tandem link"), "doctor");
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        assertTrue(run.out().contains(bundle.resolve("runtime").toString()), run.out());
        assertTrue(run.out().contains("PTX assembler works"), run.out());
        assertTrue(run.out().matches("(?s).*\\n  cpu +ready\\n.*"), run.out());
        assertEquals(List.of(), Bundle.files(folder.resolve("home")));
    }

    /** The shell makes the file, because the names that the JVM of this test can write depend on its locale. */
    @Test
    void fileNamesBeyondAsciiAreReadWithoutALocale() throws Exception {
        Path images = Files.createDirectories(folder.resolve("images"));
        Files.write(images.resolve("a.png"), new byte[1]);
        assertEquals(
                0,
                new ProcessBuilder("sh", "-c", ": >\"$0/$(printf 'pr\\303\\274f.txt')\"", images.toString())
                        .start()
                        .waitFor());
        for (Map<String, String> locale :
                List.of(Map.of("TANDEM_ARCHIVE", "off"), Map.of("TANDEM_ARCHIVE", "off", "LC_ALL", "C"))) {
            CommandRun run = start(
                    locale,
                    bundle.resolve("tandem"),
                    "predict",
                    "--weights",
                    "none.safetensors",
                    "--output",
                    folder.resolve("found").toString(),
                    images.toString());
            assertTrue(run.err().contains("(pr\u00fcf.txt)"), run.err());
        }
    }

    /** The second start uses the archive; an incomplete one, which would crash the JVM, is made again. */
    @Test
    void classesOfACommandForImagesAreArchived() throws Exception {
        Map<String, String> cache =
                Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Path archives = folder.resolve("cache/tandem/classes");
        String help = CommandRun.of("predict", "--help").out();
        for (int run = 0; run < 4; run++) {
            CommandRun found = start(cache, bundle.resolve("tandem"), "predict", "--help");
            assertEquals(new CommandRun(0, help, ""), found);
            List<Path> files = Bundle.files(archives);
            List<Path> archive = files.stream()
                    .filter(file -> file.toString().endsWith(".jsa"))
                    .toList();
            assertEquals(1, archive.size(), files.toString());
            assertEquals(
                    run == 1 || run == 3,
                    files.stream().anyMatch(file -> file.toString().endsWith(".checked")),
                    run + " " + files);
            if (run == 1) {
                byte[] whole = Files.readAllBytes(archive.get(0));
                Files.delete(archive.get(0));
                Files.write(archive.get(0), Arrays.copyOf(whole, 100_000));
            }
        }
        CommandRun without = start(Map.of("TANDEM_ARCHIVE", "off"), bundle.resolve("tandem"), "predict", "--help");
        assertEquals(new CommandRun(0, help, ""), without);
    }

    @Test
    void everyCommandIsThere() throws Exception {
        CommandRun run = start(bundle.resolve("tandem"), "--help");
        assertEquals(0, run.code(), run.err());
        assertEquals(CommandRun.of("--help").out(), run.out());
    }

    @Test
    void bundleOfABundleIsRefused() throws Exception {
        CommandRun run = start(
                bundle.resolve("tandem"),
                "bundle",
                "--output",
                folder.resolve("another").toString());
        assertEquals(1, run.code());
        assertTrue(run.err().contains("a bundle cannot make a bundle"), run.err());
    }

    @Test
    void sumsAndSizesAreThoseOfTheFiles() throws Exception {
        Process process = new ProcessBuilder("sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS")
                .directory(bundle.toFile())
                .redirectErrorStream(true)
                .start();
        assertEquals("", new String(process.getInputStream().readAllBytes()));
        assertEquals(0, process.waitFor());
        for (String line : Files.readAllLines(bundle.resolve("natives/SIZES"))) {
            String[] parts = line.split(" ", 2);
            assertEquals(
                    Long.parseLong(parts[0]),
                    Files.size(bundle.resolve("natives").resolve(parts[1])),
                    line);
        }
    }

    @Test
    void carriesNothingOfOtherPlatforms() throws Exception {
        List<String> jars = Files.readAllLines(bundle.resolve("SHA256SUMS")).stream()
                .map(line -> line.substring(66))
                .filter(name -> name.endsWith(".jar"))
                .toList();
        assertTrue(jars.contains("app/tandem.jar"), jars.toString());
        for (String jar : jars) {
            try (java.util.zip.ZipFile zip =
                    new java.util.zip.ZipFile(bundle.resolve(jar).toFile())) {
                assertFalse(
                        zip.stream().anyMatch(entry -> entry.getName().matches(".*\\.(so|dll|jnilib|a|dylib)")), jar);
            }
        }
    }

    @Test
    void libraryThatWasCutShortIsRefused() throws Exception {
        Path library;
        try (var files = Files.list(bundle.resolve("natives"))) {
            library = files.filter(file -> file.getFileName().toString().startsWith("libJNvPTXCompiler"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(library);
        try {
            Files.write(library, Arrays.copyOf(whole, whole.length / 2), StandardOpenOption.TRUNCATE_EXISTING);
            CommandRun run = start(bundle.resolve("tandem"), "doctor");
            assertEquals(1, run.code(), run.err());
            assertTrue(
                    run.out().contains("does not have " + whole.length + " bytes; copy the bundle again"), run.out());
        } finally {
            Files.write(library, whole);
        }
    }

    @Test
    void everySystemLibraryHasALicense() throws Exception {
        assertEquals(
                List.of(),
                notices.stream().filter(line -> line.contains("license")).toList());
        Path libraries = bundle.resolve("runtime/lib/system");
        Path licenses = bundle.resolve("runtime/legal/system");
        assertEquals(Files.isDirectory(libraries), Files.isDirectory(licenses));
    }

    @Test
    void folderOfSomethingElseIsNotReplaced() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("thesis.txt"), "years of work");
        assertThrows(InputException.class, () -> Bundle.make(other, List.of(), Optional.empty(), notice -> {}));
        assertEquals("years of work", Files.readString(other.resolve("thesis.txt")));
    }

    @Test
    void sizesAddUp() throws Exception {
        List<String> lines = SizeTable.of(bundle);
        long bytes = 0;
        List<Path> files = Bundle.files(bundle);
        for (Path file : files) {
            bytes += Files.size(file);
        }
        assertTrue(
                lines.get(lines.size() - 1)
                        .matches("total +" + files.size() + " +" + tandem.tools.ByteCount.text(bytes)),
                lines.toString());
    }
}
