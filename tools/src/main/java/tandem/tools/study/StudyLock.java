package tandem.tools.study;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tandem.tools.InputException;

/**
 * Prevents a second study in the same folder. The operating system holds the lock, so a killed process leaves none.
 *
 * @param channel the open lock file; closing it releases the lock
 */
record StudyLock(FileChannel channel) implements AutoCloseable {

    /** @throws InputException when another study has the lock */
    static StudyLock take(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("study.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException held) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new InputException(
                    folder + ": another study is running in this folder; wait for it, or choose another --output");
        }
        return new StudyLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
