package tandem.tools;

import tandem.model.image.PixelSize;

/** Sizes as the user writes them. */
public final class SizeOption {

    private SizeOption() {}

    /**
     * From a text such as {@code 1280x960}, or {@code 320} for a square.
     *
     * @param option which has the text
     * @throws InputException when it is something else, or a number is 0
     */
    public static PixelSize parse(String option, String text) {
        try {
            return PixelSize.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new InputException(option + " " + wrong.getMessage());
        }
    }
}
