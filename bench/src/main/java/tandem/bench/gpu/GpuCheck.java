package tandem.bench.gpu;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Runs one part: {@code GpuCheck PART key=value...}. A part prints one JSON object per line; other lines on standard
 * output are not part of its result.
 */
public final class GpuCheck {

    private static final JsonMapper JSON = new JsonMapper();

    /** A part of the check. */
    @FunctionalInterface
    interface Part {
        void run(Settings settings) throws Exception;
    }

    private static final Map<String, Part> PARTS = Map.of(
            "machine",
            MachinePart::run,
            "convolutions",
            ConvolutionsPart::run,
            "curve",
            CurvePart::run,
            "bandwidth",
            BandwidthPart::run,
            "throughput",
            ThroughputPart::run,
            "latency",
            LatencyPart::run,
            "reference",
            ReferencePart::run);

    private GpuCheck() {}

    /** Runs the part; an exception ends the process with status 1. */
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Part part = arguments.length == 0 ? null : PARTS.get(arguments[0]);
        if (part == null) {
            System.err.println("the first argument must be one of " + PARTS.keySet());
            System.exit(2);
            return;
        }
        part.run(new Settings(Arrays.asList(arguments).subList(1, arguments.length)));
    }

    /** A new object to print. */
    static ObjectNode line() {
        return JSON.createObjectNode();
    }

    /** Prints an object, on one line. */
    static void print(ObjectNode line) {
        System.out.println(line);
        System.out.flush();
    }
}
