package tandem.tools.study;

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

    /** Runs stages on a device. */
    StageRunner runner(Device device) {
        return new StageRunner(device, pool(), validation(), options);
    }
}
