package tandem.engine.cpu;

import tandem.engine.Command;

/**
 * Runs a translated kernel until HotSpot's optimizing compiler has compiled it, which makes it several times faster
 * than the code before. Gives up after a while: then the kernel is measured as it is, and something else chosen.
 */
final class HotSpotWarmUp {

    private static final long SLOW_NANOSECONDS = 40_000_000;
    private static final long MAX_NANOSECONDS = 3_000_000_000L;
    private static final double GAIN = 3;

    private HotSpotWarmUp() {}

    static void run(Command kernel) {
        long start = System.nanoTime();
        long slow = Long.MAX_VALUE;
        long last = start;
        while (last - start < MAX_NANOSECONDS) {
            kernel.run();
            long now = System.nanoTime();
            if (now - start < SLOW_NANOSECONDS) {
                slow = Math.min(slow, now - last);
            } else if ((now - last) * GAIN < slow) {
                return;
            }
            last = now;
        }
    }
}
