package tandem.model.distillation;

import java.nio.FloatBuffer;
import java.util.List;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * The automatically selected levels: a state variable with one number per level, 1 or 0. It belongs to the student's
 * variables and is therefore part of its checkpoints.
 *
 * @param state (levels)
 */
record LevelGate(Tensor state) {

    /** Declares the variable; at first all levels are selected. */
    static LevelGate declare(Variables variables, Task task, int levels) {
        return new LevelGate(
                variables.state(Adapter.name(task, "levels"), Shape.of(levels), Variables.Initializer.constant(1)));
    }

    /**
     * Selects the levels whose similarity is at most the mean: there the student differs most from the teacher. A level
     * that is already equal up to a rotation needs only the adapter.
     */
    static List<Boolean> choose(List<Double> similarity) {
        double mean =
                similarity.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return similarity.stream().map(one -> one <= mean).toList();
    }

    /** Writes the variable. */
    void write(Weights weights, List<Boolean> imitated) {
        float[] values = new float[imitated.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = imitated.get(i) ? 1 : 0;
        }
        weights.write(state, FloatBuffer.wrap(values));
    }
}
