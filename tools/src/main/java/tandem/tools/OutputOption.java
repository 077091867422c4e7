package tandem.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code --output}: the folder that a command writes into. Only one command at a time may do so. */
public final class OutputOption implements AutoCloseable {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 7,
            description = "Folder to write into; created if absent.")
    Path folder;

    private OutputLock lock;

    /** The folder, which need not exist. */
    public Path path() {
        return folder;
    }

    /**
     * The folder, created if absent, locked until the command ends.
     *
     * @throws InputException when it is a file, or another command is writing into it
     */
    public Path make() throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InputException("--output " + folder + " is a file; give a folder");
        }
        Files.createDirectories(folder);
        if (lock == null) {
            lock = OutputLock.take(folder);
        }
        return folder;
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    /** Releases the folders of a command line and its subcommands. */
    public static void release(CommandLine line) {
        line.getCommandSpec().mixins().values().forEach(mixin -> {
            if (mixin.userObject() instanceof OutputOption output) {
                try {
                    output.close();
                } catch (IOException e) {
                    // The operating system releases the lock when the process ends.
                }
            }
        });
        line.getSubcommands().values().forEach(OutputOption::release);
    }
}
