package tandem.model.metrics;

/** Means that leave out NaN: the figure of a class without examples. */
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
