package tandem.tools;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tandem.engine.Device;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.CudaUnavailableException;

/**
 * {@code --device}, {@code --threads}, {@code --convolutions} and {@code --memory-limit}: which device runs the
 * computation, with how many threads, which algorithms and how much memory.
 */
public final class DeviceOption {

    /** A device as the user names it. */
    sealed interface Choice {
        /** The first GPU if it is usable, else the CPU. */
        record Auto() implements Choice {}

        /** The CPU. */
        record Cpu() implements Choice {}

        /** A GPU by its number. */
        record Cuda(int number) implements Choice {}
    }

    static final class Converter implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String text) {
            if (text.equals("auto")) {
                return new Choice.Auto();
            }
            if (text.equals("cpu")) {
                return new Choice.Cpu();
            }
            if (text.matches("cuda(:\\d{1,3})?")) {
                return new Choice.Cuda(text.length() > 5 ? Integer.parseInt(text.substring(5)) : 0);
            }
            throw new TypeConversionException("'" + text + "' is not a device; write auto, cpu, cuda or cuda:N");
        }
    }

    static final class SizeConverter implements ITypeConverter<Long> {
        private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kmgt]?)", Pattern.CASE_INSENSITIVE);

        @Override
        public Long convert(String text) {
            Matcher match = SIZE.matcher(text);
            if (!match.matches() || Long.parseLong(match.group(1)) == 0) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size; write a number and k, m, g or t, such as 8g");
            }
            int unit = match.group(2).isEmpty()
                    ? 0
                    : 1 + "kmgt".indexOf(match.group(2).toLowerCase(Locale.ROOT));
            try {
                return Math.multiplyExact(Long.parseLong(match.group(1)), 1L << (10 * unit));
            } catch (ArithmeticException e) {
                throw new TypeConversionException("'" + text + "' is larger than any device memory");
            }
        }
    }

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "auto",
            order = 15,
            converter = Converter.class,
            description =
                    "auto, cpu, cuda or cuda:N. Default: auto, the first GPU if it is usable, else the CPU. A named device "
                            + "that is not usable is an error; it is never replaced by another.")
    private Choice choice;

    @Option(names = "--threads", paramLabel = "N", order = 16, description = "Threads on the CPU; default: all.")
    private Integer threads;

    /** The values of {@code --convolutions}. */
    enum Convolutions {
        direct(ConvolutionPolicy.DIRECT),
        measured(ConvolutionPolicy.MEASURED);

        private final ConvolutionPolicy policy;

        Convolutions(ConvolutionPolicy policy) {
            this.policy = policy;
        }
    }

    @Option(
            names = "--convolutions",
            paramLabel = "NAME",
            defaultValue = "measured",
            order = 17,
            description =
                    "Algorithms of convolutions on the CPU. measured (default): the fastest of several, measured once for each "
                            + "processor, number of threads and shape; takes some seconds then. direct: the same on every processor.")
    private Convolutions convolutions;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            order = 17,
            converter = SizeConverter.class,
            description = "Maximum memory to allocate on a GPU, such as 8g or 500m; default: all of it.")
    private Long memoryLimit;

    /** What was given, as options of a command line. */
    public List<String> given() {
        List<String> words = new ArrayList<>();
        if (choice instanceof Choice.Cpu) {
            words.addAll(List.of("--device", "cpu"));
        } else if (choice instanceof Choice.Cuda cuda) {
            words.addAll(List.of("--device", "cuda:" + cuda.number()));
        }
        if (threads != null) {
            words.addAll(List.of("--threads", threads.toString()));
        }
        if (convolutions != Convolutions.measured) {
            words.addAll(List.of("--convolutions", convolutions.name()));
        }
        if (memoryLimit != null) {
            words.addAll(List.of("--memory-limit", memoryLimit.toString()));
        }
        return words;
    }

    /**
     * Opens the device and prints one line: which it is, and why a GPU was not used.
     *
     * @throws InputException when the named device is not usable
     */
    public Device open(PrintWriter err) {
        return open(err, convolutions.policy);
    }

    /** The same for a command that plans and runs nothing: algorithms that are not stored are not measured. */
    public Device openToPlan(PrintWriter err) {
        return open(err, convolutions == Convolutions.measured ? ConvolutionPolicy.STORED : convolutions.policy);
    }

    private Device open(PrintWriter err, ConvolutionPolicy policy) {
        if (threads != null && threads < 1) {
            throw new InputException("--threads " + threads + ": at least 1");
        }
        String rejected = "";
        Device device = null;
        if (choice instanceof Choice.Cuda cuda) {
            try {
                device = gpu(cuda.number());
            } catch (CudaUnavailableException e) {
                throw new InputException("--device cuda: " + e.getMessage() + " (or use --device cpu)");
            }
        } else if (choice instanceof Choice.Auto) {
            try {
                device = gpu(0);
            } catch (CudaUnavailableException e) {
                rejected = "; not cuda: " + e.getMessage();
            }
        }
        if (device == null) {
            if (memoryLimit != null) {
                throw new InputException(
                        "--memory-limit applies to a GPU, and this run uses the CPU" + rejected + ": omit it");
            }
            CpuDevice.Options options = CpuDevice.Options.standard().withConvolutions(policy);
            device = new CpuDevice(threads == null ? options : options.withThreads(threads));
        }
        err.println("device: " + device.description() + rejected);
        err.flush();
        return device;
    }

    private CudaDevice gpu(int number) {
        CudaDevice.Options options = CudaDevice.Options.standard();
        return CudaDevice.open(number, memoryLimit == null ? options : options.withMemoryLimit(memoryLimit));
    }
}
