package tandem.bench.gpu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import tandem.engine.Device;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.CudaProbe;
import tandem.tools.doctor.NvidiaDriver;

/** Names the device, its libraries and the host. */
final class MachinePart {

    private MachinePart() {}

    static void run(Settings settings) {
        ObjectNode line = GpuCheck.line();
        CudaProbe.run()
                .findings()
                .forEach(finding -> line.withArray("libraries")
                        .add(finding.name() + ": " + (finding.found() ? "" : "missing: ") + finding.text()));
        line.put("driver", NvidiaDriver.version());
        line.put("java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
        line.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        line.put("threads", Runtime.getRuntime().availableProcessors());
        try (Device device = settings.open()) {
            settings.requireAllRead();
            line.put("device", device.description());
            if (device instanceof CudaDevice cuda) {
                line.put("gpu", cuda.gpu().name());
                line.put("architecture", cuda.gpu().architecture());
                line.put("bytes", cuda.gpu().bytes());
            }
        } finally {
            GpuCheck.print(line);
        }
    }
}
