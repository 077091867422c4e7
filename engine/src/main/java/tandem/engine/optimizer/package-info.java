/**
 * API: updates of all parameters at once, as commands that a device replays: the optimizer's step, the moving average
 * of the weights, the sum of gradients over micro-batches, and the gradient norm that clips them and skips a step whose
 * gradient is not finite. Start at {@link tandem.engine.optimizer.Optimizer}. One step is
 * {@link tandem.engine.optimizer.StepValues#set}, then {@link tandem.engine.optimizer.GradientNorm#commands},
 * {@link tandem.engine.optimizer.Optimizer#step} and {@link tandem.engine.optimizer.MovingAverage#update}.
 */
package tandem.engine.optimizer;
