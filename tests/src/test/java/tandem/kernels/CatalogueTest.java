package tandem.kernels;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.kernels.assembler.Assembler;
import tandem.kernels.assembler.Assembly;
import tandem.kernels.assembler.Usage;
import tandem.kernels.ptx.BlockLimit;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/**
 * What must hold for every kernel that ships: it assembles everywhere within its budget, and its PTX is that of its
 * source.
 */
class CatalogueTest {

    private static final Pattern SOURCE = Pattern.compile("// source (\\S+) sha256 ([0-9a-f]{64})");
    private static final Pattern INCLUDE = Pattern.compile("^#include \"([^\"]+)\"", Pattern.MULTILINE);
    /** The bound, the name of the entry, and what a macro appends to it. */
    private static final Pattern BOUNDS =
            Pattern.compile("__launch_bounds__\\((\\w+)(?:, \\d+)?\\)[\\s\\\\]+(\\w+)((?:##\\w+)*)\\(");

    private static final Pattern COMPILER = Pattern.compile("with nvcc (\\S+),");

    static Stream<String> modules() {
        return Catalogue.entries().stream().map(KernelEntry::module).distinct();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void assemblesForEveryArchitectureWithinBudget(String module) {
        String text = ShippedPtx.text(module);
        for (String architecture : Assembler.ARCHITECTURES) {
            Assembly assembly = Assembler.assemble(module + ".ptx", text, architecture);
            Set<String> listed = new TreeSet<>();
            for (KernelEntry kernel : Catalogue.entries()) {
                if (kernel.module().equals(module)) {
                    listed.add(kernel.entry());
                    Usage usage = assembly.entry(kernel.entry());
                    assertAll(
                            kernel.entry() + " on " + architecture,
                            () -> assertTrue(
                                    usage.registers() <= kernel.registers(),
                                    usage + " exceeds " + kernel.registers() + " registers"),
                            () -> assertTrue(
                                    usage.registers() * roundUp(kernel.threads(), 32) <= 65_536,
                                    "a block does not fit"),
                            () -> assertEquals(0, usage.spillStoreBytes() + usage.spillLoadBytes(), "spills: " + usage),
                            () -> assertEquals(0, usage.stackBytes(), "local memory: " + usage),
                            () -> assertTrue(usage.sharedBytes() <= 48 * 1024, "shared memory: " + usage));
                }
            }
            assertEquals(
                    listed,
                    new TreeSet<>(assembly.entries().stream().map(Usage::entry).toList()),
                    "entries the catalogue lacks");
            assertEquals(List.of(), assembly.warnings());
        }
    }

    /** Threads of a block where they are not 256. */
    private static final Map<String, Integer> OTHER_BLOCKS = Map.of(
            "augment_boxes", 32,
            "imitation_images", 32,
            "scalar_weighted_sum", 32,
            "augment_images", 128,
            "mutual_guide_select", 128,
            "detection_select", 512,
            "detection_sort", 512);

    /** The block size is in the PTX alone, from the __launch_bounds__ of the source. */
    @Test
    void everyKernelCarriesItsBlockSize() throws IOException {
        Set<String> names = new HashSet<>();
        for (KernelEntry kernel : Catalogue.entries()) {
            int threads = OTHER_BLOCKS.getOrDefault(kernel.entry(), 256);
            assertEquals(threads, kernel.threads(), kernel.entry());
            assertEquals(
                    Optional.of(new BlockLimit(false, threads, 1, 1)),
                    kernel.declaration().blockLimit(),
                    kernel.entry());
            assertEquals(threads, launchBounds(kernel), kernel.module() + ".cu, " + kernel.entry());
            names.add(kernel.entry());
        }
        assertTrue(names.containsAll(OTHER_BLOCKS.keySet()), "kernels of the table that are gone");
    }

    /** The number in the source: that of the entry, or of the macro that makes entries with the longest equal start. */
    private static int launchBounds(KernelEntry kernel) throws IOException {
        String source = Files.readString(sources().resolve(kernel.module() + ".cu"));
        String found = "";
        String bound = null;
        Matcher entry = BOUNDS.matcher(source);
        while (entry.find()) {
            String name = entry.group(2);
            boolean fits = entry.group(3).isEmpty()
                    ? kernel.entry().equals(name)
                    : kernel.entry().startsWith(name);
            if (fits && name.length() > found.length()) {
                found = name;
                bound = entry.group(1);
            }
        }
        assertNotNull(bound, "no __launch_bounds__ for " + kernel.entry());
        if (Character.isDigit(bound.charAt(0))) {
            return Integer.parseInt(bound);
        }
        StringBuilder all = new StringBuilder();
        for (String file : closure(kernel.module() + ".cu")) {
            all.append(Files.readString(sources().resolve(file)));
        }
        Matcher constant = Pattern.compile("^#define " + bound + " (\\d+)$", Pattern.MULTILINE)
                .matcher(all);
        assertTrue(constant.find(), "no #define " + bound + " for " + kernel.entry());
        int threads = Integer.parseInt(constant.group(1));
        assertFalse(constant.find(), "two #define " + bound + " for " + kernel.entry());
        return threads;
    }

    /** The source and all headers of this project that it includes. */
    private static Set<String> closure(String source) throws IOException {
        Set<String> files = new LinkedHashSet<>();
        List<String> queue = new ArrayList<>(List.of(source));
        while (!queue.isEmpty()) {
            String file = queue.remove(0);
            if (files.add(file)) {
                Matcher include = INCLUDE.matcher(Files.readString(sources().resolve(file)));
                while (include.find()) {
                    queue.add(include.group(1));
                }
            }
        }
        return files;
    }

    @Test
    void aMissingModuleNamesTheScriptThatMakesIt() {
        assertEquals(
                "this build has no tandem/kernels/nothing.ptx; run kernels/build.sh nothing and build again",
                assertThrows(IllegalArgumentException.class, () -> ShippedPtx.text("nothing"))
                        .getMessage());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void ptxWasMadeFromItsSource(String module) throws Exception {
        Set<String> recorded = new HashSet<>();
        Matcher source = SOURCE.matcher(ShippedPtx.text(module));
        while (source.find()) {
            byte[] bytes = Files.readAllBytes(sources().resolve(source.group(1)));
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            assertEquals(hash, source.group(2), source.group(1) + " has changed: run kernels/build.sh " + module);
            recorded.add(source.group(1));
        }
        assertEquals(closure(module + ".cu"), recorded, "sources named in the header of " + module + ".ptx");
    }

    @Test
    void everySourceAndEveryPtxIsInTheCatalogue() throws IOException {
        Set<String> known = new TreeSet<>(modules().toList());
        assertEquals(known, names(sources(), ".cu"));
        assertEquals(known, names(kernelsFolder().resolve("src/main/resources/tandem/kernels"), ".ptx"));
    }

    @Test
    void ptxHoldsNoPathAndNoComment() {
        modules()
                .forEach(module -> ShippedPtx.text(module)
                        .lines()
                        .skip(1)
                        .filter(line -> !line.startsWith("// source "))
                        .forEach(line -> assertTrue(
                                !line.contains("//") && !line.contains(".file") && !line.contains(".loc"),
                                module + ".ptx: " + line)));
    }

    @Test
    void rebuildingGivesTheSameBytes(@TempDir Path output) throws Exception {
        String made = null;
        for (String module : modules().toList()) {
            Matcher compiler = COMPILER.matcher(ShippedPtx.text(module));
            assertTrue(compiler.find(), module + ".ptx does not name its compiler");
            assertTrue(
                    made == null || made.equals(compiler.group(1)),
                    "two compilers made the PTX: " + made + " and " + compiler.group(1));
            made = compiler.group(1);
        }
        assumeTrue(run(output, "nvcc", "--version").contains(", V" + made), "nvcc " + made + " is not installed");
        run(output, "bash", kernelsFolder().resolve("build.sh").toString(), "--output", output.toString());
        for (String module : modules().toList()) {
            assertEquals(ShippedPtx.text(module), Files.readString(output.resolve(module + ".ptx")), module);
        }
    }

    @Test
    void unknownNameListsWhatThereIs() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Catalogue.find("leaky_relu"));
        assertTrue(
                e.getMessage().contains("'leaky_relu'") && e.getMessage().contains("leaky_relu_forward"),
                e.getMessage());
    }

    private static String run(Path output, String... command) throws Exception {
        Path log = output.resolve("log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "build.sh hangs");
            String printed = Files.readString(log);
            assertEquals(0, process.exitValue(), printed);
            return printed;
        } catch (IOException e) {
            return "not found: " + e.getMessage();
        }
    }

    private static Set<String> names(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .forEach(name -> names.add(name.substring(0, name.length() - suffix.length())));
            return names;
        }
    }

    private static Path sources() {
        return kernelsFolder().resolve("src/main/cuda");
    }

    /** Tests run in the folder of their module, or in the one above it. */
    private static Path kernelsFolder() {
        Path beside = Path.of("..", "kernels");
        return (Files.isDirectory(beside) ? beside : Path.of("kernels"))
                .toAbsolutePath()
                .normalize();
    }

    private static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /** A program reads only the entries that it uses. */
    @Test
    void anEntryAloneIsParsedAsInItsFile() {
        for (KernelEntry kernel : Catalogue.entries()) {
            PtxModule alone = ShippedPtx.module(kernel.module(), kernel.entry());
            assertEquals(1, alone.entries().size(), kernel.entry());
            assertEquals(
                    ShippedPtx.module(kernel.module()).entry(kernel.entry()).toString(),
                    alone.entry(kernel.entry()).toString());
        }
    }

    /** What a launch needs is the same without the rest of the file. */
    @Test
    void aDeclarationIsThatOfTheWholeEntry() {
        for (KernelEntry kernel : Catalogue.entries()) {
            PtxEntry whole = ShippedPtx.module(kernel.module()).entry(kernel.entry());
            PtxEntry declared = kernel.declaration();
            assertEquals(whole.name(), declared.name());
            assertEquals(whole.file(), declared.file());
            assertEquals(whole.blockLimit(), declared.blockLimit(), kernel.entry());
            assertEquals(whole.parameters(), declared.parameters(), kernel.entry());
            assertEquals(whole.sharedBytes(), declared.sharedBytes(), kernel.entry());
            assertEquals(whole.layout("shared"), declared.layout("shared"), kernel.entry());
            assertEquals(whole.hasDynamicShared(), declared.hasDynamicShared(), kernel.entry());
            assertFalse(isCooperative(whole), kernel.entry() + ": stored code is not for cooperative kernels");
        }
        assertThrows(PtxException.class, () -> new KernelEntry("elementwise", "none", 0, "").declaration());
    }

    private static boolean isCooperative(PtxEntry entry) {
        return entry.body().toString().contains("%envreg");
    }
}
