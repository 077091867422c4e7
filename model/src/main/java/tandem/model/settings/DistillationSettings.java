package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.HashSet;
import java.util.List;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Distillation from teachers, at most one per task. A teacher has the same classes as the student, for boxes also the
 * same anchors, and may have any encoder, neck and width.
 *
 * @param detection the teacher of boxes, or null
 * @param segmentation the teacher of masks, or null
 * @param supervised whether labels are used too; without labels it is self-training
 * @param features the loss between feature maps
 * @param levels pyramid levels it compares, 0 the finest; empty for all
 * @param automaticLevels whether only the least similar of these levels are used
 * @param similarityEvery steps between measurements of the similarity of the maps; 0 for never
 */
@RecordBuilder
public record DistillationSettings(
        @Setting(Setting.NULL) TeacherSettings detection,
        @Setting(Setting.NULL) TeacherSettings segmentation,

        @Setting(
                value = "true",
                option = "--no-labels",
                presence = "false",
                order = 99,
                help = "Learn from the teachers alone (self-training).")
        boolean supervised,

        @Setting(
                value = "none",
                option = "--imitate",
                param = "NAME",
                order = 93,
                help =
                        "Loss between the feature maps of the neck and those of the teacher: none, mse (mean square), pdf (weighted by "
                                + "the difference of the predictions), or defeat (foreground and background one half each).")
        FeatureLossType features,

        @Setting(value = "") List<Integer> levels,
        @Setting(value = "false", was = "automatic") boolean automaticLevels,

        @Setting(
                value = "0",
                option = "--similarity-every",
                param = "STEPS",
                order = 95,
                help =
                        "Measure the similarity of the feature maps of student and teachers every STEPS steps; 0 for never. "
                                + "Default: 0, with --levels auto 100.")
        int similarityEvery)
        implements DistillationSettingsBuilder.With {

    /** Steps between measurements when levels are chosen automatically and nothing else is set. */
    public static final int SIMILARITY_EVERY = 100;

    /** Rejects invalid settings. */
    public DistillationSettings {
        if (features == null) {
            throw new IllegalArgumentException("distillation settings must name the feature loss");
        }
        levels = levels == null ? List.of() : List.copyOf(levels);
        if (new HashSet<>(levels).size() != levels.size() || levels.stream().anyMatch(level -> level < 0)) {
            throw new IllegalArgumentException("levels to imitate must be different numbers from 0, not " + levels);
        }
        if (similarityEvery < 0 || automaticLevels && similarityEvery == 0) {
            throw new IllegalArgumentException(
                    "similarityEvery must be at least 0, and above 0 to choose levels by it, not " + similarityEvery);
        }
        if (!supervised && detection == null && segmentation == null) {
            throw new IllegalArgumentException("without labels there must be a teacher to learn from");
        }
    }

    /** No teacher. */
    public static DistillationSettings none() {
        return SettingsRecord.defaults(DistillationSettings.class);
    }

    /** Only outputs, in addition to the labels; either teacher may be null. */
    public static DistillationSettings outputs(TeacherSettings detection, TeacherSettings segmentation) {
        return none().withDetection(detection).withSegmentation(segmentation);
    }

    /** The same with a loss between feature maps of these levels, all if there is none. */
    public DistillationSettings withFeatures(FeatureLossType type, Integer... chosen) {
        return withFeatures(type).withLevels(List.of(chosen)).withAutomaticLevels(false);
    }

    /** The same with levels that are chosen again every {@code steps} steps. */
    public DistillationSettings withAutomaticLevels(int steps) {
        return with(change -> change.automaticLevels(true).similarityEvery(steps));
    }

    /** Whether similarity is measured after a step, counted from 0. */
    public boolean measuredAfter(long step) {
        return similarityEvery > 0 && hasTeachers() && (step + 1) % similarityEvery == 0;
    }

    /** Whether a teacher's maps are compared with the student's in a loss. */
    public boolean comparesMaps(TeacherSettings teacher) {
        return features != FeatureLossType.NONE && teacher.featureWeight() > 0;
    }

    /** Whether there is a teacher. */
    public boolean hasTeachers() {
        return detection != null || segmentation != null;
    }
}
