package tandem.model.distillation;

import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Require;

/**
 * Losses between feature maps: the sum over images, levels and cells of the cell's weight times the squared distance of the two
 * channel vectors. They differ in the weights of the cells alone. One kernel a level reads each map once and writes the gradient
 * once.
 */
public final class FeatureImitation {

    /** Factor of the published losses. */
    public static final float FACTOR = 5;

    private static final int PER_BLOCK = 256 * 8;

    private FeatureImitation() {}

    /**
     * Cell weights of the mean square: {@code weight} / (cells times channels) in every cell, so that the loss is the mean over
     * all elements of all levels.
     *
     * @param images see {@link ImageShares}
     * @return FLOAT32 (N, cells of all levels)
     */
    public static Tensor uniform(Graph graph, List<Tensor> maps, Tensor images, Task task, float weight) {
        int count = maps.stream().mapToInt(FeatureImitation::cells).sum();
        int n = images.shape().side(0);
        Tensor cells = graph.activation("imitation_cells", Shape.of(n, count));
        float scale = weight / ((float) count * maps.get(0).shape().side(3));
        KernelOperation.named("imitation_cells_uniform").reads(images).writes(cells)
                .launch("imitation_cells_uniform", (long) n * count, images, cells, scale, task.ordinal(), count, n * count)
                .appendTo(graph);
        return cells;
    }

    /**
     * The loss, shape ().
     *
     * @param students FLOAT32 (N, H, W, C) of each level, the only operands that get a gradient; likewise {@code teachers}
     * @param cells FLOAT32 (N, cells of all levels), level after level
     */
    public static Tensor loss(Graph graph, List<Tensor> students, List<Tensor> teachers, Tensor cells, Tensor images, Task task) {
        ImitationLoss loss = new ImitationLoss("imitation_features");
        int all = cells.shape().side(1);
        int offset = 0;
        for (int level = 0; level < students.size(); level++) {
            Tensor student = students.get(level);
            Tensor teacher = teachers.get(level);
            Require.float32("imitation_features", student, teacher);
            Require.sameShape("imitation_features", student, teacher);
            Require.layout("imitation_features", student, "(N, H, W, C)");
            Require.count("imitation_features", student);
            int channels = student.shape().side(3);
            boolean four = channels % 4 == 0;
            int lanes = four ? channels / 4 : channels;
            int vectors = cells(student) * lanes;
            Divisor divisor = Divisor.of(lanes);
            loss.pair(graph, four ? "imitation_features4" : "imitation_features", student, teacher, vectors, PER_BLOCK,
                    List.of(cells, images), task.ordinal(), vectors, divisor.magic(), divisor.shift(), all, offset);
            offset += cells(student);
        }
        if (offset != all) {
            throw new IllegalArgumentException("imitation_features needs a weight for each of " + offset + " cells, got " + cells);
        }
        return loss.append(graph);
    }

    static int cells(Tensor map) {
        return map.shape().side(1) * map.shape().side(2);
    }
}
