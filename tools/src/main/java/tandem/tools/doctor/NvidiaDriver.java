package tandem.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kernel driver of NVIDIA GPUs on this machine. */
public final class NvidiaDriver {

    private static final Path FILE = Path.of("/proc/driver/nvidia/version");

    private NvidiaDriver() {}

    /** The first line of the driver's description of itself, or that and why it is unknown. */
    public static String version() {
        try {
            List<String> lines = Files.readAllLines(FILE);
            return lines.isEmpty() ? "driver version unknown" : lines.get(0).strip();
        } catch (IOException e) {
            return "driver version unknown: no " + FILE;
        }
    }
}
