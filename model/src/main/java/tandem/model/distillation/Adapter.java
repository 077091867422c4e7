package tandem.model.distillation;

import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables.Initializer;
import tandem.engine.operation.Convolution;

/**
 * The 1x1 convolution from a feature map of the student to one of a teacher. It is trained together with the student
 * but is not part of the network: a weights file does not contain it.
 */
public final class Adapter {

    private static final String PREFIX = "distillation.";

    private Adapter() {}

    /** Whether a variable belongs to distillation only: an adapter or a {@link LevelGate}. */
    public static boolean owns(String variable) {
        return variable.startsWith(PREFIX);
    }

    /** The name of a variable that belongs to distillation only. */
    static String name(Task task, String what) {
        return PREFIX + task.word() + "." + what;
    }

    /**
     * The student's map, converted to the number of channels of the teacher's. The initial filter is the identity when
     * both have the same number of channels; otherwise it is sampled such that the variance of a channel is preserved.
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
