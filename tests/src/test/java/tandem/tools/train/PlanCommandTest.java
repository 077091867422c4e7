package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tandem.tools.CommandRun;

class PlanCommandTest {

    @Test
    void thePublishedNetworkHasItsPublishedSize() {
        // The published ResNet-18 with FPN and both heads for 20 classes has 28.61 million parameters.
        CommandRun run = CommandRun.of("plan", "--network", "standard", "--size", "320", "--batch", "1");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("28.61 million parameters"), run.out());
        assertEquals(
                2,
                run.out()
                        .lines()
                        .filter(line -> line.strip().matches("peak +[0-9.]+ [MG]iB +[0-9]+ bytes"))
                        .count(),
                run.out());
    }

    @Test
    void theTableListsTensors() {
        CommandRun run = CommandRun.of("plan", "--size", "64", "--batch", "2", "--encoder-channels", "8", "--table");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("(2, 64, 64, 3)"), run.out());
    }

    @Test
    void wrongSizesAreWrongUsage() {
        assertEquals(2, CommandRun.of("plan", "--size", "100").code());
        assertEquals(
                2,
                CommandRun.of("plan", "--box-classes", "0", "--mask-classes", "0")
                        .code());
        assertEquals(
                2, CommandRun.of("plan", "--batch", "3", "--micro-batches", "2").code());
    }
}
