package tandem.model.figure;

import java.awt.Color;

/** The surface that a chart is drawn on. Coordinates are pixels from the top left corner. */
sealed interface ChartCanvas permits SvgCanvas, RasterCanvas {

    /** Position of a text relative to its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /**
     * A line through points.
     *
     * @param dashes lengths of drawn and left-out parts; none for a solid line
     */
    void line(double[] x, double[] y, Color color, double width, float... dashes);

    /** A disc. */
    void dot(double x, double y, double radius, Color color);

    /** A text with its baseline at (x, y). */
    void text(String text, double x, double y, double size, Anchor anchor, boolean bold, Color color);

    /** A text rotated upwards, centered on (x, y). */
    void upwardText(String text, double x, double y, double size, Color color);
}
