/**
 * Ways to use partially annotated images, as named configurations of the one training loop.
 * {@link tandem.model.strategy.Strategy} lists them; each composes {@link tandem.model.strategy.Stage}s, trainings that
 * build on one another and that strategies share; {@link tandem.model.strategy.StageRunner} runs a stage, or takes it
 * from where it was run before.
 */
package tandem.model.strategy;
