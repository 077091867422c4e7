package tandem.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Describes the result page of a benchmark.
 *
 * @param name name on the command line; also the file name
 * @param title title of the page
 * @param text description of the comparison and the target ratio
 * @param patterns the JMH benchmarks, as regular expressions
 * @param subject the method of Tandem
 * @param baseline the method to compare it with, or null when there is none
 * @param rival name of the baseline in the page
 * @param jvmFlags flags of the measured JVM
 */
record ResultTable(
        String name,
        String title,
        String text,
        List<String> patterns,
        String subject,
        String baseline,
        String rival,
        List<String> jvmFlags) {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** All tables. */
    static List<ResultTable> all() {
        return List.of(
                new ResultTable(
                        "convolution",
                        "Convolutions",
                        "A convolution command of the engine with the algorithm that it measured as the fastest, compared with oneDNN's direct "
                                + "convolution called directly: ResNet-18 at 224 pixels, batch 8, float32, all threads. Target: at most "
                                + "0.70 of the total time.",
                        List.of("tandem.bench.ConvolutionBenchmark"),
                        "engine",
                        "bare",
                        "oneDNN",
                        List.of()),
                new ResultTable(
                        "elementwise",
                        "Element-wise kernels",
                        "Kernels translated from PTX to bytecode, 16 Mi elements, one thread, nanoseconds per element. Target: at most 1.5. "
                                + "For comparison: the sum as a Java loop, and a memory copy.",
                        List.of("tandem.bench.ElementwiseBenchmark"),
                        null,
                        null,
                        null,
                        List.of()),
                new ResultTable(
                        "imitation",
                        "Imitation of feature maps",
                        "The mean-square loss between two feature maps of 40 x 40 cells, 8 images, and its gradient: one fused kernel, which "
                                + "reads each map once and writes the gradient once, compared with element-wise operations, which read or write a map "
                                + "8 times. All threads.",
                        List.of("tandem.bench.ImitationBenchmark"),
                        "fused",
                        "unfused",
                        "unfused operations",
                        List.of()),
                new ResultTable(
                        "inference",
                        "Inference",
                        "One frame of 640 x 480 pixels through Inspector: ResNet-18 with FPN and both heads at "
                                + TwoHeads.IMAGE_SIZE
                                + " pixels, batch 1, all threads. Target: no allocation of Java heap per frame.",
                        List.of("tandem.bench.InferenceBenchmark"),
                        null,
                        null,
                        null,
                        List.of()),
                new ResultTable(
                        "launch",
                        "Kernel launches",
                        "One kernel launch. Target: no allocation of Java heap.",
                        List.of("tandem.bench.LaunchAllocationBenchmark"),
                        null,
                        null,
                        null,
                        List.of()),
                new ResultTable(
                        "startup",
                        "Start-up",
                        "A process of tandem --help from its start to its end.",
                        List.of("tandem.bench.StartUpBenchmark"),
                        null,
                        null,
                        null,
                        List.of()),
                new ResultTable(
                        "step",
                        "Training step",
                        "A training step of ResNet-18 with FPN and both heads, " + TwoHeads.BATCH + " images of "
                                + TwoHeads.IMAGE_SIZE + " pixels, "
                                + "compared with the same network in DJL's PyTorch engine, same threads. Targets: at most 0.5 of the time and 0.6 of the peak resident "
                                + "memory, less than 1 KB of Java heap per step.",
                        List.of("tandem.bench.TrainingStepBenchmark", "tandem.bench.peers.PeerTrainingStepBenchmark"),
                        "TrainingStepBenchmark.step",
                        "PeerTrainingStepBenchmark.step",
                        "PyTorch",
                        List.of("-Xmx4g")),
                new ResultTable(
                        "busy",
                        "Training step beside a busy process",
                        "The training step of `step`, alone and while another process keeps one core busy. The ratio is also that of the "
                                + "images per second. Target on two cores: at least 0.5.",
                        List.of("tandem.bench.BusyMachineBenchmark"),
                        "alone",
                        "beside",
                        "the same beside a busy process",
                        List.of("-Xmx4g")));
    }

    /** The page. */
    String page(Collection<RunResult> results, String command) {
        StringBuilder page = new StringBuilder("# ")
                .append(title)
                .append("\n\n")
                .append(text)
                .append("\n\n");
        page.append("Made by `")
                .append(command)
                .append("` on ")
                .append(Machine.description())
                .append(".\n\n");
        page.append(
                "| benchmark | time | error | unit | heap bytes per operation | peak resident memory, MiB |\n| --- | ---: | ---: | --- | ---: | ---: |\n");
        Map<String, Map<String, Double>> times = new LinkedHashMap<>();
        Map<String, Map<String, Double>> memories = new LinkedHashMap<>();
        for (RunResult result : results) {
            Result<?> primary = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            Result<?> resident = result.getSecondaryResults().get(PeakMemoryProfiler.LABEL);
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s |%n",
                    label(result.getParams()),
                    number(primary.getScore()),
                    number(primary.getScoreError()),
                    primary.getScoreUnit(),
                    allocated == null ? "" : number(allocated.getScore()),
                    resident == null ? "" : String.format(Locale.ROOT, "%.0f", resident.getScore())));
            if (resident != null) {
                memories.computeIfAbsent(parameters(result.getParams()), key -> new LinkedHashMap<>())
                        .put(shortName(result.getParams()), resident.getScore());
            }
            times.computeIfAbsent(parameters(result.getParams()), key -> new LinkedHashMap<>())
                    .put(shortName(result.getParams()), primary.getScore());
        }
        if (subject != null) {
            page.append(ratios("time", times));
            if (name.equals("step")) {
                page.append(ratios("peak resident memory", memories));
            }
        }
        return page.toString();
    }

    private String ratios(String what, Map<String, Map<String, Double>> times) {
        StringBuilder text = new StringBuilder(
                "\n| case | " + what + " of Tandem / " + what + " of " + rival + " |\n| --- | ---: |\n");
        double ours = 0;
        double theirs = 0;
        List<Map.Entry<String, Map<String, Double>>> cases = new ArrayList<>(times.entrySet());
        for (Map.Entry<String, Map<String, Double>> one : cases) {
            Double mine = find(one.getValue(), subject);
            Double limit = find(one.getValue(), baseline);
            if (mine != null && limit != null) {
                ours += mine;
                theirs += limit;
                text.append(String.format(
                        Locale.ROOT, "| %s | %.3f |%n", one.getKey().isEmpty() ? "all" : one.getKey(), mine / limit));
            }
        }
        if (theirs == 0) {
            return "";
        }
        return cases.size() == 1
                ? text.toString()
                : text.append(String.format(Locale.ROOT, "| **sum** | **%.3f** |%n", ours / theirs))
                        .toString();
    }

    private static Double find(Map<String, Double> times, String name) {
        return times.entrySet().stream()
                .filter(entry -> entry.getKey().equals(name) || entry.getKey().endsWith("." + name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String label(BenchmarkParams parameters) {
        String values = parameters(parameters);
        return shortName(parameters) + (values.isEmpty() ? "" : " " + values);
    }

    /** Class and method. */
    private static String shortName(BenchmarkParams parameters) {
        String[] parts = parameters.getBenchmark().split("\\.");
        return parts[parts.length - 2] + "." + parts[parts.length - 1];
    }

    private static String parameters(BenchmarkParams parameters) {
        List<String> values = new ArrayList<>();
        for (String key : parameters.getParamsKeys()) {
            values.add(
                    parameters.getParamsKeys().size() == 1 && !key.equals("threads") && !key.equals("elements")
                            ? parameters.getParam(key)
                            : key + "=" + parameters.getParam(key));
        }
        return String.join(", ", values);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, value < 0.01 ? "%.1e" : "%.3f", value);
    }
}
