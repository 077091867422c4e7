package tandem.bench;

import tandem.engine.Device;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;

/** The machine, and the device that benchmarks of convolutions use. */
public final class Machine {

    private Machine() {}

    /** Processor, threads and Java. */
    public static String description() {
        String limit = System.getenv("ONEDNN_MAX_CPU_ISA");
        try (Device device = new CpuDevice()) {
            return device.description() + (limit == null ? "" : ", ONEDNN_MAX_CPU_ISA=" + limit) + ", Java "
                    + System.getProperty("java.version");
        }
    }

    /** All cores, with measured algorithms of convolutions as the commands have them. */
    static CpuDevice device() {
        return new CpuDevice(CpuDevice.Options.standard().withConvolutions(ConvolutionPolicy.MEASURED));
    }
}
