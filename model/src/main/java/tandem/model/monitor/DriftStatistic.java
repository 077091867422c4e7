package tandem.model.monitor;

import java.util.Locale;

/**
 * How much a window of frames differs from the reference, see {@link DriftMonitor}.
 *
 * @param name {@code brightness}, {@code score}, or {@code box NAME} and {@code mask NAME} for the rate of a class
 * @param value a population stability index, or for a class the absolute z value; 0 or more
 * @param limit from this value on it is a drift
 */
public record DriftStatistic(String name, double value, double limit) {

    /** Whether the value reaches the limit. */
    public boolean isDrift() {
        return value >= limit;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.2f (limit %.2f)", name, value, limit);
    }
}
