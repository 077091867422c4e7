package tandem.model.distillation;

import java.util.HashSet;
import java.util.List;

/**
 * What a student learns from teachers. Each task has at most one; it has the same classes, boxes also the same anchors,
 * and may have any encoder, neck and width.
 *
 * @param detection the teacher of boxes, or null
 * @param segmentation the teacher of masks, or null
 * @param supervised whether labels are learned from too; without them it is self-training
 * @param features the loss between feature maps
 * @param levels pyramid levels it compares, 0 the finest; empty for all
 * @param automatic whether, of these, those count that are least alike, see {@link LevelGate}
 * @param similarityEvery steps between measurements of how alike the maps are; 0 for never
 */
public record DistillationSettings(
        TeacherSettings detection,
        TeacherSettings segmentation,
        boolean supervised,
        FeatureLossType features,
        List<Integer> levels,
        boolean automatic,
        int similarityEvery) {

    /** Steps between measurements when levels are chosen by themselves and nothing else is said. */
    public static final int SIMILARITY_EVERY = 100;

    /** Rejects what cannot be run. */
    public DistillationSettings {
        if (features == null) {
            throw new IllegalArgumentException("distillation settings must name the feature loss");
        }
        levels = levels == null ? List.of() : List.copyOf(levels);
        if (new HashSet<>(levels).size() != levels.size() || levels.stream().anyMatch(level -> level < 0)) {
            throw new IllegalArgumentException("levels to imitate must be different numbers from 0, not " + levels);
        }
        if (similarityEvery < 0 || automatic && similarityEvery == 0) {
            throw new IllegalArgumentException(
                    "similarityEvery must be at least 0, and above 0 to choose levels by it, not " + similarityEvery);
        }
        if (!supervised && detection == null && segmentation == null) {
            throw new IllegalArgumentException("without labels there must be a teacher to learn from");
        }
    }

    /** No teacher. */
    public static DistillationSettings none() {
        return new DistillationSettings(null, null, true, FeatureLossType.NONE, List.of(), false, 0);
    }

    /** Outputs alone, beside the labels; either teacher may be null. */
    public static DistillationSettings outputs(TeacherSettings detection, TeacherSettings segmentation) {
        return new DistillationSettings(detection, segmentation, true, FeatureLossType.NONE, List.of(), false, 0);
    }

    /** The same with a loss between feature maps of these levels, all if none is given. */
    public DistillationSettings withFeatures(FeatureLossType type, Integer... chosen) {
        return new DistillationSettings(
                detection, segmentation, supervised, type, List.of(chosen), false, similarityEvery);
    }

    /** The same with levels that are chosen anew every {@code steps} steps. */
    public DistillationSettings withAutomaticLevels(int steps) {
        return new DistillationSettings(detection, segmentation, supervised, features, levels, true, steps);
    }

    /** The same with a measurement of similarity every {@code steps} steps, 0 for none. */
    public DistillationSettings withSimilarity(int steps) {
        return new DistillationSettings(detection, segmentation, supervised, features, levels, automatic, steps);
    }

    /** The same with other teachers, either null for none. */
    public DistillationSettings withTeachers(TeacherSettings ofBoxes, TeacherSettings ofMasks) {
        return new DistillationSettings(ofBoxes, ofMasks, supervised, features, levels, automatic, similarityEvery);
    }

    /** The same with or without labels. */
    public DistillationSettings withLabels(boolean learned) {
        return new DistillationSettings(detection, segmentation, learned, features, levels, automatic, similarityEvery);
    }

    /** Whether similarity is measured after a step, counted from 0. */
    public boolean measuredAfter(long step) {
        return similarityEvery > 0 && taught() && (step + 1) % similarityEvery == 0;
    }

    /** Whether a teacher's maps are compared with the student's in a loss. */
    boolean comparesMaps(TeacherSettings teacher) {
        return features != FeatureLossType.NONE && teacher.featureWeight() > 0;
    }

    /** Whether there is a teacher. */
    public boolean taught() {
        return detection != null || segmentation != null;
    }
}
