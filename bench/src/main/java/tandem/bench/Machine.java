package tandem.bench;

import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;

/** Description of the machine. */
final class Machine {

    private Machine() {}

    /** Processor, threads and Java. */
    static String description() {
        try (Device device = new CpuDevice()) {
            return device.description() + ", Java " + System.getProperty("java.version");
        }
    }
}
