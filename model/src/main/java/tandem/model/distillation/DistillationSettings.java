package tandem.model.distillation;

import java.util.HashSet;
import java.util.List;

/**
 * What a student learns from teachers. Each task has at most one; it has the same classes, boxes also the same anchors, and may
 * have any encoder, neck and width.
 *
 * @param detection the teacher of boxes, or null
 * @param segmentation the teacher of masks, or null
 * @param supervised whether labels are learned from too; without them it is self-training
 * @param features the loss between feature maps
 * @param levels pyramid levels it compares, 0 the finest; empty for all
 */
public record DistillationSettings(TeacherSettings detection, TeacherSettings segmentation, boolean supervised, FeatureLossType features,
        List<Integer> levels) {

    /** Rejects what cannot be run. */
    public DistillationSettings {
        if (features == null) {
            throw new IllegalArgumentException("distillation settings must name the feature loss");
        }
        levels = levels == null ? List.of() : List.copyOf(levels);
        if (new HashSet<>(levels).size() != levels.size() || levels.stream().anyMatch(level -> level < 0)) {
            throw new IllegalArgumentException("levels to imitate must be different numbers from 0, not " + levels);
        }
        if (!supervised && detection == null && segmentation == null) {
            throw new IllegalArgumentException("without labels there must be a teacher to learn from");
        }
    }

    /** No teacher. */
    public static DistillationSettings none() {
        return new DistillationSettings(null, null, true, FeatureLossType.NONE, List.of());
    }

    /** Outputs alone, beside the labels; either teacher may be null. */
    public static DistillationSettings outputs(TeacherSettings detection, TeacherSettings segmentation) {
        return new DistillationSettings(detection, segmentation, true, FeatureLossType.NONE, List.of());
    }

    /** The same with a loss between feature maps of these levels, all if none is given. */
    public DistillationSettings withFeatures(FeatureLossType type, Integer... chosen) {
        return new DistillationSettings(detection, segmentation, supervised, type, List.of(chosen));
    }

    /** The same with or without labels. */
    public DistillationSettings withLabels(boolean learned) {
        return new DistillationSettings(detection, segmentation, learned, features, levels);
    }

    /** Whether there is a teacher. */
    public boolean taught() {
        return detection != null || segmentation != null;
    }
}
