/**
 * The format of checkpoints. API. Start at {@link tandem.model.checkpoint.Checkpoint}: it has settings and position and
 * writes and restores weights, average and optimizer; {@link tandem.model.checkpoint.WeakState} is the part of
 * generated labels, {@link tandem.model.checkpoint.ValidationState} that of validation;
 * {@link tandem.model.checkpoint.NetworkMetadata} is the metadata of every weights file;
 * {@link tandem.model.checkpoint.CheckpointStore} stores the current and the previous checkpoint in a folder; a file
 * there is always complete.
 */
package tandem.model.checkpoint;
