/**
 * Augmentation on the device: the host uploads the bytes of images and masks and a few parameters per image, and
 * kernels transform image, mask and boxes together. Internal to training and inference. Start at
 * {@link tandem.model.augment.Augment}; {@link tandem.model.augment.AugmentationSampler} samples the parameters,
 * {@link tandem.model.augment.Geometry} converts coordinates between the network's canvas and the image.
 */
package tandem.model.augment;
