package tandem.model.distillation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Upsample;
import tandem.model.augment.Augmented;
import tandem.model.network.Outputs;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.TeacherSettings;

/**
 * The losses of a student that listens to a teacher.
 *
 * @param graph of the student
 * @param settings of all teachers
 * @param levels whose maps are compared
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

    /** Published factor of mean square and PDF; DeFeat has none. */
    private static final float FACTOR = 5;

    /** All losses of one teacher, with their factors. */
    List<Tensor> losses(TeacherForwardPass lesson) {
        List<Tensor> losses = new ArrayList<>();
        TeacherSettings teacher = lesson.teacher().settings();
        boolean boxes = lesson.teacher().task() == Task.DETECTION;
        if (teacher.outputWeight() > 0 && boxes) {
            losses.add(OutputImitation.location(
                    graph, outputs.location(), lesson.location(), images, teacher.outputWeight()));
            losses.add(OutputImitation.confidence(
                    graph,
                    outputs.confidence(),
                    lesson.confidence(),
                    images,
                    teacher.outputWeight(),
                    teacher.temperature()));
        } else if (teacher.outputWeight() > 0) {
            losses.add(OutputImitation.segmentation(
                    graph,
                    fine(outputs.segmentation(), lesson.segmentation()),
                    fine(lesson.segmentation(), outputs.segmentation()),
                    images,
                    teacher.outputWeight(),
                    teacher.temperature()));
        }
        if (settings.comparesMaps(teacher)) {
            losses.add(features(lesson, boxes));
            if (settings.features() == FeatureLossType.PDF && boxes) {
                losses.add(OutputImitation.guided(
                        graph, outputs.confidence(), lesson.confidence(), images, teacher.featureWeight()));
                losses.add(OutputImitation.absolute(
                        graph, outputs.location(), lesson.location(), images, teacher.featureWeight()));
            }
        }
        return losses;
    }

    /** Logits at the finer of both resolutions. */
    private Tensor fine(Tensor logits, Tensor other) {
        int height = other.shape().dim(1);
        int width = other.shape().dim(2);
        return height > logits.shape().dim(1) ? Upsample.bilinear(graph, logits, height, width) : logits;
    }

    private Tensor features(TeacherForwardPass lesson, boolean boxes) {
        Task task = lesson.teacher().task();
        List<Tensor> teachers = lesson.maps();
        int channels = teachers.get(0).shape().dim(3);
        List<Tensor> students = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            students.add(Adapter.apply(graph, maps.get(i), task, levels.get(i), channels));
        }
        int canvas = batch.images().shape().dim(1);
        CellWeights weights =
                new CellWeights(graph, CellWeights.Level.of(levels, canvas), channels, task, images, gate(task));
        float factor = lesson.teacher().settings().featureWeight();
        Tensor cells = switch (settings.features()) {
            case NONE -> throw new IllegalStateException("no maps are compared");
            case MSE -> weights.uniform(FACTOR * factor);
            case PDF ->
                boxes
                        ? weights.guided(outputs.confidence(), lesson.confidence(), FACTOR * factor)
                        : weights.guidedByPixels(
                                fine(outputs.segmentation(), lesson.segmentation()),
                                fine(lesson.segmentation(), outputs.segmentation()),
                                canvas,
                                FACTOR * factor);
            case DEFEAT ->
                boxes
                        ? weights.decoupled(
                                new CellWeights.Truth(batch.boxes(), batch.counts()),
                                batch.weights(),
                                lesson.confidence(),
                                factor)
                        : weights.decoupledByPixels(batch.masks(), batch.weights(), lesson.segmentation(), factor);
        };
        return FeatureImitation.loss(graph, students, teachers, cells);
    }

    /** Which levels count, when they are chosen by themselves; else null. */
    LevelGate gate(Task task) {
        return settings.automaticLevels() ? LevelGate.declare(graph.variables(), task, levels.size()) : null;
    }
}
