package tandem.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** CUDA C and C sources have the format that {@code .clang-format} describes. */
class SourceFormatTest {

    /** Other versions break lines elsewhere. */
    private static final String VERSION = "version 14.";

    private static final List<String> FOLDERS =
            List.of("kernels/src/main/cuda", "tests/src/test/c", "tests/src/test/resources", "tools/src/main/c");

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve(".clang-format")) ? here : here.getParent();
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(root().resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(cu|cuh|c|h)"))
                        .sorted()
                        .forEach(file -> sources.add(root().relativize(file).toString()));
            }
        }
        return sources;
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(root().toFile())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everySourceHasTheFormat() throws IOException {
        String version;
        try {
            version = run(List.of("clang-format", "--version")).strip();
        } catch (IOException e) {
            version = "no clang-format";
        }
        assumeTrue(version.contains(VERSION), "needs clang-format 14 (apt install clang-format-14), found: " + version);
        List<String> sources = sources();
        assertTrue(sources.size() > 40, sources.toString());
        List<String> command = new ArrayList<>(List.of("clang-format", "--dry-run"));
        command.addAll(sources);
        List<String> complaints = run(command)
                .lines()
                .filter(line -> line.contains("[-Wclang-format-violations]"))
                .map(line -> line.substring(0, line.indexOf(':')))
                .distinct()
                .toList();
        assertEquals(
                List.of(),
                complaints,
                "mend it in the root with: clang-format -i " + String.join(" ", complaints)
                        + (complaints.stream().anyMatch(file -> file.startsWith("kernels/"))
                                ? " && kernels/build.sh"
                                : ""));
    }
}
