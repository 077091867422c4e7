/**
 * What follows the segmentation head: its loss on partially annotated batches and the decoding of its logits to masks.
 * Channel 0 of the logits is the background; in masks 255 marks pixels to be ignored. Start at
 * {@link tandem.model.segmentation.SegmentationLoss}.
 */
package tandem.model.segmentation;
