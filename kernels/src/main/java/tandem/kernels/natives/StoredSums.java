package tandem.kernels.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The CRC-32 of files, stored beside them, so that not every process reads 90 MB. A stored sum counts while size, inode
 * and the times of the last change of the content and of the inode are the same; the last of these cannot be set by
 * programs. Where the file system has none of them every file is read.
 */
final class StoredSums {

    private static final String FILE = "sums";
    private static final String ATTRIBUTES = "unix:size,ino,lastModifiedTime,ctime";

    private final Path folder;
    private final long minAgeMilliseconds;
    private final Map<String, String> known = new HashMap<>();
    private final Map<String, String> present = new TreeMap<>();

    /** @param minAgeMilliseconds files that changed later may change again within one tick of the clock */
    StoredSums(Path folder, long minAgeMilliseconds) {
        this.folder = folder;
        this.minAgeMilliseconds = minAgeMilliseconds;
        try {
            for (String line : Files.readAllLines(folder.resolve(FILE))) {
                int end = line.lastIndexOf(' ');
                known.put(line.substring(0, Math.max(0, end)), line.substring(end + 1));
            }
        } catch (IOException | UncheckedIOException absent) {
            known.clear();
        }
    }

    /** The sum of a file below the folder. */
    long of(Path file) throws IOException {
        String state = state(file);
        String stored = known.get(state);
        if (stored != null) {
            try {
                long sum = Long.parseLong(stored, 16);
                present.put(state, stored);
                return sum;
            } catch (NumberFormatException damaged) {
                known.remove(state);
            }
        }
        long sum = Crc32File.of(file);
        if (state != null && state.equals(state(file))) {
            present.put(state, Long.toHexString(sum));
        }
        return sum;
    }

    /** What differs when the file was changed; null when that is unknown, or was now. */
    private String state(Path file) throws IOException {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            FileTime changed = (FileTime) attributes.get("ctime");
            if (System.currentTimeMillis() - changed.toMillis() < minAgeMilliseconds) {
                return null;
            }
            return folder.relativize(file) + " " + attributes.get("size") + " " + attributes.get("ino") + " "
                    + attributes.get("lastModifiedTime") + " " + changed;
        } catch (UnsupportedOperationException | IllegalArgumentException otherFileSystem) {
            return null;
        }
    }

    /** Stores the sums of the files that were asked for. Without a place for them the next process reads the files. */
    void save() throws IOException {
        if (present.equals(known)) {
            return;
        }
        String lines = present.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                .collect(Collectors.joining());
        NativeFolder.write(folder.resolve(FILE), lines.getBytes(StandardCharsets.UTF_8));
    }
}
