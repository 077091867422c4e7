package tandem.model.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * The current and the previous checkpoint of a run, in one folder. A new checkpoint is written to a temporary file,
 * synced to the disk, opened again to check its sizes, and then renamed, so that at least one complete checkpoint
 * exists at any time.
 */
public final class CheckpointStore {

    /** Name of the newest checkpoint. */
    public static final String CURRENT = "checkpoint.safetensors";
    /** Name of the previous checkpoint. */
    public static final String PREVIOUS = "checkpoint.previous.safetensors";

    /** Name of the averaged weights with the best validation; not a checkpoint. */
    public static final String BEST = "best.safetensors";

    private final Path folder;

    /** The store in {@code folder}, which is created when absent. */
    public CheckpointStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** Path of the current checkpoint. */
    public Path current() {
        return folder.resolve(CURRENT);
    }

    /** Path of the previous checkpoint. */
    public Path previous() {
        return folder.resolve(PREVIOUS);
    }

    /** Path of the averaged weights with the best validation. */
    public Path best() {
        return folder.resolve(BEST);
    }

    /** Whether any checkpoint exists. */
    public boolean exists() {
        return Files.exists(current()) || Files.exists(previous());
    }

    /** Writes a new current checkpoint; the old current one becomes the previous one. */
    public void save(SafetensorsWriter content) throws IOException {
        Path temporary = folder.resolve(CURRENT + ".tmp");
        content.write(temporary);
        SafetensorsReader.open(temporary).close();
        if (Files.exists(current())) {
            keep();
        }
        Files.move(temporary, current(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
    }

    /** Replaces the weights with the best validation. */
    public void saveBest(SafetensorsWriter content) throws IOException {
        Path temporary = folder.resolve(BEST + ".tmp");
        content.write(temporary);
        Files.move(temporary, best(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
    }

    /**
     * Opens the newest checkpoint.
     *
     * @throws WeightsException when there is none or it is damaged; the message names the previous one if that is
     *     complete
     */
    public SafetensorsReader open() throws IOException {
        if (!exists()) {
            throw new WeightsException(folder + ": no checkpoint here (" + CURRENT + "); train without --resume first");
        }
        if (!Files.exists(current())) {
            throw new WeightsException(current() + ": missing, but " + previous() + " exists; rename it to " + CURRENT
                    + " to resume from it");
        }
        try {
            return SafetensorsReader.open(current());
        } catch (WeightsException damaged) {
            if (!Files.exists(previous())) {
                throw damaged;
            }
            throw new WeightsException(
                    damaged.getMessage() + "; the checkpoint before it is " + previous() + ": rename it to " + CURRENT
                            + " to resume from it",
                    damaged);
        }
    }

    /** Makes the current file also the previous one. With a hard link a current checkpoint exists at any time. */
    private void keep() throws IOException {
        Path link = folder.resolve(PREVIOUS + ".tmp");
        Files.deleteIfExists(link);
        try {
            Files.createLink(link, current());
        } catch (UnsupportedOperationException | IOException noLinks) {
            Files.copy(current(), link);
        }
        Files.move(link, previous(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void forceFolder() throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException foldersCannotBeOpened) {
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }
}
