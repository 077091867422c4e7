/**
 * Updates of whole arenas, as commands that a device replays: the optimiser's step, the moving average of the weights,
 * the sum of gradients over micro-batches, and the gradient norm that clips them and stops a step that is not finite.
 * One step is {@link tandem.engine.optimizer.GradientNorm#commands}, {@link tandem.engine.optimizer.Optimizer#step},
 * {@link tandem.engine.optimizer.MovingAverage#update}, after {@link tandem.engine.optimizer.StepValues#set}.
 */
package tandem.engine.optimizer;
