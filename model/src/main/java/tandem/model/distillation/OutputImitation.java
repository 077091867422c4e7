package tandem.model.distillation;

import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Require;

/**
 * Losses between the outputs of student and teacher (soft logits). Each is a mean over the images with this teacher;
 * only the student's tensor has a gradient.
 */
final class OutputImitation {

    /**
     * Factor of the class scores. The published factor is 5000 for a mean over anchors and classes, with 20 classes;
     * this one is for a mean over anchors of the sum over classes, so that it does not depend on their number.
     */
    static final float CONFIDENCE = 5000f / 20;

    private static final int CONFIDENCE_STEPS = 8;

    private OutputImitation() {}

    /**
     * Balanced L1 between encoded offsets, the mean over all of them.
     *
     * @param student FLOAT32 (N, A, 4), likewise {@code teacher}
     * @param images see {@link DistilledImageWeights}
     * @param weight factor of the loss
     */
    static Tensor location(Graph graph, Tensor student, Tensor teacher, Tensor images, float weight) {
        require("imitation_location", student, teacher, 3);
        int anchors = student.shape().dim(1);
        return new ImitationLoss("imitation_location")
                .pair(
                        graph,
                        "imitation_location",
                        student,
                        teacher,
                        anchors,
                        1,
                        List.of(images),
                        weight / (4f * anchors),
                        anchors)
                .append(graph);
    }

    /**
     * Focal cross-entropy of class logits against the teacher's probabilities: with p and t the logistic function of
     * both logits over the temperature, (t/4 + 3(1-t)/4) ((1-p) t + p (1-t)) BCE(p, t). Mean over anchors of the sum
     * over classes, times {@link #CONFIDENCE} and the temperature's square.
     *
     * @param student FLOAT32 (N, A, C), likewise {@code teacher}
     */
    static Tensor confidence(
            Graph graph, Tensor student, Tensor teacher, Tensor images, float weight, float temperature) {
        require("imitation_confidence", student, teacher, 3);
        int anchors = student.shape().dim(1);
        int elements = anchors * student.shape().dim(2);
        return new ImitationLoss("imitation_confidence")
                .pair(
                        graph,
                        "imitation_confidence",
                        student,
                        teacher,
                        elements,
                        CONFIDENCE_STEPS,
                        List.of(images),
                        weight * CONFIDENCE * temperature * temperature / anchors,
                        1 / temperature,
                        elements)
                .append(graph);
    }

    /**
     * Absolute difference of encoded offsets, the mean over all of them; of PDF-Distil.
     *
     * @param student FLOAT32 (N, A, 4), likewise {@code teacher}
     */
    static Tensor absolute(Graph graph, Tensor student, Tensor teacher, Tensor images, float weight) {
        require("imitation_absolute", student, teacher, 3);
        int anchors = student.shape().dim(1);
        return new ImitationLoss("imitation_absolute")
                .pair(
                        graph,
                        "imitation_absolute",
                        student,
                        teacher,
                        anchors,
                        1,
                        List.of(images),
                        weight / (4f * anchors),
                        anchors)
                .append(graph);
    }

    /**
     * Cross-entropy of class logits against the teacher's probabilities, each times the squared difference of both
     * probabilities; the sum divided by how many scores of the image's teacher are above one half, at least 1; of
     * PDF-Distil. The squared difference counts as constant in the gradient.
     *
     * @param student FLOAT32 (N, A, C), likewise {@code teacher}
     */
    static Tensor guided(Graph graph, Tensor student, Tensor teacher, Tensor images, float weight) {
        require("imitation_guided", student, teacher, 3);
        int n = student.shape().dim(0);
        int elements = student.shape().dim(1) * student.shape().dim(2);
        Tensor factors = graph.activation("imitation_confident", Shape.of(n));
        KernelOperation.named("imitation_confident")
                .reads(teacher, images)
                .writes(factors)
                .launchBlocks("imitation_confident", n, teacher, images, factors, weight, elements)
                .appendTo(graph);
        return new ImitationLoss("imitation_guided")
                .pair(
                        graph,
                        "imitation_guided",
                        student,
                        teacher,
                        elements,
                        CONFIDENCE_STEPS,
                        List.of(factors),
                        elements)
                .append(graph);
    }

    /**
     * Kullback-Leibler divergence of the student's class distribution of a pixel from the teacher's, both the softmax
     * of logits over the temperature; mean over pixels, times the temperature's square.
     *
     * @param student FLOAT32 (N, H, W, C), likewise {@code teacher}
     */
    static Tensor segmentation(
            Graph graph, Tensor student, Tensor teacher, Tensor images, float weight, float temperature) {
        require("imitation_segmentation", student, teacher, 4);
        int pixels = student.shape().dim(1) * student.shape().dim(2);
        return new ImitationLoss("imitation_segmentation")
                .pair(
                        graph,
                        "imitation_segmentation",
                        student,
                        teacher,
                        pixels,
                        1,
                        List.of(images),
                        weight * temperature * temperature / pixels,
                        1 / temperature,
                        pixels,
                        student.shape().dim(3))
                .append(graph);
    }

    private static void require(String name, Tensor student, Tensor teacher, int rank) {
        Require.float32(name, student, teacher);
        Require.sameShape(name, student, teacher);
        Require.count(name, student);
        if (student.shape().rank() != rank) {
            throw new IllegalArgumentException(name + " needs a tensor with " + rank + " sides, got " + student);
        }
    }
}
