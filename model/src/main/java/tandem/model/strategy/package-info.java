/**
 * Strategies for partially annotated images, as configurations of one training loop. API. Start at
 * {@link tandem.model.strategy.Strategy}, the list of strategies. Each consists of
 * {@link tandem.model.strategy.Stage}s: trainings that depend on each other and are shared between strategies.
 * {@link tandem.model.strategy.StageRunner} runs a stage or reads its stored result.
 */
package tandem.model.strategy;
