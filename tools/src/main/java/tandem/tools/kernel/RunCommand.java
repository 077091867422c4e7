package tandem.tools.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.CheckFailure;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.MemoryMap;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;
import tandem.tools.InputException;

/** {@code tandem kernels run}: launches a kernel on the CPU in checked mode. */
@Command(
        name = "run",
        description =
                "Launches a kernel (an entry of a PTX file) on the CPU in checked mode: out-of-bounds and misaligned accesses, reads of "
                        + "uninitialized memory, and races in shared memory are reported with PTX line, block and thread. Prints the contents "
                        + "of the arrays after the launch.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Arguments, in the order of the parameters of the entry:",
            "  " + KernelArgument.SYNTAX,
            "  An array without '=...' is uninitialized: a read before a write is reported.",
            "",
            "Example:",
            "  tandem kernels run elementwise --entry leaky_relu_forward --grid 1,256 \\",
            "      --arg f32[1024]=random --arg f32[1024] --arg f32:0.1 --arg u32:1024"
        })
final class RunCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE.ptx", description = "A PTX file, or the name of a module of this build.")
    private String file;

    @Option(
            names = {"-e", "--entry"},
            paramLabel = "NAME",
            description = "The entry; optional if there is only one.")
    private String entry;

    @Option(
            names = {"-g", "--grid"},
            paramLabel = "BLOCKS,THREADS",
            required = true,
            description = "Blocks and threads per block: 4,256 or 2x3,16x16.")
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
            description = "Seed for 'random'. Default: ${DEFAULT-VALUE}.")
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

    @Spec
    private CommandSpec spec;

    private record Placed(int number, KernelArgument.Array array, Memory memory, ByteBuffer before) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Grid launch = LaunchGrid.parse(grid);
        if (launch.blocks() > Integer.MAX_VALUE) {
            throw new InputException("--grid " + grid + ": at most 2147483647 blocks");
        }
        HostKernel kernel = translate(PtxSource.of(file));
        List<KernelArgument> values =
                arguments.stream().map(KernelArgument::parse).toList();
        requireFit(kernel.entry(), values);
        requireBlock(kernel.entry(), launch);
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            MemoryMap map = new MemoryMap();
            List<Placed> arrays = new ArrayList<>();
            Memory parameters = place(device, kernel.entry(), values, map, arrays);
            try {
                kernel.run(launch, parameters.address(), 0, (int) launch.blocks(), map);
            } catch (CheckFailure found) {
                out.println(found.getMessage());
                out.flush();
                return 1;
            }
            out.printf(
                    "%s: %d blocks of %d threads in checked mode, no errors%n",
                    kernel.entry().name(), launch.blocks(), launch.threads());
            for (Placed placed : arrays) {
                ByteBuffer after = buffer(placed.array().bytes());
                device.download(placed.memory(), after);
                out.println(new ArraySummary(placed.array(), placed.before(), after).text(show));
                if (output != null) {
                    byte[] bytes = new byte[after.capacity()];
                    after.get(0, bytes);
                    Files.write(Files.createDirectories(output).resolve("arg" + placed.number() + ".bin"), bytes);
                }
            }
            out.flush();
        }
        return 0;
    }

    private HostKernel translate(PtxSource source) {
        try {
            PtxModule module = PtxModule.parse(source.name(), source.text());
            List<String> names = module.entries().stream().map(PtxEntry::name).toList();
            if (entry == null && names.size() != 1) {
                throw new InputException("--entry: " + source.name() + " has " + names.size() + " entries, choose one: "
                        + String.join(" ", names));
            }
            return Translator.translate(module, entry == null ? names.get(0) : entry, Mode.CHECKED);
        } catch (PtxException e) {
            throw new InputException(e.getMessage());
        }
    }

    private void requireBlock(PtxEntry entry, Grid launch) {
        try {
            launch.requireFits(entry);
        } catch (IllegalArgumentException e) {
            throw new InputException("--grid " + grid + ": " + e.getMessage());
        }
    }

    private static void requireFit(PtxEntry entry, List<KernelArgument> values) {
        List<PtxParameter> parameters = entry.parameters();
        if (parameters.size() != values.size()) {
            throw new InputException(
                    entry.name() + " takes " + parameters.size() + " arguments (" + CostTable.parameters(entry)
                            + "), got " + values.size() + "; give each as --arg " + KernelArgument.SYNTAX);
        }
        for (int i = 0; i < values.size(); i++) {
            PtxParameter parameter = parameters.get(i);
            KernelArgument value = values.get(i);
            PtxType type = parameter.type();
            boolean array = value instanceof KernelArgument.Array;
            int bytes = array ? Long.BYTES : value.type().bytes();
            boolean kindFits = type.kind() == PtxType.Kind.BITS
                    || type.isFloat() == (!array && value.type().isFloat());
            if (!parameter.isScalar() || bytes != parameter.bytes() || !kindFits) {
                throw new InputException("argument " + (i + 1) + ", " + value.text() + ", does not fit parameter "
                        + parameter.name() + " of " + entry.name() + ", which is ." + type.ptxName()
                        + "; the parameters are " + CostTable.parameters(entry));
            }
        }
    }

    /** Uploads the arrays and the packed parameters. */
    private Memory place(
            CpuDevice device, PtxEntry entry, List<KernelArgument> values, MemoryMap map, List<Placed> arrays)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer packed = buffer(Math.max(8, entry.parameterBytes()));
        for (int i = 0; i < values.size(); i++) {
            int offset = entry.parameters().get(i).offset();
            if (values.get(i) instanceof KernelArgument.Array array) {
                ByteBuffer contents = array.contents(random);
                Memory memory =
                        device.allocate(array.bytes(), "argument " + (i + 1)).memory();
                device.upload(contents, memory);
                map.add("argument " + (i + 1), memory.address(), memory.bytes(), array.isInitialized());
                packed.putLong(offset, memory.address());
                arrays.add(new Placed(i + 1, array, memory, contents));
            } else if (values.get(i) instanceof KernelArgument.Scalar scalar) {
                packed.put(offset, scalar.bytes(), 0, scalar.type().bytes());
            }
        }
        Memory parameters = device.allocate(packed.capacity(), "parameters").memory();
        device.upload(packed, parameters);
        return parameters;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
