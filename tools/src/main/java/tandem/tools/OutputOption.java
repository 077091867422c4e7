package tandem.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --output}: the folder that a command writes into. */
public final class OutputOption {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 7,
            description = "Folder to write into; created if absent.")
    Path folder;

    /** The folder, created if absent. */
    public Path make() throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InputException("--output " + folder + " is a file; give a folder");
        }
        return Files.createDirectories(folder);
    }
}
