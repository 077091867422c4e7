package tandem.model.augment;

import tandem.engine.Tensor;

/**
 * A batch on the canvas, as network and losses take it. N images, canvas side S, room for G boxes.
 *
 * @param images FLOAT32 (N, S, S, 3): normalised
 * @param masks UINT8 (N, S, S): the class of each pixel, 255 where it counts for nothing
 * @param boxes FLOAT32 (N, G, 4): xyxy as fractions of the canvas, those that stay first and zeros after them
 * @param labels INT32 (N, G): their classes
 * @param counts INT32 (N): how many boxes stay in each image
 * @param weights FLOAT32 (N, 2): as in {@link BatchInputs}
 */
public record Augmented(Tensor images, Tensor masks, Tensor boxes, Tensor labels, Tensor counts, Tensor weights) {}
