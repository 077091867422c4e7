package tandem.engine.cpu;

import com.sun.jna.Function;
import org.slf4j.LoggerFactory;
import tandem.kernels.natives.JnaNatives;

/**
 * Asks Linux for pages of 2 MiB in place of 4 KiB ({@code madvise} with MADV_HUGEPAGE; most distributions give them
 * only on request). A network reads its filters and activations once in each run, from more pages than the processor's
 * address cache holds. Without effect on other systems, and where huge pages are turned off.
 */
final class HugePages {

    /** Of x86-64, and of ARM with pages of 4 KiB. */
    static final long BYTES = 2L << 20;

    /** MADV_HUGEPAGE of linux/mman.h. */
    private static final int ADVICE = 14;

    private static final Function ADVISE = advise();

    private HugePages() {}

    private static Function advise() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return null;
        }
        try {
            return JnaNatives.cLibrary().getFunction("madvise");
        } catch (UnsatisfiedLinkError e) {
            LoggerFactory.getLogger(HugePages.class).debug("this C library has no madvise", e);
            return null;
        }
    }

    /** The next multiple of {@link #BYTES}. */
    static long aligned(long address) {
        return (address + BYTES - 1) & -BYTES;
    }

    /** Asks for them in memory that was not written yet, as far as it fills whole ones from {@code address} on. */
    static void request(long address, long bytes) {
        if (ADVISE != null) {
            // An error means that this kernel has none.
            ADVISE.invokeInt(new Object[] {address, bytes & -BYTES, ADVICE});
        }
    }
}
