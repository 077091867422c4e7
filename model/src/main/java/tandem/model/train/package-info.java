/**
 * The training loop. API. Start at {@link tandem.model.train.Trainer}, which runs steps, each one forward pass over a
 * batch that mixes images with boxes, masks, both or neither; {@link tandem.model.settings.TrainingSettings} are its
 * settings; {@link tandem.model.checkpoint.Checkpoint} saves everything that a run needs to resume bit for bit; a
 * {@link tandem.model.train.TrainingObserver} receives the events.
 */
package tandem.model.train;
