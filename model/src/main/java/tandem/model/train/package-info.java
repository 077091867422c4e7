/**
 * The training loop. {@link tandem.model.settings.TrainingSettings} says how; {@link tandem.model.train.Trainer} runs
 * steps, each one forward pass over a batch that mixes images with boxes, masks, both or neither;
 * {@link tandem.model.train.Checkpoint} saves everything a run needs to go on bit for bit; a
 * {@link tandem.model.train.TrainingObserver} is told what happens.
 */
package tandem.model.train;
