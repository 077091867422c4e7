package tandem.model.figure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The range of an axis and where its ticks are: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param low lowest value of the axis
 * @param high highest value of the axis, above {@code low}
 * @param values of the ticks, ascending
 * @param labels the label of each
 */
record Ticks(double low, double high, List<Double> values, List<String> labels) {

    /**
     * Ticks for values from {@code low} to {@code high}.
     *
     * @param max maximum number of ticks, at least 2
     * @param widen whether the axis ends at ticks around the values, rather than at the values
     */
    static Ticks of(double low, double high, int max, boolean widen) {
        double from = low;
        double to = high;
        if (!(to > from)) {
            double margin = from == 0 ? 1 : Math.abs(from) * 0.1;
            from -= margin;
            to += margin;
        }
        double step = step((to - from) / (max - 1));
        if (widen) {
            from = Math.floor(from / step + 1e-9) * step;
            to = Math.ceil(to / step - 1e-9) * step;
        }
        long first = (long) Math.ceil(from / step - 1e-9);
        long last = (long) Math.floor(to / step + 1e-9);
        List<Double> values = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            values.add(i * step);
            labels.add(label(i * step, step, Math.max(Math.abs(from), Math.abs(to))));
        }
        return new Ticks(from, to, values, labels);
    }

    private static double step(double min) {
        double power = Math.pow(10, Math.floor(Math.log10(min)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= min * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** Plain digits, or powers of ten for axes beyond a million or below a thousandth. */
    private static String label(double value, double step, double max) {
        if (Math.abs(value) < step / 2) {
            return "0";
        }
        if (max >= 1e6 || max < 1e-3) {
            int digits =
                    (int) Math.floor(Math.log10(Math.abs(value)) + 1e-9) - (int) Math.floor(Math.log10(step) + 1e-9);
            return String.format(Locale.ROOT, "%." + Math.max(0, digits) + "e", value)
                    .replaceAll("e([+-])0*(?=\\d)", "e$1")
                    .replace("e+", "e");
        }
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return BigDecimal.valueOf(value)
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
    }
}
