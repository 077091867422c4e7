package tandem.tools.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Grid;
import tandem.kernels.count.LaunchCounters;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.SourceLines;
import tandem.kernels.translate.CheckFailure;
import tandem.kernels.translate.CheckedLaunch;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.LaunchObserver;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.ThreadOrder;
import tandem.kernels.translate.Translator;
import tandem.tools.InputException;

/** {@code tandem kernels run}: launches a kernel on the CPU in checked mode. */
@Command(
        name = "run",
        description =
                "Launches a kernel (an entry of a .cu or PTX file) on the CPU in checked mode: out-of-bounds and misaligned accesses, "
                        + "reads of uninitialized memory, races, divergent barriers and deadlocks are reported with source line, block and "
                        + "thread. Prints the contents of the arrays after the launch. A .cu file is compiled with your nvcc. The exit code "
                        + "is 1 if there is an error or an array differs from what --expect gives.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Arguments, in the order of the parameters of the entry:",
            "  " + KernelArgument.SYNTAX,
            "  An array without '=...' is uninitialized: a read before a write is reported.",
            "",
            "Examples:",
            "  tandem kernels run stencil.cu --grid 4,256 --arg f32[1024]=normal --arg f32[1024] --arg i32:1024",
            "  tandem kernels run elementwise --entry leaky_relu_forward --grid 1,256 \\",
            "      --arg f32[1024]=random --arg f32[1024] --arg f32:0.1 --arg u32:1024"
        })
final class RunCommand implements Callable<Integer> {

    /** Takes the next word as it is: options of nvcc start as those of this command do. */
    static final class NvccOptions implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> information) {
            List<String> options = option.getValue();
            if (words.isEmpty()) {
                return false;
            }
            options.add(words.pop());
            return true;
        }
    }

    /** CUDA C++ Programming Guide, "Technical Specifications per Compute Capability". */
    private static final int MAX_STATIC_SHARED_BYTES = 48 * 1024;

    @Parameters(paramLabel = "FILE", description = "A .cu or PTX file, or the name of a module of this build.")
    private String file;

    @Option(
            names = {"-e", "--entry"},
            paramLabel = "NAME",
            description = "The entry, as C++ or PTX name; optional if there is only one.")
    private String entry;

    @Option(
            names = {"-g", "--grid"},
            paramLabel = "BLOCKS,THREADS",
            required = true,
            description =
                    "Blocks and threads per block: 4,256 or 2x3,16x16; a third number is the dynamic shared memory of a "
                            + "block in bytes: 4,256,1024.")
    private String grid;

    @Option(
            names = {"-a", "--arg"},
            paramLabel = "ARGUMENT",
            description = "An argument of the kernel launch; repeat the option for each.")
    private List<String> arguments = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed for 'uniform' and 'normal'. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "8",
            description = "Number of elements to print of each array. Default: ${DEFAULT-VALUE}.")
    private int show;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "After the launch, write each array to DIR/argN.bin.")
    private Path output;

    @Option(
            names = "--expect",
            paramLabel = "ARG=FILE.npy",
            description = "What array argument number ARG (from 1) must contain after the launch; repeatable.")
    private List<String> expected = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            defaultValue = "1e-5",
            description = "Allowed difference for --expect: absolute for values below 1, else relative. Default: "
                    + "${DEFAULT-VALUE}.")
    private double tolerance;

    @Option(
            names = "--schedule",
            paramLabel = "ORDER",
            defaultValue = "forward",
            description = "Order of blocks, and of threads between barriers: forward, reverse or random:SEED. Default: "
                    + "${DEFAULT-VALUE}.")
    private String schedule;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "Stop the launch after this time and print which thread ran at which line, as Ctrl-C does; 0: no "
                            + "limit. Default: ${DEFAULT-VALUE}.")
    private double limit;

    @Option(
            names = "--trace",
            paramLabel = "BLOCK,THREAD",
            description = "Print the memory accesses of one thread; numbers are linear, x fastest.")
    private String trace;

    @Option(
            names = "--nvcc",
            paramLabel = "FILE",
            description = "The nvcc for .cu files; default: in PATH or CUDA_HOME/bin.")
    private Path nvcc;

    @Option(
            names = "--nvcc-option",
            paramLabel = "OPTION",
            preprocessor = NvccOptions.class,
            description = "A further option for nvcc, such as -DN=3 or -arch=compute_80; repeatable.")
    private List<String> nvccOptions = new ArrayList<>();

    @Option(
            names = "--variable",
            paramLabel = "NAME=ARRAY",
            description = "A __device__ or __constant__ variable to set before the launch and print after it, such as "
                    + "scale=f32[2]=1,2; without a second '=' it is only printed. Repeatable.")
    private List<String> variables = List.of();

    @Option(
            names = "--fast",
            description =
                    "Run without checks, in machine code where that is possible, and print the time of --launches "
                            + "kernel launches in one thread. The arrays are those after the first one.")
    private boolean fast;

    @Option(
            names = "--launches",
            paramLabel = "N",
            defaultValue = "10",
            description = "Kernel launches that --fast times, after the first. Default: ${DEFAULT-VALUE}.")
    private int launches;

    @Mixin
    private CountersOption counters;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Grid launch = LaunchGrid.parse(grid);
        if (launch.blocks() > Integer.MAX_VALUE) {
            throw new InputException("--grid " + grid + ": at most 2147483647 blocks");
        }
        ThreadOrder order = order();
        PtxSource source = PtxSource.of(file, new CudaCompiler(nvcc, nvccOptions));
        HostKernel kernel = translate(source);
        List<KernelArgument> values =
                arguments.stream().map(KernelArgument::parse).toList();
        PlacedArguments.requireFit(kernel.entry(), values);
        requireBlock(kernel, launch);
        List<Expectation> expectations = expectations(values);
        SourceLines lines = SourceLines.of(source.text());
        FindingsReport report = new FindingsReport(lines);
        if (trace != null && counters.wanted()) {
            throw new InputException("--trace and --counters need two runs");
        }
        List<ModuleVariableArgument> set = variables.stream()
                .map(text -> ModuleVariableArgument.parse(text, kernel))
                .toList();
        if (fast) {
            return runFast(kernel, launch, values, expectations, set, out);
        }
        LaunchCounters counted = counters.wanted() ? counters.start(kernel, lines) : null;
        LaunchObserver observer = trace == null ? counted : new LaunchTrace(trace, report, out);
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                StopSignal stop = new StopSignal(limit);
                PlacedArguments placed = PlacedArguments.place(device, kernel.entry(), values, seed)) {
            for (ModuleVariableArgument variable : set) {
                variable.write(seed);
            }
            List<CheckFailure> found = kernel.findAll(
                    launch,
                    placed.parameters().address(),
                    placed.map(),
                    CheckedLaunch.standard()
                            .withSourceLine(lines::number)
                            .withOrder(order)
                            .withObserver(observer)
                            .withStopped(stop));
            report.print(found, out);
            out.printf(
                    "%s: %d blocks of %d threads in checked mode, %s%n",
                    CppName.of(kernel.entry().name()), launch.blocks(), launch.threads(), count(found.size()));
            if (counted != null) {
                counters.report(counted, lines, out);
            }
            boolean good = found.isEmpty() & contents(device, placed, expectations, out);
            set.forEach(variable -> out.println(variable.text(show)));
            out.flush();
            return good ? 0 : 1;
        }
    }

    private int runFast(
            HostKernel kernel,
            Grid launch,
            List<KernelArgument> values,
            List<Expectation> expectations,
            List<ModuleVariableArgument> set,
            PrintWriter out)
            throws IOException {
        if (trace != null || counters.wanted() || !schedule.equals("forward") || launches < 1) {
            throw new InputException(
                    launches < 1
                            ? "--launches " + launches + ": at least 1"
                            : "--fast checks nothing: leave out --trace, --counters, --html and --schedule");
        }
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                PlacedArguments placed = PlacedArguments.place(device, kernel.entry(), values, seed)) {
            for (ModuleVariableArgument variable : set) {
                variable.write(seed);
            }
            LaunchTimes times =
                    new LaunchTimes(kernel, launch, placed.parameters().address());
            times.launch();
            boolean good = contents(device, placed, expectations, out);
            set.forEach(variable -> out.println(variable.text(show)));
            out.println(times.text(launches));
            out.flush();
            return good ? 0 : 1;
        }
    }

    private static String count(int errors) {
        return errors == 0 ? "no errors" : errors == 1 ? "1 error" : errors + " errors";
    }

    /** Prints and writes the arrays; returns whether they are as expected. */
    private boolean contents(CpuDevice device, PlacedArguments placed, List<Expectation> expectations, PrintWriter out)
            throws IOException {
        boolean good = true;
        for (PlacedArguments.Placed array : placed.arrays()) {
            ByteBuffer after = PlacedArguments.contents(device, array);
            out.println(new ArraySummary(array.array(), array.before(), after).text(show));
            for (Expectation expectation : expectations) {
                if (Integer.toString(expectation.argument()).equals(array.number())) {
                    out.println("  " + expectation.text(after, tolerance));
                    good &= expectation.wrong(after, tolerance) == 0;
                }
            }
            if (output != null) {
                byte[] bytes = new byte[after.capacity()];
                after.get(0, bytes);
                Files.write(Files.createDirectories(output).resolve("arg" + array.number() + ".bin"), bytes);
            }
        }
        return good;
    }

    private ThreadOrder order() {
        if (schedule.matches("random:\\d{1,18}")) {
            return new ThreadOrder.Random(Long.parseLong(schedule.substring(7)));
        }
        return switch (schedule) {
            case "forward" -> new ThreadOrder.Forward();
            case "reverse" -> new ThreadOrder.Reverse();
            default ->
                throw new InputException("--schedule " + schedule + ": expected forward, reverse or random:SEED");
        };
    }

    private List<Expectation> expectations(List<KernelArgument> values) throws IOException {
        List<Expectation> expectations = new ArrayList<>();
        for (String text : expected) {
            Expectation expectation = Expectation.parse(text);
            if (expectation.argument() < 1
                    || expectation.argument() > values.size()
                    || !(values.get(expectation.argument() - 1) instanceof KernelArgument.Array array)) {
                throw new InputException(
                        "--expect " + text + ": argument " + expectation.argument() + " is not an array");
            }
            expectation.requireFits(array);
            expectations.add(expectation);
        }
        return expectations;
    }

    private HostKernel translate(PtxSource source) {
        try {
            PtxModule module = source.parse();
            PtxEntry chosen = EntryChoice.of(module, entry);
            if (chosen.sharedBytes() > MAX_STATIC_SHARED_BYTES) {
                throw new InputException(CppName.of(chosen.name()) + " has " + chosen.sharedBytes()
                        + " bytes of static shared memory; every GPU architecture allows at most "
                        + MAX_STATIC_SHARED_BYTES + " (more must be dynamic)");
            }
            return Translator.translate(module, chosen.name(), fast ? Mode.FAST : Mode.OBSERVED);
        } catch (PtxException e) {
            throw new InputException(source.explained(e));
        }
    }

    private void requireBlock(HostKernel kernel, Grid launch) {
        PtxEntry entry = kernel.entry();
        if (entry.hasDynamicShared() && grid.split(",").length < 3) {
            throw new InputException("--grid " + grid + ": " + CppName.of(entry.name())
                    + " has arrays in dynamic shared memory; give their bytes as third number, such as --grid " + grid
                    + "," + 4 * launch.threads() + ", or 0");
        }
        if (!fast && launch.blocks() > 1 && kernel.isCooperative()) {
            throw new InputException("--grid " + grid + ": the blocks of " + CppName.of(entry.name())
                    + " wait for each other (grid.sync()); checked mode runs one block of it, --fast all");
        }
        try {
            launch.requireFits(entry);
        } catch (IllegalArgumentException e) {
            throw new InputException("--grid " + grid + ": " + e.getMessage());
        }
    }
}
