package tandem.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tandem.engine.Device;

class DeviceOptionTest {

    @Command(name = "using")
    private static final class Using implements Callable<Integer> {
        @Mixin
        DeviceOption device;

        final StringWriter said = new StringWriter();

        @Override
        public Integer call() {
            try (Device opened = device.open(new PrintWriter(said))) {
                assertTrue(opened.description().startsWith("cpu ("), opened.description());
            }
            return 0;
        }
    }

    private final StringWriter err = new StringWriter();
    private final Using using = new Using();

    private int run(String... arguments) {
        CommandLine line = new CommandLine(using);
        line.setErr(new PrintWriter(err));
        Failures failures = new Failures(() -> false);
        line.setParameterExceptionHandler(failures);
        line.setExecutionExceptionHandler(failures);
        return line.execute(arguments);
    }

    @Test
    void autoTakesTheProcessorAndSaysWhyNotCuda() {
        assertEquals(0, run());
        assertTrue(using.said.toString().strip().endsWith("; not cuda: this build has no CUDA device"), using.said.toString());
        assertEquals(1, using.said.toString().lines().count());
    }

    @Test
    void theNumberOfThreadsIsKept() {
        assertEquals(0, run("--device", "cpu", "--threads", "1"));
        assertTrue(using.said.toString().contains(" 1 thread,"), using.said.toString());
    }

    @Test
    void cudaIsNeverReplaced() {
        for (String name : new String[] {"cuda", "cuda:0", "cuda:3"}) {
            assertEquals(2, run("--device", name));
            assertEquals("", using.said.toString());
        }
        assertTrue(err.toString().contains("tandem: --device cuda: this build has no CUDA device; use --device cpu"), err.toString());
    }

    @Test
    void otherNamesAreWrongUsage() {
        for (String name : new String[] {"gpu", "cuda:", "cuda:x", "CPU", ""}) {
            assertEquals(2, run("--device", name), name);
        }
        assertEquals(2, run("--threads", "0"));
        assertEquals(2, run("--threads", "many"));
    }
}
