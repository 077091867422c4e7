package tandem.tools;

import java.io.PrintWriter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.CudaUnavailableException;

/** {@code --device} and {@code --threads}: which machine does the work. */
public final class DeviceOption {

    /** A device as the user names it. */
    sealed interface Choice {
        /** The best there is. */
        record Auto() implements Choice {}

        /** The processor. */
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

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto", order = 15, converter = Converter.class,
            description = "auto, cpu, cuda or cuda:N. Default: auto, the best there is. A named device is used or refused, "
                    + "never replaced by another.")
    private Choice choice;

    @Option(names = "--threads", paramLabel = "N", order = 16, description = "Threads on the processor; default: all.")
    private Integer threads;

    /**
     * Opens the device and says in one line which it is and why no better one was taken.
     *
     * @throws InputException when the named device cannot be had
     */
    public Device open(PrintWriter err) {
        if (threads != null && threads < 1) {
            throw new InputException("--threads " + threads + ": at least 1");
        }
        String rejected = "";
        Device device = null;
        if (choice instanceof Choice.Cuda cuda) {
            try {
                device = CudaDevice.open(cuda.number(), CudaDevice.Options.standard());
            } catch (CudaUnavailableException e) {
                throw new InputException("--device cuda: " + e.getMessage() + " (or use --device cpu)");
            }
        } else if (choice instanceof Choice.Auto) {
            try {
                device = CudaDevice.open(0, CudaDevice.Options.standard());
            } catch (CudaUnavailableException e) {
                rejected = "; not cuda: " + e.getMessage();
            }
        }
        if (device == null) {
            CpuDevice.Options options = CpuDevice.Options.standard();
            device = new CpuDevice(threads == null ? options : options.withThreads(threads));
        }
        err.println("device: " + device.description() + rejected);
        err.flush();
        return device;
    }
}
