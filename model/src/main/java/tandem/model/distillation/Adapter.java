package tandem.model.distillation;

import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables.Initializer;
import tandem.engine.operation.Convolution;

/**
 * The 1x1 convolution between a student's map and a teacher's. It is trained with the student but is no part of the
 * network: in a checkpoint it lies outside of what a weights file needs.
 */
public final class Adapter {

    private static final String PREFIX = "distillation.";

    private Adapter() {}

    /** Whether a variable of that name serves imitation alone, as an adapter or a {@link LevelGate}. */
    public static boolean owns(String variable) {
        return variable.startsWith(PREFIX);
    }

    /** The name of a variable that serves imitation alone. */
    static String name(Task task, String what) {
        return PREFIX + task.word() + "." + what;
    }

    /**
     * The student's map with as many channels as the teacher's. Starts as the identity when it has as many; else its
     * filter is drawn so that the variance of a channel stays.
     *
     * @param map FLOAT32 (N, H, W, C)
     * @return FLOAT32 (N, H, W, channels)
     */
    static Tensor apply(Graph graph, Tensor map, Task task, int level, int channels) {
        int own = map.shape().dim(3);
        String name = name(task, String.valueOf(level));
        Initializer values =
                own == channels ? (shape, random) -> identity(own) : Initializer.normal(Math.sqrt(1.0 / own));
        Tensor filter = graph.variables().parameter(name + ".weight", Shape.of(channels, 1, 1, own), values);
        Tensor bias = graph.variables().parameter(name + ".bias", Shape.of(channels), Initializer.constant(0));
        return Convolution.apply(graph, map, filter, bias, 1, 0);
    }

    private static float[] identity(int channels) {
        float[] values = new float[channels * channels];
        for (int i = 0; i < channels; i++) {
            values[i * channels + i] = 1;
        }
        return values;
    }
}
