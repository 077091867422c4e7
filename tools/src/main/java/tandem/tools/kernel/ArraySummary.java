package tandem.tools.kernel;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * A text summary of an array argument after a kernel launch.
 *
 * @param array the argument
 * @param before contents before the launch
 * @param after contents after it
 */
record ArraySummary(KernelArgument.Array array, ByteBuffer before, ByteBuffer after) {

    /** How many elements changed, their range and mean, and the first {@code show}. */
    String text(int show) {
        ElementType type = array.type();
        int changed = 0;
        int unusual = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < array.count(); i++) {
            int at = i * type.bytes();
            double value = type.get(after, at);
            if (Double.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
            } else {
                unusual++;
            }
            for (int b = 0; b < type.bytes(); b++) {
                if (before.get(at + b) != after.get(at + b)) {
                    changed++;
                    break;
                }
            }
        }
        StringBuilder text =
                new StringBuilder("  " + array.text() + ": " + changed + " of " + array.count() + " changed");
        if (unusual < array.count()) {
            text.append(String.format(
                    Locale.ROOT,
                    ", min %s, max %s, mean %s",
                    number(min),
                    number(max),
                    number(sum / (array.count() - unusual))));
        }
        if (unusual > 0) {
            text.append(", ").append(unusual).append(" infinite or NaN");
        }
        text.append("\n   ");
        for (int i = 0; i < Math.min(show, array.count()); i++) {
            text.append(' ').append(type.text(after, i * type.bytes()));
        }
        return text.append(show < array.count() ? " ..." : "").toString();
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }
}
