package tandem.model.image;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Columns and rows in pixels. As text, and in settings files, a square is one number.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record PixelSize(int width, int height) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})(?:[xX](\\d{1,5}))?");

    /** Rejects sizes without pixels. */
    public PixelSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a size of " + width + "x" + height + " pixels: both must be at least 1");
        }
    }

    /** A square. */
    public static PixelSize square(int size) {
        return new PixelSize(size, size);
    }

    /** Several squares. */
    public static List<PixelSize> squares(int... sizes) {
        return Arrays.stream(sizes).mapToObj(PixelSize::square).toList();
    }

    /**
     * From a text such as {@code 1280x960}, columns first, or {@code 320} for a square.
     *
     * @throws IllegalArgumentException when it is something else, or a number is 0
     */
    public static PixelSize of(String text) {
        Matcher match = TEXT.matcher(text);
        if (match.matches()) {
            int width = Integer.parseInt(match.group(1));
            int height = match.group(2) == null ? width : Integer.parseInt(match.group(2));
            if (width > 0 && height > 0) {
                return new PixelSize(width, height);
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a size; write columns and rows, such as 1280x960, or one number for a square");
    }

    /** Whether it has as many columns as rows. */
    public boolean isSquare() {
        return width == height;
    }

    /** Number of pixels. */
    public int pixels() {
        return Math.multiplyExact(width, height);
    }

    /** The larger of columns and rows. */
    public int longer() {
        return Math.max(width, height);
    }

    /** The edge of a square of as many pixels: for a square exactly its edge. */
    public double edge() {
        return isSquare() ? width : Math.sqrt((double) width * height);
    }

    /** A number for a square, otherwise the text. */
    @JsonValue
    Object json() {
        return isSquare() ? (Object) width : toString();
    }

    @Override
    public String toString() {
        return isSquare() ? Integer.toString(width) : width + "x" + height;
    }
}
