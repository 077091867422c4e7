package tandem.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** The bytes of a safetensors file. */
sealed interface SafetensorsSource extends AutoCloseable {

    /** Number of bytes. */
    long size() throws IOException;

    /** Reads from {@code position} on until {@code into} is full. */
    void read(ByteBuffer into, long position) throws IOException;

    /** See {@link SafetensorsReader#requireUnchanged}. */
    void requireUnchanged() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * An open file.
     *
     * @param opened its attributes when it was opened
     */
    record InFile(Path file, FileChannel channel, BasicFileAttributes opened) implements SafetensorsSource {

        static InFile open(Path file) throws IOException {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new WeightsException(file + ": is not a regular file");
            }
            FileChannel channel;
            try {
                channel = FileChannel.open(file, StandardOpenOption.READ);
            } catch (NoSuchFileException absent) {
                throw new WeightsException(file + ": no such file", absent);
            }
            try {
                return new InFile(file, channel, Files.readAttributes(file, BasicFileAttributes.class));
            } catch (IOException problem) {
                channel.close();
                throw problem;
            }
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            long next = position;
            while (into.hasRemaining()) {
                int count = channel.read(into, next);
                if (count < 0) {
                    throw new WeightsException(file + ": ended while it was read, at byte " + next, new EOFException());
                }
                next += count;
            }
        }

        @Override
        public void requireUnchanged() throws IOException {
            BasicFileAttributes now;
            try {
                now = Files.readAttributes(file, BasicFileAttributes.class);
            } catch (NoSuchFileException deleted) {
                return;
            }
            boolean same = opened.fileKey() != null && opened.fileKey().equals(now.fileKey());
            if (same
                    && (opened.size() != now.size()
                            || !opened.lastModifiedTime().equals(now.lastModifiedTime()))) {
                throw new WeightsException(file + ": was overwritten while it was open; write another file and move it"
                        + " to this name, or load the network again");
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** The content of a file in memory, from index 0 to the limit. */
    record InMemory(ByteBuffer content) implements SafetensorsSource {
        @Override
        public long size() {
            return content.limit();
        }

        @Override
        public void read(ByteBuffer into, long position) {
            int start = Math.toIntExact(position);
            int count = into.remaining();
            into.put(content.slice(start, count));
        }

        @Override
        public void requireUnchanged() {}

        @Override
        public void close() {}
    }
}
