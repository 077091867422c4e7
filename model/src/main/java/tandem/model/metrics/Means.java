package tandem.model.metrics;

/** Means over what exists: a class without examples has the figure NaN and is left out. */
final class Means {

    private Means() {}

    /** Mean of the values that are not NaN; NaN when there is none. */
    static double ofPresent(double... values) {
        double sum = 0;
        int count = 0;
        for (double value : values) {
            if (!Double.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
