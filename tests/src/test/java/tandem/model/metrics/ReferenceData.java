package tandem.model.metrics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where detections with published figures lie, beside the checkout; a test that needs them is skipped where they are
 * absent.
 */
public final class ReferenceData {

    private ReferenceData() {}

    /** A folder or file of the evaluation reference. */
    public static Path find(String name) {
        List<Path> places = Stream.of("../shared/data", "../../shared/data", "../../../shared/data")
                .map(place -> Path.of(place, "eval-reference", name))
                .toList();
        Path found = places.stream().filter(Files::exists).findFirst().orElse(null);
        assumeTrue(found != null, () -> "skipped: reference detections are in none of " + places);
        return found;
    }

    /** The files of a folder by name, ascending. */
    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of each line that has any. */
    static List<String[]> words(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(String::trim)
                    .filter(line -> !line.isEmpty())
                    .map(line -> line.split("\\s+"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
