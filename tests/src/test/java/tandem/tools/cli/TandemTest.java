package tandem.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

class TandemTest {

    @Test
    void helpNamesEveryCommandAndEndsWithZero() {
        CommandRun run = CommandRun.of("--help");
        assertEquals(0, run.code());
        for (String command : commands()) {
            assertTrue(run.out().contains("\n  " + command + " "), run.out());
        }
    }

    @Test
    void everyCommandShowsAnExample() {
        for (String command : commands()) {
            CommandRun run = CommandRun.of(command, "--help");
            assertEquals(0, run.code(), command);
            assertTrue(run.out().contains("Example"), command + " has no example:\n" + run.out());
            assertTrue(run.out().contains("  tandem " + command), command + " has no example:\n" + run.out());
        }
    }

    @Test
    void wrongUsageIsOneLineAndCodeTwo() {
        for (String[] arguments : new String[][] {{}, {"fly"}, {"doctor", "--fast"}, {"doctor", "extra"}}) {
            CommandRun run = CommandRun.of(arguments);
            assertEquals(2, run.code());
            assertEquals("", run.out());
            assertTrue(run.err().startsWith("tandem: "), run.err());
            assertEquals(2, run.err().lines().count(), run.err());
            assertFalse(run.err().contains("Exception"), run.err());
        }
    }

    @Test
    void debugAddsTheStackTrace() {
        CommandRun run = CommandRun.of("doctor", "--debug", "--fast");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("\tat "), run.err());
    }

    @Test
    void versionIsTheBuilds() {
        assertEquals("Tandem 0.1.0", CommandRun.of("--version").out().strip());
    }

    @Test
    void onlyNamedCommandsReadTheirOptions() {
        var commands = Tandem.commandLine(new Tandem(), List.of("plan")).getSubcommands();
        assertTrue(commands.get("plan").getCommandSpec().optionsMap().containsKey("--batch"));
        assertFalse(commands.get("train").getCommandSpec().optionsMap().containsKey("--batch"));
        assertEquals(
                Set.of("--help", "-h", "--debug"),
                commands.get("train").getCommandSpec().optionsMap().keySet());
    }

    @Test
    void argumentsMayStandInAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("arguments.txt"), "plan --size 64 --network small --batch 2\n");
        CommandRun run = CommandRun.of("@" + file);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("training, 2 images a step"), run.out());
    }

    private static Set<String> commands() {
        return Tandem.commandLine(new Tandem(), List.of()).getSubcommands().keySet();
    }
}
