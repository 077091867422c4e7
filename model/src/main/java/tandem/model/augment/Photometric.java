package tandem.model.augment;

/**
 * A change of colors, applied in this order and clipped to 0..255 after contrast and after saturation.
 *
 * @param brightness added to each channel, in steps of 1/255
 * @param contrast factor of each channel
 * @param hue rotation of the hue in degrees
 * @param saturation factor of the saturation
 */
public record Photometric(double brightness, double contrast, double hue, double saturation) {

    /** No change. */
    public static final Photometric NONE = new Photometric(0, 1, 0, 1);
}
