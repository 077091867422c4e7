package tandem.tools;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size as the user writes it.
 *
 * @param width columns
 * @param height rows
 */
public record PixelSize(int width, int height) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})(?:[xX](\\d{1,5}))?");

    /**
     * From a text such as {@code 1280x960}, or {@code 320} for a square.
     *
     * @param option which has the text
     * @throws InputException when it is something else, or a number is 0
     */
    public static PixelSize of(String option, String text) {
        Matcher match = TEXT.matcher(text);
        if (match.matches()) {
            int width = Integer.parseInt(match.group(1));
            int height = match.group(2) == null ? width : Integer.parseInt(match.group(2));
            if (width > 0 && height > 0) {
                return new PixelSize(width, height);
            }
        }
        throw new InputException(option + " '" + text + "' is not a size; write columns and rows, such as 1280x960");
    }
}
