package tandem.bench.inspection;

import java.util.Locale;

/**
 * A line of the table.
 *
 * @param work what was measured
 * @param tandem text of Tandem's figure
 * @param other text of ONNX Runtime's figure; empty without one
 * @param ratio Tandem's figure divided by the other, or what the work names; NaN for none
 * @param wanted the target
 * @param max the largest ratio that reaches it; NaN for none
 */
record Row(String work, String tandem, String other, double ratio, String wanted, double max) {

    String text() {
        String verdict = Double.isNaN(max) ? "" : ratio <= max ? "yes" : "no";
        return "| " + work + " | " + tandem + " | " + other + " | "
                + (Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.3f", ratio)) + " | " + wanted + " | "
                + verdict + " |";
    }
}
