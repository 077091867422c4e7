/**
 * Knowledge distillation: trained networks as teachers, and the losses between their outputs or feature maps and those
 * of a student. API: {@link Task}, {@link Teachers} and {@link LevelSimilarity}. All else is internal to training.
 * Start at {@link Distillation}, the teacher forward passes and losses of one training step.
 */
package tandem.model.distillation;
