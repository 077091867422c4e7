package tandem.model.distillation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Upsample;
import tandem.model.augment.Augmented;
import tandem.model.image.PixelSize;
import tandem.model.network.Outputs;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.TeacherSettings;

/**
 * The distillation losses of a student.
 *
 * @param graph of the student
 * @param settings of all teachers
 * @param levels the levels the levels the levels whose maps are compared
 * @param outputs of the student
 * @param maps of the student, FLOAT32, one for each level
 * @param batch its labels
 * @param images see {@link DistilledImageWeights}
 */
record Imitation(
        Graph graph,
        DistillationSettings settings,
        List<Integer> levels,
        Outputs outputs,
        List<Tensor> maps,
        Augmented batch,
        Tensor images) {

    /** The published factor of mean square error and PDF; DeFeat has none. */
    private static final float FACTOR = 5;

    /** All losses of one teacher, with their factors. */
    List<Tensor> losses(TeacherForwardPass pass) {
        List<Tensor> losses = new ArrayList<>();
        TeacherSettings teacher = pass.teacher().settings();
        boolean boxes = pass.teacher().task() == Task.DETECTION;
        if (teacher.outputWeight() > 0 && boxes) {
            losses.add(OutputImitation.location(
                    graph, outputs.location(), pass.location(), images, teacher.outputWeight()));
            losses.add(OutputImitation.confidence(
                    graph,
                    outputs.confidence(),
                    pass.confidence(),
                    images,
                    teacher.outputWeight(),
                    teacher.temperature()));
        } else if (teacher.outputWeight() > 0) {
            losses.add(OutputImitation.segmentation(
                    graph,
                    fine(outputs.segmentation(), pass.segmentation()),
                    fine(pass.segmentation(), outputs.segmentation()),
                    images,
                    teacher.outputWeight(),
                    teacher.temperature()));
        }
        if (settings.comparesMaps(teacher)) {
            losses.add(features(pass, boxes));
            if (settings.features() == FeatureLossType.PDF && boxes) {
                losses.add(OutputImitation.guided(
                        graph, outputs.confidence(), pass.confidence(), images, teacher.featureWeight()));
                losses.add(OutputImitation.absolute(
                        graph, outputs.location(), pass.location(), images, teacher.featureWeight()));
            }
        }
        return losses;
    }

    /** The logits at the finer of both resolutions. */
    private Tensor fine(Tensor logits, Tensor other) {
        int height = other.shape().dim(1);
        int width = other.shape().dim(2);
        return height > logits.shape().dim(1) ? Upsample.bilinear(graph, logits, height, width) : logits;
    }

    private Tensor features(TeacherForwardPass pass, boolean boxes) {
        Task task = pass.teacher().task();
        List<Tensor> teachers = pass.maps();
        int channels = teachers.get(0).shape().dim(3);
        List<Tensor> students = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            students.add(Adapter.apply(graph, maps.get(i), task, levels.get(i), channels));
        }
        PixelSize canvas = new PixelSize(
                batch.images().shape().dim(2), batch.images().shape().dim(1));
        CellWeights weights =
                new CellWeights(graph, CellWeights.Level.of(levels, canvas), channels, task, images, gate(task));
        float factor = pass.teacher().settings().featureWeight();
        Tensor cells = switch (settings.features()) {
            case NONE -> throw new IllegalStateException("no maps are compared");
            case MSE -> weights.uniform(FACTOR * factor);
            case PDF ->
                boxes
                        ? weights.guided(outputs.confidence(), pass.confidence(), FACTOR * factor)
                        : weights.guidedByPixels(
                                fine(outputs.segmentation(), pass.segmentation()),
                                fine(pass.segmentation(), outputs.segmentation()),
                                canvas.height(),
                                FACTOR * factor);
            case DEFEAT ->
                boxes
                        ? weights.decoupled(
                                new CellWeights.Truth(batch.boxes(), batch.counts()),
                                batch.weights(),
                                pass.confidence(),
                                factor)
                        : weights.decoupledByPixels(batch.masks(), batch.weights(), pass.segmentation(), factor);
        };
        return FeatureImitation.loss(graph, students, teachers, cells);
    }

    /** The automatically selected levels; null when the selection is fixed. */
    LevelGate gate(Task task) {
        return settings.automaticLevels() ? LevelGate.declare(graph.variables(), task, levels.size()) : null;
    }
}
