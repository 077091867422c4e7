package tandem.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One command at a time writes into a folder. */
class OutputOptionTest {

    @TempDir
    Path root;

    private OutputOption option() {
        OutputOption option = new OutputOption();
        option.folder = root.resolve("out");
        return option;
    }

    @Test
    void aSecondCommandIsRefusedUntilTheFirstEnds() throws IOException {
        try (OutputOption first = option();
                OutputOption second = option()) {
            assertEquals(root.resolve("out"), first.make());
            assertEquals(first.make(), first.make(), "asked twice");
            InputException refused = assertThrows(InputException.class, second::make);
            assertTrue(
                    refused.getMessage()
                            .endsWith("out: another command is writing into this folder; wait for it, or choose"
                                    + " another --output"),
                    refused.getMessage());
            first.close();
            assertEquals(root.resolve("out"), second.make());
        }
    }

    @Test
    void anotherProcessHoldsTheFolderAndAKilledOneDoesNot() throws Exception {
        Files.createDirectories(root.resolve("out"));
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root.resolve("out").resolve(OutputLock.FILE).toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputOption option = option()) {
            assertEquals('L', holder.getInputStream().read());
            assertThrows(InputException.class, option::make);
            holder.destroyForcibly().waitFor();
            assertEquals(root.resolve("out"), option.make());
        } finally {
            holder.destroyForcibly();
        }
    }

    /** Locks a file and waits. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (FileChannel channel =
                    FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.print('L');
                System.out.flush();
                Thread.sleep(60_000);
            }
        }
    }
}
