package tandem.model.strategy;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.declaration.SettingsJson;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.InitialEncoder;

/**
 * One training of a strategy. Strategies that need the same training have equal stages, which are run once.
 *
 * @param name for the user; not part of its identity
 * @param network the trained network
 * @param training settings, seed included; the files of teachers are replaced by those of the stages below
 * @param augmentation augmentation settings
 * @param data images and annotation
 * @param initial values of the initial encoder, unless {@code source} provides them
 * @param source network that provides the initial encoder; null for {@code initial}
 * @param teachers distillation teachers, by task
 * @param labelers networks that predict pseudo-labels, by the labelled task
 */
@RecordBuilder
public record Stage(
        String name,
        NetworkSettings network,
        TrainingSettings training,
        AugmentationSettings augmentation,
        AnnotationSubset data,
        InitialEncoder initial,
        Stage source,
        Map<Task, Stage> teachers,
        Map<Task, Stage> labelers)
        implements StageBuilder.With {

    /** Copies the maps, in the order of the tasks. */
    public Stage {
        teachers = java.util.Collections.unmodifiableMap(new TreeMap<>(teachers));
        labelers = java.util.Collections.unmodifiableMap(new TreeMap<>(labelers));
    }

    /** A training without other networks, with annotations only. */
    public Stage(
            String name,
            NetworkSettings network,
            TrainingSettings training,
            AugmentationSettings augmentation,
            AnnotationSubset data,
            InitialEncoder initial) {
        this(name, network, training, augmentation, data, initial, null, Map.of(), Map.of());
    }

    /** Stages that must be finished first. */
    public List<Stage> needs() {
        List<Stage> needs = new ArrayList<>();
        if (source != null) {
            needs.add(source);
        }
        needs.addAll(teachers.values());
        needs.addAll(labelers.values());
        return needs.stream().distinct().toList();
    }

    /** Whether its network predicts the boxes or masks of a task. */
    public boolean predicts(Task task) {
        return task == Task.DETECTION ? network.detects() : network.segments();
    }

    /** The key of its result: two stages with the same key give the same weights. 16 hexadecimal digits. */
    public String key(AnnotationPool pool) {
        StringBuilder text = new StringBuilder(settings()).append(pool.digest(data));
        text.append(source == null ? "-" + initial.digest() : source.key(pool));
        teachers.forEach(
                (task, teacher) -> text.append(" teacher ").append(task).append(teacher.key(pool)));
        labelers.forEach(
                (task, labeler) -> text.append(" labeler ").append(task).append(labeler.key(pool)));
        return AnnotationPool.sha256(text.toString()).substring(0, 16);
    }

    /** The part of {@link #key} that settings have: what departs from their defaults. */
    String settings() {
        return SettingsJson.departures(network)
                + SettingsJson.departures(training)
                + SettingsJson.departures(augmentation);
    }

    /** Name of its folder: readable and unique. */
    public String folder(AnnotationPool pool) {
        return name.replaceAll("[^A-Za-z0-9]+", "-") + "-" + key(pool);
    }
}
