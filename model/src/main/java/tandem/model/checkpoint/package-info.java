/**
 * The format of checkpoints. API. Start at {@link tandem.model.checkpoint.Checkpoint}: it has settings and position and
 * writes and restores weights, average and optimizer; {@link tandem.model.checkpoint.WeakState} is the part of
 * generated labels; {@link tandem.model.checkpoint.NetworkMetadata} is what every weights file carries;
 * {@link tandem.model.checkpoint.CheckpointStore} keeps two of them in a folder, never half written.
 */
package tandem.model.checkpoint;
