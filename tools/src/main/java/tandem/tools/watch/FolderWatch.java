package tandem.tools.watch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tandem.model.data.ImageEndings;

/**
 * Finds new and changed images in a folder by listing it again and again, which also works for folders of other
 * machines. A file that is still being written changes from one listing to the next; it is ready when two listings in
 * succession show the same size and time.
 */
public final class FolderWatch {

    /**
     * The size and time of a file.
     *
     * @param bytes its size
     * @param modified time of its last change, in milliseconds since 1970
     */
    public record Version(long bytes, long modified) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.size(), attributes.lastModifiedTime().toMillis());
        }
    }

    /**
     * An image that is ready.
     *
     * @param file its path
     * @param version when it was listed
     */
    public record Ready(Path file, Version version) {}

    /** The folder cannot be listed now. */
    static final class NotListed extends IOException {
        private static final long serialVersionUID = 1;

        NotListed(IOException cause) {
            super(cause.toString(), cause);
        }
    }

    private final Path folder;
    private final Function<Path, Optional<Version>> done;
    private final Map<Path, Version> reported = new HashMap<>();
    private Map<Path, Version> before = Map.of();

    /** @param done the version of an image that has a result already */
    FolderWatch(Path folder, Function<Path, Optional<Version>> done) {
        this.folder = folder;
        this.done = done;
    }

    /** The version of a file in the last listing. */
    Optional<Version> listed(Path file) {
        return Optional.ofNullable(before.get(file));
    }

    /**
     * Lists the folder.
     *
     * @return the images that have become ready, by name; each version once
     * @throws NotListed when the folder cannot be listed
     */
    List<Ready> list() throws NotListed {
        Map<Path, Version> now = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (ImageEndings.isRead(name) && !name.startsWith(".") && Files.isRegularFile(file)) {
                    try {
                        now.put(file, Version.of(file));
                    } catch (NoSuchFileException deleted) {
                        // Between the listing and this line; it is forgotten below.
                    }
                }
            }
        } catch (DirectoryIteratorException problem) {
            throw new NotListed(problem.getCause());
        } catch (IOException problem) {
            throw new NotListed(problem);
        }
        List<Ready> ready = new ArrayList<>();
        now.forEach((file, version) -> {
            if (version.bytes() > 0 && version.equals(before.get(file)) && !version.equals(reported.get(file))) {
                reported.put(file, version);
                if (!done.apply(file).equals(Optional.of(version))) {
                    ready.add(new Ready(file, version));
                }
            }
        });
        reported.keySet().retainAll(now.keySet());
        before = now;
        return ready;
    }
}
