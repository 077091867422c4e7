package tandem.engine.cpu;

import com.sun.jna.Function;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.LoggerFactory;
import tandem.kernels.natives.JnaNatives;

/**
 * Memory that the process has freed, and that malloc keeps. Without effect where it is not that of the GNU C library.
 */
final class FreedMemory {

    /** M_TRIM_THRESHOLD of malloc.h: what is kept at the end of the memory of each thread. */
    private static final int TRIM_THRESHOLD = -1;

    /** M_MMAP_THRESHOLD: larger blocks are pages of their own, which are returned when they are freed. */
    private static final int MMAP_THRESHOLD = -3;

    /** The default of both, which then does not change any more. */
    private static final int BYTES = 128 << 10;

    private FreedMemory() {}

    /**
     * Limits what is kept. By default, freeing a block raises both limits, to its size and twice its size, so that
     * after a filter of 10 MB each thread of the JVM's compilers keeps up to 20 MB. A variable that the user has set
     * stays as it is.
     */
    static void limit() {
        if (System.getenv("MALLOC_TRIM_THRESHOLD_") != null || System.getenv("MALLOC_MMAP_THRESHOLD_") != null) {
            return;
        }
        try {
            Function set = JnaNatives.cLibrary().getFunction("mallopt");
            set.invokeInt(new Object[] {TRIM_THRESHOLD, BYTES});
            set.invokeInt(new Object[] {MMAP_THRESHOLD, BYTES});
        } catch (UnsatisfiedLinkError e) {
            LoggerFactory.getLogger(FreedMemory.class).debug("this C library has no mallopt", e);
        }
    }

    /** Returns what is kept now to the operating system; some milliseconds. Only when oneDNN is loaded. */
    static void release() {
        Pointer.trimMemory();
    }
}
