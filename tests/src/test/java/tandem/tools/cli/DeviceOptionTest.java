package tandem.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tandem.engine.Device;
import tandem.engine.cuda.CudaProbe;
import tandem.engine.cuda.MockCuda;
import tandem.tools.DeviceOption;

class DeviceOptionTest {

    @Command(name = "using")
    private static final class Using implements Callable<Integer> {
        @Mixin
        DeviceOption device;

        final StringWriter messages = new StringWriter();

        @Override
        public Integer call() {
            try (Device opened = device.open(new PrintWriter(messages))) {
                assertTrue(
                        opened.description().startsWith("cpu (")
                                || opened.description().startsWith("cuda:"),
                        opened.description());
            }
            return 0;
        }
    }

    private final StringWriter err = new StringWriter();
    private final Using using = new Using();

    private static void assumeNoGpu() {
        assumeFalse(CudaProbe.run().usable(), "this machine has a GPU");
    }

    private int run(String... arguments) {
        CommandLine line = new CommandLine(using);
        line.setErr(new PrintWriter(err));
        Failures failures = new Failures(() -> false);
        line.setParameterExceptionHandler(failures);
        line.setExecutionExceptionHandler(failures);
        return line.execute(arguments);
    }

    @Test
    void autoSelectsTheCpuAndPrintsWhyNotCuda() {
        assumeNoGpu();
        assertEquals(0, run());
        String reason = CudaProbe.run().problem().orElseThrow();
        assertTrue(using.messages.toString().strip().endsWith("; not cuda: " + reason), using.messages.toString());
        assertEquals(1, using.messages.toString().lines().count());
    }

    @Test
    void theNumberOfThreadsIsUsed() {
        assertEquals(0, run("--device", "cpu", "--threads", "1"));
        assertTrue(using.messages.toString().contains(" 1 thread,"), using.messages.toString());
    }

    @Test
    void cudaIsNeverReplaced() {
        assumeNoGpu();
        for (String name : new String[] {"cuda", "cuda:0", "cuda:3"}) {
            assertEquals(2, run("--device", name));
            assertEquals("", using.messages.toString());
        }
        assertTrue(
                err.toString()
                        .startsWith("tandem: --device cuda: "
                                + CudaProbe.run().problem().orElseThrow()),
                err.toString());
    }

    @Test
    void aGpuIsUsedIfThereIsOne() {
        MockCuda.start();
        try {
            for (String[] arguments :
                    new String[][] {{}, {"--device", "cuda"}, {"--device", "cuda:0", "--memory-limit", "100m"}}) {
                assertEquals(0, run(arguments));
                assertTrue(using.messages.toString().startsWith("device: cuda:0 (Mock GPU"), using.messages.toString());
                using.messages.getBuffer().setLength(0);
            }
            assertEquals(2, run("--device", "cuda:1"));
            assertTrue(err.toString().contains("there is no cuda:1"), err.toString());
            assertEquals("", MockCuda.census());
        } finally {
            MockCuda.stop();
        }
    }

    @Test
    void aMemoryLimitIsASizeAndForAGpu() {
        for (String size : new String[] {"0", "8x", "g", "-1g", "999999999999t"}) {
            assertEquals(2, run("--memory-limit", size), size);
        }
        assertEquals(2, run("--device", "cpu", "--memory-limit", "1g"));
        assertTrue(err.toString().contains("--memory-limit applies to a GPU"), err.toString());
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
