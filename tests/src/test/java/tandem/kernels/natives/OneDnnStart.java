package tandem.kernels.natives;

import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;

/** Loads oneDNN, for a JVM of its own. */
final class OneDnnStart {

    private OneDnnStart() {}

    public static void main(String[] arguments) {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            System.out.println(device.description());
        }
    }
}
