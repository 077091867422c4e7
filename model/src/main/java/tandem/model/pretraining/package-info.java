/**
 * Generated surfaces with defects, to pretrain an encoder that helps on real inspection images. Start at
 * {@link tandem.model.pretraining.PretrainingImages}: a {@link tandem.model.pretraining.Scene} of one or two
 * {@link tandem.model.pretraining.Material}s, on which {@link tandem.model.pretraining.Defect}s are painted, is seen by
 * a {@link tandem.model.pretraining.Camera}. Unlike {@link tandem.model.synthetic}, which makes a small data set for a
 * demo, it aims at variety, and needs no files.
 */
package tandem.model.pretraining;
