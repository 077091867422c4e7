/**
 * Conversion of images of any type to the RGB input of a network: {@link tandem.model.image.RgbRows} converts,
 * {@link tandem.model.image.Downscale} is the rule for images above the network's limit of pixels. Training,
 * evaluation, prediction and {@link tandem.model.Inspector} use only these two. Internal. Start at
 * {@link tandem.model.image.RgbRows}.
 */
package tandem.model.image;
