package tandem.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.engine.Plan.Placement;

/** A plan as a table of text. */
final class PlanTable {

    private PlanTable() {}

    static String of(Plan plan) {
        StringBuilder text = new StringBuilder();
        line(text, "%-44s %-24s %14s %14s  %s", "activation", "shape", "bytes", "offset", "operations");
        List<Placement> placements = plan.placements().stream()
                .sorted(Comparator.comparingInt(Placement::first))
                .toList();
        int operations = plan.graph().operations().size();
        for (Placement placement : placements) {
            Tensor tensor = placement.tensor();
            line(
                    text,
                    "%-44s %-24s %14d %14d  %d to %s",
                    tensor.name(),
                    tensor.shape(),
                    tensor.bytes(),
                    placement.offset(),
                    placement.first(),
                    placement.last() == operations ? "end" : placement.last());
        }
        text.append('\n');
        amount(text, "weights", plan.weightBytes(), "");
        amount(text, "gradients", plan.gradientBytes(), "");
        amount(
                text,
                "activations",
                plan.activationBytes(),
                String.format(
                        Locale.ROOT,
                        "%d tensors of %s, reused; %s alive at once",
                        placements.size(),
                        mebibytes(plan.unsharedActivationBytes()),
                        mebibytes(plan.liveActivationBytes())));
        amount(text, "inputs and constants", plan.inputBytes(), "");
        amount(text, "variables in 16 bits", plan.roundedBytes(), "");
        amount(text, "prepared filters", plan.preparedBytes(), "");
        amount(text, "workspace", plan.workspaceBytes(), "largest of " + operations + " operations");
        amount(text, "peak", plan.peakBytes(), "");
        return text.toString();
    }

    private static void amount(StringBuilder text, String what, long bytes, String note) {
        line(text, "%-22s %12s  %s", what, mebibytes(bytes), note);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f MiB", bytes / 1048576.0);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
