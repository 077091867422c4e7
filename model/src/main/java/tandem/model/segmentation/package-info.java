/**
 * The segmentation loss on partially annotated batches and the decoding of logits to masks. Internal to training and
 * inference. Channel 0 of the logits is the background; in masks 255 marks pixels to be ignored. Start at
 * {@link tandem.model.segmentation.SegmentationLoss}.
 */
package tandem.model.segmentation;
