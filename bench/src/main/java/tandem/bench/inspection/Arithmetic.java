package tandem.bench.inspection;

/** Some milliseconds of arithmetic on one thread, without memory: its times scatter as much as the machine does. */
final class Arithmetic {

    private static final int STEPS = 400_000;

    private final double[] sums = new double[64];

    void run() {
        for (int step = 0; step < STEPS; step++) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] = sums[i] * 0.999999 + 0.001;
            }
        }
    }
}
