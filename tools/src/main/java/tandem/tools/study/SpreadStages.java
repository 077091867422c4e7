package tandem.tools.study;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.tools.InputException;
import tandem.tools.console.LiveLine;

/** Trains the stages of a study on a cluster, in waves: the stages of a wave depend only on earlier waves. */
final class SpreadStages {

    private SpreadStages() {}

    static void run(String master, List<String> commandLine, StudySetup setup, StageRunner runner, LiveLine line)
            throws IOException {
        StageCluster cluster = ServiceLoader.load(StageCluster.class)
                .findFirst()
                .orElseThrow(
                        () -> new InputException(
                                "--master " + master
                                        + ": this build has no Spark; set TANDEM_MAVEN_FLAGS=-Pspark in the environment and run ./tandem again, which builds it with Spark"));
        List<String> arguments = commandLine.stream()
                .skip(commandLine.indexOf("study") + 1L)
                .filter(argument -> !argument.equals("--debug"))
                .toList();
        List<List<Stage>> waves = setup.plan().waves();
        for (int wave = 0; wave < waves.size(); wave++) {
            List<String> stages = new ArrayList<>();
            for (Stage stage : waves.get(wave)) {
                if (runner.outcome(stage).isEmpty()) {
                    stages.add(runner.folder(stage).getFileName().toString());
                }
            }
            if (!stages.isEmpty()) {
                line.message("wave " + (wave + 1) + "/" + waves.size() + ": " + stages.size() + " stages on " + master);
                cluster.run(master, arguments, stages);
            }
        }
    }
}
