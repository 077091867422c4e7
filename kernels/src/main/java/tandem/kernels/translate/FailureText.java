package tandem.kernels.translate;

import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.Statement;
import tandem.kernels.translate.machine.BlockContext;

/** Writes the messages of checked mode. */
final class FailureText {

    private final PtxEntry entry;
    private final BlockContext context;
    private final HappensBefore order;

    FailureText(PtxEntry entry, BlockContext context, HappensBefore order) {
        this.entry = entry;
        this.context = context;
        this.order = order;
    }

    /** A failure of a thread; {@code what} continues the sentence that starts with it. */
    CheckFailure failure(CheckFailure.Problem problem, int line, int otherLine, int thread, String what) {
        String text = "";
        for (Statement statement : entry.body()) {
            if (statement.line() == line && statement instanceof PtxInstruction instruction) {
                text = "'" + instruction.text() + "': ";
            }
        }
        return new CheckFailure(
                problem,
                entry.file(),
                line,
                otherLine,
                "entry " + entry.name() + ": " + text,
                "thread " + index(thread) + " of block (" + context.ctaidX + ", " + context.ctaidY + ", "
                        + context.ctaidZ + ") " + what);
    }

    /** A thread of the running block. */
    String index(int thread) {
        return "(" + thread % context.ntidX + ", " + thread / context.ntidX % context.ntidY + ", "
                + thread / context.ntidX / context.ntidY + ")";
    }

    /** The thread of an earlier access. */
    String who(long stamp) {
        int time = Stamp.time(stamp);
        if (time >= order.blockStart()) {
            return "thread " + index(Stamp.thread(stamp)) + " of the block";
        }
        int block = order.blockAt(time);
        return "thread " + index(Stamp.thread(stamp)) + " of another block, (" + block % context.nctaidX + ", "
                + block / context.nctaidX % context.nctaidY + ", " + block / context.nctaidX / context.nctaidY + "),";
    }

    /** What is missing between the earlier access and one of {@code thread} now. */
    String missing(long stamp, int thread) {
        if (order.lacksFence(stamp, thread)) {
            return " without a fence in between: __threadfence() is missing behind the atomic operation";
        }
        if (Stamp.time(stamp) < order.blockStart()) {
            return "; nothing orders the two blocks";
        }
        boolean warp = Stamp.thread(stamp) >> 5 == thread >> 5;
        return warp ? " without a barrier or __syncwarp() in between" : " without a barrier in between";
    }

    /** An address as a byte of a region. */
    static String where(MemoryRegion region, int index) {
        return region.isShared()
                ? "byte " + index + " of shared memory '" + region.name() + "'"
                : "byte " + index + " of buffer " + region;
    }

    static String address(long address) {
        return "address 0x" + Long.toHexString(address);
    }
}
