/**
 * From an image of any type to the RGB bytes that a network is given: {@link tandem.model.image.RgbRows} converts,
 * {@link tandem.model.image.Downscale} is the rule for images above the network's limit of pixels. Training,
 * evaluation, prediction and {@link tandem.model.Inspector} use these two and nothing else.
 */
package tandem.model.image;
