package tandem.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Prevents a second command from writing into the same folder. The operating system holds the lock, so a killed process
 * leaves none; the empty file stays.
 *
 * @param channel the open lock file; closing it releases the lock
 */
public record OutputLock(FileChannel channel) implements AutoCloseable {

    /** Name of the file in the folder. */
    public static final String FILE = ".tandem.lock";

    /** @throws InputException when another command has the lock */
    public static OutputLock take(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException held) {
            lock = null;
        } catch (IOException e) {
            return new OutputLock(channel); // a file system without locks
        }
        if (lock == null) {
            channel.close();
            throw new InputException(
                    folder + ": another command is writing into this folder; wait for it, or choose another --output");
        }
        return new OutputLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
