package tandem.tools.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Recipe;
import tandem.model.strategy.StageRunner;

/**
 * A study before its first step. The same command with the same files gives the same setup on every machine.
 *
 * @param recipe the settings that all strategies share
 * @param plan runs and stages
 * @param read the images
 * @param options how stages are run, and their folder
 */
record StudySetup(Recipe recipe, StudyPlan plan, StudyData.Read read, StageRunner.Options options) {

    /** The training images. */
    AnnotationPool pool() {
        return read.pool();
    }

    /** The held-out images. */
    DataSet validation() {
        return read.validation();
    }

    /** Number of folders of stages that are not in the plan. */
    long unusedFolders() throws IOException {
        if (!Files.isDirectory(options.folder())) {
            return 0;
        }
        Set<String> used =
                plan.stages().stream().map(stage -> stage.folder(pool())).collect(Collectors.toSet());
        try (Stream<Path> folders = Files.list(options.folder())) {
            return folders.filter(Files::isDirectory)
                    .filter(folder -> !used.contains(folder.getFileName().toString()))
                    .count();
        }
    }

    /** Runs stages on a device. */
    StageRunner runner(Device device) {
        return new StageRunner(device, pool(), validation(), options);
    }
}
