package tandem.model.distillation;

import java.util.List;

/**
 * Similarity of the feature maps of a student and one of its teachers.
 *
 * @param step after which it was measured, from 0
 * @param task of the teacher
 * @param levels pyramid levels
 * @param similarity linear CKA of each, 0 to 1, see {@link LinearCka}
 * @param imitated for each level, whether the feature loss uses it until the next measurement
 */
public record LevelSimilarity(
        long step, Task task, List<Integer> levels, List<Double> similarity, List<Boolean> imitated) {}
