package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;

/** Runs one stage of a study on any machine that has the data and the output folder under the same path. */
public final class StageWorker {

    private StageWorker() {}

    /**
     * Runs the stage until it is finished. Its results are in the output folder of the study.
     *
     * @param arguments the command line of the study after {@code study}
     * @param stage the folder name of the stage
     */
    public static void run(List<String> arguments, String stage) throws IOException {
        StudyCommand command = new StudyCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(String[]::new));
        command.work(stage, new PrintWriter(Writer.nullWriter()));
    }
}
