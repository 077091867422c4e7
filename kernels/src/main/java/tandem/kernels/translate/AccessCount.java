package tandem.kernels.translate;

/**
 * Bytes that kernels in checked mode accessed in buffers, each access counted with its size: what would go over the
 * memory bus without caches. Shared and local memory do not count.
 */
public final class AccessCount {

    private long read;
    private long written;

    /** Bytes read so far. */
    public long bytesRead() {
        return read;
    }

    /** Bytes written so far. */
    public long bytesWritten() {
        return written;
    }

    void read(int bytes) {
        read += bytes;
    }

    void written(int bytes) {
        written += bytes;
    }
}
