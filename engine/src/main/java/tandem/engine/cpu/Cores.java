package tandem.engine.cpu;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import tandem.kernels.natives.JnaNatives;

/**
 * The cores on which threads run, on Linux; elsewhere nothing is known and nothing done.
 *
 * <p>In many virtual machines the kernel does not know which cores share a cache. It then wakes a thread on the core
 * where it ran last, even where the thread that wakes it is busy on this core and another core is idle. Both share the
 * core for milliseconds, until the kernel balances the load.
 */
final class Cores {

    /** Bytes of a set of cores; the kernel accepts fewer cores than it has. */
    private static final int BYTES = 128;

    /** No thread, or no core. */
    static final int UNKNOWN = -1;

    /** For {@link #leave}. */
    static final int CALLING_THREAD = 0;

    /** The cores that the process may use; null where this is not known. */
    private static final byte[] ALLOWED = allowed();

    private static final int COUNT =
            ALLOWED == null ? 0 : BitSet.valueOf(ALLOWED).cardinality();

    /** All cores that the process may use but one, by that one; made at once, as frames allocate nothing. */
    private static final Memory[] OTHERS = others();

    private Cores() {}

    /** Calls of the C library; threads by their number in the kernel. */
    private static final class Calls {
        static native int sched_getcpu();

        static native int sched_getaffinity(int thread, long bytes, Pointer cores);

        static native int sched_setaffinity(int thread, long bytes, Pointer cores);
    }

    private static byte[] allowed() {
        if (!System.getProperty("os.name").equals("Linux") || Native.POINTER_SIZE != Long.BYTES) {
            return null;
        }
        try {
            Native.register(Calls.class, JnaNatives.cLibrary());
            Memory cores = new Memory(BYTES);
            cores.clear();
            return Calls.sched_getaffinity(CALLING_THREAD, BYTES, cores) < 0 ? null : cores.getByteArray(0, BYTES);
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    /** How many the process may use; 0 where this is not known. */
    static int count() {
        return COUNT;
    }

    /** The core of the calling thread, or a negative number. */
    static int current() {
        return COUNT == 0 ? UNKNOWN : Calls.sched_getcpu();
    }

    /** The number of the calling thread in the kernel; negative where it is not known. */
    static int thread() {
        if (COUNT == 0) {
            return UNKNOWN;
        }
        try {
            return Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString());
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /**
     * From now on a thread of this process runs on all cores that the process may use but this one.
     *
     * @param thread see {@link #thread}, or {@link #CALLING_THREAD}
     */
    static void leave(int thread, int core) {
        if (thread < 0 || core < 0 || core >= OTHERS.length || OTHERS[core] == null) {
            return;
        }
        // A failure leaves the thread where it is.
        Calls.sched_setaffinity(thread, BYTES, OTHERS[core]);
    }

    private static Memory[] others() {
        Memory[] sets = new Memory[COUNT < 2 ? 0 : Byte.SIZE * BYTES];
        for (int core = 0; core < sets.length; core++) {
            int at = core / Byte.SIZE;
            int bit = 1 << core % Byte.SIZE;
            if ((ALLOWED[at] & bit) != 0) {
                sets[core] = new Memory(BYTES);
                sets[core].write(0, ALLOWED, 0, BYTES);
                sets[core].setByte(at, (byte) (ALLOWED[at] & ~bit));
            }
        }
        return sets;
    }
}
