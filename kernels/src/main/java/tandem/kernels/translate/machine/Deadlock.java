package tandem.kernels.translate.machine;

import java.util.ArrayList;
import java.util.List;
import tandem.kernels.ptx.PtxException;

/** Describes why a block's threads cannot continue. */
final class Deadlock {

    private Deadlock() {}

    /** The exception for threads that all wait for something that can no longer happen. */
    static PtxException report(Schedule schedule, int[] state, int threads) {
        List<String> groups = new ArrayList<>();
        Suspension first = null;
        int exited = 0;
        for (int point = 0; point < schedule.suspensions().size(); point++) {
            List<Integer> waiting = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                if (state[thread] == ~point && point > 0) {
                    waiting.add(thread);
                }
            }
            if (!waiting.isEmpty()) {
                Suspension suspension = schedule.suspensions().get(point);
                first = first == null ? suspension : first;
                groups.add("thread" + (waiting.size() == 1 ? " " : "s ") + ranges(waiting) + " at line "
                        + suspension.line() + " ('" + suspension.text() + "')");
            }
        }
        for (int thread = 0; thread < threads; thread++) {
            exited += state[thread] == BlockContext.EXITED ? 1 : 0;
        }
        return new PtxException(
                schedule.file(),
                first == null ? 0 : first.line(),
                "entry " + schedule.entry()
                        + ": deadlock, no thread of the block can continue. Waiting: " + String.join("; ", groups)
                        + "; "
                        + exited + " of "
                        + threads
                        + " threads have exited. Every thread that a barrier or mask names must come to the same one");
    }

    /** The exception for a lane that is not in its own mask. */
    static PtxException notInMask(Schedule schedule, Suspension suspension, int thread, int mask) {
        return new PtxException(
                schedule.file(),
                suspension.line(),
                "entry " + schedule.entry() + ": '" + suspension.text()
                        + "': thread " + thread + " is lane " + (thread & 31) + ", which is not in its own mask "
                        + String.format("0x%08X", mask));
    }

    /** Numbers in rising order as ranges, for instance {@code 0-31, 40}. */
    static String ranges(List<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            if (i == numbers.size() || numbers.get(i) != numbers.get(i - 1) + 1) {
                int from = numbers.get(start);
                int to = numbers.get(i - 1);
                ranges.add(from == to ? "" + from : from + "-" + to);
                start = i;
            }
        }
        return String.join(", ", ranges);
    }
}
