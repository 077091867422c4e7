package tandem.tools.study;

import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Recipe;
import tandem.model.strategy.StageRunner;

/**
 * A study before its first step: the same command over the same files gives the same one on every machine.
 *
 * @param recipe what all strategies share
 * @param plan runs and stages
 * @param read the images
 * @param options where and how stages are run
 */
record StudySetup(Recipe recipe, StudyPlan plan, StudyData.Read read, StageRunner.Options options) {

    /** The images to train on. */
    AnnotationPool pool() {
        return read.pool();
    }

    /** The images to measure on. */
    DataSet validation() {
        return read.validation();
    }

    /** Runs stages on a device. */
    StageRunner runner(Device device) {
        return new StageRunner(device, pool(), validation(), options);
    }
}
