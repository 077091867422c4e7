package tandem.engine.dnn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolution algorithms measured earlier, on disk, one line each: a key that names GPU or processor, the version of
 * the library, limits and sizes, and the choice. A line or file that cannot be read is as good as none. Several
 * processes may share the file: each writes a whole new one and moves it into place.
 *
 * <p>The file is the system property {@code tandem.algorithms} if set, else {@code convolution-algorithms.tsv} in
 * {@code $XDG_CACHE_HOME/tandem} or {@code ~/.cache/tandem}.
 */
public final class AlgorithmCache {

    private static final Logger LOG = LoggerFactory.getLogger(AlgorithmCache.class);

    private final Path file;
    private final Map<String, String> known = new TreeMap<>();
    private boolean changed;

    /** Reads {@code file}, if it is there. */
    public AlgorithmCache(Path file) {
        this.file = file;
        read();
    }

    /** The file of this user. */
    public static Path standardFile() {
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
            int damaged = 0;
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                if (tab > 0) {
                    known.putIfAbsent(line.substring(0, tab), line.substring(tab + 1));
                } else {
                    damaged++;
                }
            }
            if (damaged > 0) {
                LOG.warn("{}: {} damaged lines are ignored; what is missing is measured again", file, damaged);
            }
        } catch (IOException e) {
            LOG.warn("cannot read {} ({}): convolution algorithms are measured again", file, e.toString());
        }
    }

    /** Where the choices lie. */
    public Path file() {
        return file;
    }

    /** All choices by key. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(known);
    }

    /** The choice of a key, or null. */
    public String get(String key) {
        return known.get(key);
    }

    /** Remembers a choice; neither text contains a line break, nor the key a tab. */
    public void put(String key, String choice) {
        changed |= !choice.equals(known.put(key, choice));
    }

    /** Writes what is new, with what other processes wrote meanwhile. Warns once if the file cannot be written. */
    public void save() {
        if (!changed) {
            return;
        }
        changed = false;
        try {
            read();
            Files.createDirectories(file.toAbsolutePath().getParent());
            StringBuilder text = new StringBuilder();
            known.forEach((key, choice) ->
                    text.append(key).append('\t').append(choice).append('\n'));
            Path partial = Files.createTempFile(
                    file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
            try {
                Files.writeString(partial, text);
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            LOG.warn(
                    "cannot write {} ({}): convolution algorithms are measured again in the next run, which may choose others",
                    file,
                    e.toString());
        }
    }
}
