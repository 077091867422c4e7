package tandem.kernels.translate;

import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;

/**
 * How a checked launch runs.
 *
 * @param sourceLine a number for the source line of a PTX line, 0 when it is not known: errors of one kind are reported
 *     once for each
 * @param order of threads and blocks
 * @param observer receives what threads do, or null; needs {@link Mode#OBSERVED}
 * @param stopped whether the launch must end now; called often in {@link Mode#OBSERVED}
 * @param lenient for launches that end with the first error: division by zero, and threads that have exited behind a
 *     barrier at which others wait, are no errors, as GPUs define what then happens
 */
public record CheckedLaunch(
        IntUnaryOperator sourceLine,
        ThreadOrder order,
        LaunchObserver observer,
        BooleanSupplier stopped,
        boolean lenient) {

    static final CheckedLaunch LENIENT =
            new CheckedLaunch(line -> 0, new ThreadOrder.Forward(), null, () -> false, true);

    /** Strict; without source lines and observer, in rising order, without an end. */
    public static CheckedLaunch standard() {
        return new CheckedLaunch(line -> 0, new ThreadOrder.Forward(), null, () -> false, false);
    }

    /** The same with source lines. */
    public CheckedLaunch withSourceLine(IntUnaryOperator lines) {
        return new CheckedLaunch(lines, order, observer, stopped, lenient);
    }

    /** The same with another order. */
    public CheckedLaunch withOrder(ThreadOrder other) {
        return new CheckedLaunch(sourceLine, other, observer, stopped, lenient);
    }

    /** The same with an observer. */
    public CheckedLaunch withObserver(LaunchObserver other) {
        return new CheckedLaunch(sourceLine, order, other, stopped, lenient);
    }

    /** The same with an end. */
    public CheckedLaunch withStopped(BooleanSupplier other) {
        return new CheckedLaunch(sourceLine, order, observer, other, lenient);
    }

    boolean sameSource(int line, int other) {
        int source = sourceLine.applyAsInt(line);
        return line == other || source != 0 && source == sourceLine.applyAsInt(other);
    }
}
