package tandem.model.strategy;

import java.util.List;
import java.util.Map;
import tandem.model.batch.EpochSampler;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.FreezeSettings;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.settings.WeakSettings;

/** Builds the stages of strategies for one sample of annotated images and one seed. */
public final class Composer {

    private final Recipe recipe;
    private final AnnotationPool pool;
    private final AnnotationSubset annotated;
    private final long seed;

    /**
     * @param annotated the images whose annotation is to be used
     * @param seed seed of the initial weights, order and augmentation of every stage
     */
    public Composer(Recipe recipe, AnnotationPool pool, AnnotationSubset annotated, long seed) {
        this.recipe = recipe;
        this.pool = pool;
        this.annotated = annotated;
        this.seed = seed;
    }

    /** The networks of a strategy. */
    public Networks compose(Strategy strategy) {
        return strategy.compose(this);
    }

    /** The task with scarce annotation. */
    Task scarce() {
        return recipe.scarce();
    }

    /** The network of one task, trained only with its own annotation. */
    Stage single(Task task) {
        AnnotationSubset data = annotated.only(task);
        return stage(task.word(), recipe.network(task), 1, data);
    }

    /** Both networks of one task. */
    Networks singles() {
        return new Networks(single(Task.DETECTION), single(Task.SEGMENTATION));
    }

    /** The single networks, with that of the scarce task replaced. */
    Networks instead(Stage scarce) {
        return recipe.scarce() == Task.DETECTION
                ? new Networks(scarce, single(Task.SEGMENTATION))
                : new Networks(single(Task.DETECTION), scarce);
    }

    /** The network of the scarce task, its initial encoder from the network of the other task. */
    Stage transferred(String name, FreezeSettings freeze) {
        Stage single = single(scarce());
        return single.with(change -> change.name(name(name, annotated))
                .training(single.training().withFreeze(freeze))
                .source(single(scarce().other())));
    }

    /**
     * The network of the scarce task, trained also on the other task's images with its own predictions (self-training).
     */
    Stage selfLabelled(String name) {
        Stage single = single(scarce());
        Stage stage = stage(name, single.network(), 1, annotated);
        return stage.withTraining(stage.training().withWeak(labels())).withLabelers(Map.of(scarce(), single));
    }

    /** A stage with the missing annotation of both tasks predicted by the networks of one task. */
    Stage labelled(Stage stage) {
        return stage.withTraining(stage.training().withWeak(labels())).withLabelers(bothSingles());
    }

    /** Pseudo-labels by teachers; their files are set when they exist. */
    private WeakSettings labels() {
        return WeakSettings.none()
                .withPseudoLabels(PseudoLabelSettings.of(List.of(""))
                        .withWeight(recipe.weights().pseudoLabels()));
    }

    /** A stage with the networks of one task as distillation teachers on all images. */
    Stage distilled(Stage stage) {
        return taught(stage, DistillationSettings.outputs(teacher(0), teacher(0)));
    }

    /** The same with losses between feature maps of all levels too, weighted by the differences of the predictions. */
    Stage imitating(Stage stage) {
        TeacherSettings teacher = teacher(recipe.weights().distillation());
        return taught(stage, DistillationSettings.outputs(teacher, teacher).withFeatures(FeatureLossType.PDF));
    }

    private Stage taught(Stage stage, DistillationSettings teachers) {
        return stage.withTraining(stage.training().withDistillation(teachers)).withTeachers(bothSingles());
    }

    private Map<Task, Stage> bothSingles() {
        return Map.of(Task.DETECTION, single(Task.DETECTION), Task.SEGMENTATION, single(Task.SEGMENTATION));
    }

    /** A teacher; its file is set when it exists. */
    private TeacherSettings teacher(float featureWeight) {
        return TeacherSettings.of("", "")
                .with(change ->
                        change.outputWeight(recipe.weights().distillation()).featureWeight(featureWeight));
    }

    /** A stage with masks generated from boxes and boxes generated from masks. */
    Stage weak(Stage stage) {
        float weight = recipe.weights().weak();
        WeakSettings weak = stage.training()
                .weak()
                .withBoxForMask(GrabCutMaskSettings.of(weight))
                .withMaskForBox(RegionBoxSettings.of(weight));
        return stage.withTraining(stage.training().withWeak(weak));
    }

    /** One network of both tasks. */
    Stage both(String name) {
        return stage(name, recipe.network(), 2, annotated);
    }

    /** One network of both tasks from images with both annotations. */
    Stage full(String name) {
        return stage(name, recipe.network(), 2, annotated.everything());
    }

    private Stage stage(String what, NetworkSettings network, int tasks, AnnotationSubset data) {
        return new Stage(
                name(what, data), network, training(tasks, data), recipe.augmentation(), data, recipe.initial());
    }

    private TrainingSettings training(int tasks, AnnotationSubset data) {
        TrainingSettings settings = recipe.training();
        int pass = EpochSampler.passLength(pool.select(data), settings.batches().sampling());
        return settings.withSeed(seed).withSchedule(settings.schedule().withEpochs(recipe.epochs(tasks, pass)));
    }

    /** Such as {@code multi-task, 60 boxes, 360 masks, seed 0}. */
    private String name(String what, AnnotationSubset data) {
        String boxes = data.boxes().isEmpty() ? "" : ", " + data.boxes().size() + " boxes";
        String masks = data.masks().isEmpty() ? "" : ", " + data.masks().size() + " masks";
        return what + boxes + masks + ", seed " + seed;
    }
}
