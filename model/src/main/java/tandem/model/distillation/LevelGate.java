package tandem.model.distillation;

import java.nio.FloatBuffer;
import java.util.List;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * Which levels count when they are chosen by themselves: a state of one number a level, 1 or 0, that lives with the
 * student's variables and so is part of its checkpoints.
 *
 * @param state (levels)
 */
record LevelGate(Tensor state) {

    /** Declares it; all levels count at first. */
    static LevelGate declare(Variables variables, Task task, int levels) {
        return new LevelGate(
                variables.state(Adapter.name(task, "levels"), Shape.of(levels), Variables.Initializer.constant(1)));
    }

    /**
     * The levels that are at most as alike as the mean: there the student has most to learn, while a level that is
     * alike already up to rotation is a matter for the adapter.
     */
    static List<Boolean> choose(List<Double> similarity) {
        double mean =
                similarity.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return similarity.stream().map(one -> one <= mean).toList();
    }

    /** Sets it. */
    void write(Weights weights, List<Boolean> imitated) {
        float[] values = new float[imitated.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = imitated.get(i) ? 1 : 0;
        }
        weights.write(state, FloatBuffer.wrap(values));
    }
}
