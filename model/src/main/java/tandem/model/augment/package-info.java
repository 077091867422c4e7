/**
 * Augmentation on the device: the host ships the bytes of pictures and masks and a few numbers for each image, and
 * kernels warp picture, mask and boxes together. Start at {@link tandem.model.augment.Augment};
 * {@link tandem.model.augment.AugmentationSampler} draws the numbers, {@link tandem.model.augment.Geometry} maps
 * between the canvas of the network and the picture, both ways.
 */
package tandem.model.augment;
