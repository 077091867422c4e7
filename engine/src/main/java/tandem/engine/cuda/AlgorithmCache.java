package tandem.engine.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolution algorithms measured earlier, on disk, one line each: a key that names GPU, cuDNN version, limits and
 * sizes, and the choice. A line or file that cannot be read is as good as none. Several processes may share the file:
 * each writes a whole new one and moves it into place.
 *
 * <p>The file is the system property {@code tandem.algorithms} if set, else {@code convolution-algorithms.tsv} in
 * {@code $XDG_CACHE_HOME/tandem} or {@code ~/.cache/tandem}.
 */
final class AlgorithmCache {

    private static final Logger LOG = LoggerFactory.getLogger(AlgorithmCache.class);

    private final Path file;
    private final Map<String, ConvolutionChoice> known = new TreeMap<>();
    private boolean changed;

    AlgorithmCache(Path file) {
        this.file = file;
        read();
    }

    static Path standardFile() {
        String chosen = System.getProperty("tandem.algorithms");
        if (chosen != null) {
            return Path.of(chosen);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path folder = cache != null && Path.of(cache).isAbsolute()
                ? Path.of(cache)
                : Path.of(System.getProperty("user.home"), ".cache");
        return folder.resolve("tandem").resolve("convolution-algorithms.tsv");
    }

    private void read() {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                ConvolutionChoice choice = tab < 0 ? null : ConvolutionChoice.parse(line.substring(tab + 1));
                if (choice != null) {
                    known.putIfAbsent(line.substring(0, tab), choice);
                }
            }
        } catch (IOException e) {
            LOG.debug("cannot read {}: {}", file, e.getMessage());
        }
    }

    ConvolutionChoice get(String key) {
        return known.get(key);
    }

    void put(String key, ConvolutionChoice choice) {
        changed |= !choice.equals(known.put(key, choice));
    }

    /** Writes what is new, with what other processes wrote meanwhile. */
    void save() {
        if (!changed) {
            return;
        }
        changed = false;
        try {
            read();
            Files.createDirectories(file.toAbsolutePath().getParent());
            StringBuilder text = new StringBuilder();
            known.forEach((key, choice) ->
                    text.append(key).append('\t').append(choice.text()).append('\n'));
            Path partial = Files.createTempFile(
                    file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
            try {
                Files.writeString(partial, text);
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            LOG.debug("cannot write {}: {}", file, e.getMessage());
        }
    }
}
