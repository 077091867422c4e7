package tandem.model.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The checkpoint of a run and the one before it, in one folder. A new one is written to a temporary file beside them,
 * forced to the disk, opened again to check its sizes, and only then renamed, so that at every moment at least one
 * whole checkpoint is there, whatever stops the process.
 */
public final class CheckpointStore {

    /** Name of the newest checkpoint. */
    public static final String CURRENT = "checkpoint.safetensors";
    /** Name of the one before. */
    public static final String PREVIOUS = "checkpoint.previous.safetensors";

    private final Path folder;

    /** The store in {@code folder}, which is made when absent. */
    public CheckpointStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Where the newest checkpoint lies. */
    public Path current() {
        return folder.resolve(CURRENT);
    }

    /** Where the one before it lies. */
    public Path previous() {
        return folder.resolve(PREVIOUS);
    }

    /** Whether any checkpoint is there. */
    public boolean exists() {
        return Files.exists(current()) || Files.exists(previous());
    }

    /** Writes a new current checkpoint and keeps the one there was as the previous one. */
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

    /**
     * Opens the newest checkpoint.
     *
     * @throws WeightsException when there is none or it is damaged; the message names the previous one if that is whole
     */
    public SafetensorsReader open() throws IOException {
        if (!exists()) {
            throw new WeightsException(folder + ": no checkpoint here (" + CURRENT + "); train without --resume first");
        }
        if (!Files.exists(current())) {
            throw new WeightsException(current() + ": missing, but " + previous() + " is there; rename it to " + CURRENT
                    + " to go on from it");
        }
        try {
            return SafetensorsReader.open(current());
        } catch (WeightsException damaged) {
            if (!Files.exists(previous())) {
                throw damaged;
            }
            throw new WeightsException(
                    damaged.getMessage() + "; the checkpoint before it is " + previous() + ": rename it to " + CURRENT
                            + " to go on from it",
                    damaged);
        }
    }

    /** Makes the current file the previous one too. A hard link leaves no moment without a current checkpoint. */
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
