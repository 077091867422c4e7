package tandem.model.augment;

import tandem.engine.Tensor;

/**
 * An augmented batch, the input of network and losses: N images, a canvas of H rows and W columns, at most G boxes per
 * image.
 *
 * @param images FLOAT32 (N, H, W, 3): normalized
 * @param masks UINT8 (N, H, W): the class of each pixel, 255 for ignored
 * @param boxes FLOAT32 (N, G, 4): xyxy as fractions of the canvas; the remaining boxes first, then zeros
 * @param labels INT32 (N, G): their classes
 * @param counts INT32 (N): number of remaining boxes of each image
 * @param weights FLOAT32 (N, 2): as in {@link BatchInputs}
 */
public record Augmented(Tensor images, Tensor masks, Tensor boxes, Tensor labels, Tensor counts, Tensor weights) {}
