package tandem.bench.inspection;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tandem.bench.Machine;

/**
 * Runs the parts that have no result yet, and writes the table. Called by {@code bench/inspection}:
 * {@code InspectionBenchmark BENCH_FOLDER [--quick] [--folder DIR] [--demo CHECKPOINT] [--python FILE] [--again] [PART
 * ...]}.
 */
public final class InspectionBenchmark {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STOLEN = 7;

    /**
     * The result of a part.
     *
     * @param rows its lines of the table
     * @param load average number of processes that used the machine, at its start and end
     * @param stolen share of the processors' time that a host of virtual machines gave to others while they had work
     */
    record Result(List<Row> rows, double[] load, double stolen) {}

    private InspectionBenchmark() {}

    /** Runs the parts. */
    public static void main(String[] arguments) throws IOException {
        List<String> rest = new ArrayList<>(List.of(arguments));
        Path bench = Path.of(rest.remove(0));
        boolean quick = rest.remove("--quick");
        boolean again = rest.remove("--again");
        String demo = option(rest, "--demo", null);
        String python = option(rest, "--python", null);
        Path folder = Files.createDirectories(Path.of(option(
                rest,
                "--folder",
                Path.of(System.getProperty("java.io.tmpdir"), "tandem-inspection" + (quick ? "-quick" : ""))
                        .toString())));
        List<Part> parts = rest.isEmpty()
                ? List.of(Part.values())
                : rest.stream()
                        .map(name -> Part.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
        for (Workload workload : Workload.values()) {
            workload.prepare(folder, demo == null ? null : Path.of(demo));
        }
        int threads = Runtime.getRuntime().availableProcessors();
        Peer.Launch launch = new Peer.Launch(
                System.getProperty("java.class.path"),
                flags(),
                folder,
                threads,
                true,
                Precision.FLOAT32,
                demo != null,
                python == null
                        ? List.of()
                        : List.of(
                                python, bench.resolve("peers/quantize_onnx.py").toString()));
        for (Part part : parts) {
            if (part == Part.INT8 && python == null) {
                System.err.println("INT8 is left out: it requires --python, a Python with onnxruntime and onnx");
                continue;
            }
            Path file = folder.resolve(part.file());
            if (again || !Files.exists(file)) {
                System.err.println(part + "...");
                double before = load();
                long[] times = processorTimes();
                List<Row> rows = part.run(launch, quick ? Length.QUICK : Length.FULL);
                Path partial = folder.resolve(part.file() + ".part");
                JSON.writeValue(
                        partial.toFile(),
                        new Result(rows, new double[] {before, load()}, stolen(times, processorTimes())));
                Files.move(partial, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        String text = page(folder, threads, demo != null, quick);
        System.out.println(text);
        if (!quick) {
            Files.writeString(bench.resolve("results/inspection.md"), text);
        }
    }

    private static String option(List<String> arguments, String name, String otherwise) {
        int at = arguments.indexOf(name);
        if (at < 0) {
            return otherwise;
        }
        arguments.remove(at);
        return arguments.remove(at);
    }

    private static List<String> flags() {
        return Runtime.version().feature() < 24
                ? List.of()
                : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** User, nice, system, idle, waiting, two of interrupts, stolen; of Linux. */
    private static long[] processorTimes() throws IOException {
        String first = Files.readAllLines(Path.of("/proc/stat")).get(0);
        return Arrays.stream(first.split(" +"))
                .skip(1)
                .limit(STOLEN + 1)
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static double stolen(long[] before, long[] after) {
        long all = Arrays.stream(after).sum() - Arrays.stream(before).sum();
        return (after[STOLEN] - before[STOLEN]) / (double) Math.max(1, all);
    }

    private static String page(Path folder, int threads, boolean trained, boolean quick) throws IOException {
        StringBuilder text = new StringBuilder("# Inspection beside ONNX Runtime\n\n")
                .append("`bench/inspection")
                .append(quick ? " --quick" : "")
                .append("` on ")
                .append(Machine.description())
                .append("; both sides with ")
                .append(threads)
                .append(
                        " threads, each in a process of its own. ONNX Runtime 1.29 for Java runs the file that `tandem export --nms` writes; before times are "
                                + "compared, both must find the same boxes (IoU above 0.99, scores within 0.001) and masks (99.9 % of the pixels) in the same frame. "
                                + "A frame is of the network's input size; from its bytes to boxes and mask. Tandem measures the algorithms of convolutions once, "
                                + "except where a line says direct (as `Inspector.load` without a device), and for start and growth. "
                                + "In int8, `tandem quantize` and ONNX Runtime's static quantization (QDQ, unsigned bytes for activations, signed bytes with a "
                                + "scale of each channel for weights, MinMax) were calibrated on the same images. On 32 other images each was compared with the "
                                + "float32 network: boxes with scores of at least 0.3 have a partner with IoU above 0.9 and the same class. ")
                .append(trained ? "The network of the demo is trained.\n\n" : "All weights are initial ones.\n\n")
                .append(
                        "| work | Tandem | ONNX Runtime | ratio | wanted | reached |\n| --- | ---: | ---: | ---: | --- | --- |\n");
        StringBuilder loads = new StringBuilder();
        for (Part part : Part.values()) {
            Path file = folder.resolve(part.file());
            if (Files.exists(file)) {
                Result result = JSON.readValue(file.toFile(), Result.class);
                result.rows().forEach(row -> text.append(row.text()).append('\n'));
                loads.append(String.format(
                        Locale.ROOT,
                        "%s %s %.1f and %.1f, %.2f %%",
                        loads.isEmpty() ? "" : ";",
                        part.name().toLowerCase(Locale.ROOT),
                        result.load()[0],
                        result.load()[1],
                        100 * result.stolen()));
            }
        }
        return text.append(
                        "\nLoad of the machine (average of a minute, with the benchmark itself) before and after each part, and the share of the "
                                + "processors' time that the host of a virtual machine took while they had work (steal):")
                .append(loads)
                .append(".\n")
                .toString();
    }
}
