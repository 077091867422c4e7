package tandem.kernels.natives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/** The CRC-32 of a file, as the directory of a jar has it. */
final class Crc32File {

    private static final int CHUNK_BYTES = 1 << 18;

    private Crc32File() {}

    /** Reads the whole file. It is not mapped: its pages would be resident memory of this process. */
    static long of(Path file) throws IOException {
        CRC32 sum = new CRC32();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(chunk.clear()) >= 0) {
                sum.update(chunk.flip());
            }
        }
        return sum.getValue();
    }
}
