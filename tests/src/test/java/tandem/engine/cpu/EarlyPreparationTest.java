package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tandem.engine.Dnn;
import tandem.kernels.Catalogue;

/** Libraries and kernels are prepared beside the caller, who may need them at any time of that. */
class EarlyPreparationTest {

    /** A JVM of its own: opens a device, waits for some milliseconds, and uses it. */
    static final class Start {
        private Start() {}

        public static void main(String[] arguments) throws InterruptedException {
            try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
                device.prepareEarly(() -> Catalogue.entries().subList(0, 12));
                Thread.sleep(Integer.parseInt(arguments[0]));
                device.dnn().matrixProduct(new Dnn.ProductShape(3, 4, 5, false, false));
            }
        }
    }

    /** Classes that are initialized by two threads in different orders would wait for each other. */
    @Test
    void nothingWaitsForever() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int pause : new int[] {0, 50, 100, 200, 400}) {
            List<String> command = new ArrayList<>(List.of(java));
            if (Runtime.version().feature() >= 24) {
                command.add("--enable-native-access=ALL-UNNAMED");
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.addAll(List.of(
                    "-cp", System.getProperty("java.class.path"), Start.class.getName(), Integer.toString(pause)));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                assertTrue(process.waitFor(180, TimeUnit.SECONDS), "it hangs after a pause of " + pause + " ms");
                assertEquals(0, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** An error is that of the first use, not of the preparation. */
    @Test
    void errorsAreThoseOfTheFirstUse() {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            device.prepareEarly(() -> {
                throw new IllegalStateException("no kernels");
            });
            assertEquals(
                    0,
                    device.dnn()
                            .matrixProduct(new Dnn.ProductShape(3, 4, 5, false, false))
                            .preparedBytes());
        }
    }
}
