package tandem.tools.watch;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import tandem.model.InspectorOptions;
import tandem.model.monitor.DriftStatistic;

/** Reports a drift in one line. */
public final class DriftLine {

    private DriftLine() {}

    /** The standard options, with a line on {@code err} for each window of frames in which something drifted. */
    public static InspectorOptions options(PrintWriter err) {
        InspectorOptions standard = InspectorOptions.standard();
        return standard.with(change -> change.onDrift(drifted -> {
            err.println(text(drifted, standard.driftWindow()));
            err.flush();
        }));
    }

    static String text(List<DriftStatistic> drifted, int window) {
        return "drift: the last " + window + " images differ from those of the evaluation: "
                + drifted.stream().map(DriftStatistic::toString).collect(Collectors.joining(", "));
    }
}
