package tandem.engine.cpu;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
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

    private static final int UNKNOWN = -1;

    /** The cores that the process may use; null where this is not known. */
    private static final byte[] ALLOWED = allowed();

    private static final int COUNT =
            ALLOWED == null ? 0 : BitSet.valueOf(ALLOWED).cardinality();

    /** All cores that the process may use but one, by that one; made once, as frames allocate nothing. */
    private static final Memory[] OTHERS = new Memory[Byte.SIZE * BYTES];

    private Cores() {}

    /** Calls of the C library; 0 is the calling thread. */
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
            return Calls.sched_getaffinity(0, BYTES, cores) < 0 ? null : cores.getByteArray(0, BYTES);
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

    /** From now on the calling thread runs on all cores that the process may use but this one. */
    static void leave(int core) {
        if (core < 0 || core >= Byte.SIZE * BYTES || COUNT < 2) {
            return;
        }
        // A failure leaves the thread where it is.
        Calls.sched_setaffinity(0, BYTES, others(core));
    }

    private static synchronized Pointer others(int core) {
        if (OTHERS[core] == null) {
            Memory cores = new Memory(BYTES);
            cores.write(0, ALLOWED, 0, BYTES);
            int at = core / Byte.SIZE;
            cores.setByte(at, (byte) (ALLOWED[at] & ~(1 << core % Byte.SIZE)));
            OTHERS[core] = cores;
        }
        return OTHERS[core];
    }
}
