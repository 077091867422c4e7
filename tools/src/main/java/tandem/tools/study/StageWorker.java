package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;

/** One stage of a study, on any machine that sees the data and the output folder under the same path. */
public final class StageWorker {

    private StageWorker() {}

    /**
     * Brings the stage to its end; everything it gives is in the study's folder.
     *
     * @param arguments the command line of the study after {@code study}
     * @param stage the name of its folder
     */
    public static void run(List<String> arguments, String stage) throws IOException {
        StudyCommand command = new StudyCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(String[]::new));
        command.work(stage, new PrintWriter(Writer.nullWriter()));
    }
}
