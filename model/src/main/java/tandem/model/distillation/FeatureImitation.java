package tandem.model.distillation;

import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Require;

/**
 * Losses between feature maps: the sum over images, levels and cells of the cell's weight times the squared distance of
 * the two channel vectors. They differ only in the weights of the cells. One kernel per level reads each map once and
 * writes the gradient once.
 */
final class FeatureImitation {

    private static final int VECTORS_PER_THREAD = 16;

    private FeatureImitation() {}

    /**
     * The loss, shape ().
     *
     * @param students FLOAT32 (N, H, W, C) of each level, the only operands that get a gradient; likewise
     *     {@code teachers}
     * @param cells FLOAT32 (N, cells of all levels), see {@link CellWeights}
     */
    static Tensor loss(Graph graph, List<Tensor> students, List<Tensor> teachers, Tensor cells) {
        ImitationLoss loss = new ImitationLoss("imitation_features");
        int all = cells.shape().dim(1);
        int offset = 0;
        for (int level = 0; level < students.size(); level++) {
            Tensor student = students.get(level);
            Tensor teacher = teachers.get(level);
            Require.float32("imitation_features", student, teacher);
            Require.sameShape("imitation_features", student, teacher);
            Require.layout("imitation_features", student, "(N, H, W, C)");
            Require.count("imitation_features", student);
            int channels = student.shape().dim(3);
            boolean four = channels % 4 == 0;
            int lanes = four ? channels / 4 : channels;
            int vectors = cells(student) * lanes;
            Divisor divisor = Divisor.of(lanes);
            loss.pair(
                    graph,
                    four ? "imitation_features4" : "imitation_features",
                    student,
                    teacher,
                    vectors,
                    VECTORS_PER_THREAD,
                    List.of(cells),
                    vectors,
                    divisor,
                    all,
                    offset);
            offset += cells(student);
        }
        if (offset != all) {
            throw new IllegalArgumentException(
                    "imitation_features needs a weight for each of " + offset + " cells, got " + cells);
        }
        return loss.append(graph);
    }

    private static int cells(Tensor map) {
        return map.shape().dim(1) * map.shape().dim(2);
    }
}
