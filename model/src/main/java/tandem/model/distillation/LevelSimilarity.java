package tandem.model.distillation;

import java.util.List;

/**
 * How alike the maps of a student and one of its teachers are.
 *
 * @param step after which it was measured, from 0
 * @param task of the teacher
 * @param levels pyramid levels
 * @param similarity linear CKA of each, 0 to 1, see {@link LinearCka}
 * @param imitated whether each counts in the loss between maps until the next measurement
 */
public record LevelSimilarity(
        long step, Task task, List<Integer> levels, List<Double> similarity, List<Boolean> imitated) {}
