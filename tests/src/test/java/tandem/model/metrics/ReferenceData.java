package tandem.model.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tandem.SharedData;

/** Detections whose metrics are published; a test that needs them is skipped if they are absent. */
public final class ReferenceData {

    private ReferenceData() {}

    /** A folder or file of the reference detections. */
    public static Path find(String name) {
        return SharedData.find("eval-reference/" + name);
    }

    /** The files of a folder by name, ascending. */
    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of each non-empty line. */
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
