package tandem.model.figure;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A line chart with axes, ticks and a legend. Lines differ in color (distinguishable for color-blind readers) and, from
 * the eighth on, in their dashes.
 *
 * @param title above the chart
 * @param xLabel under the horizontal axis
 * @param yLabel beside the vertical axis
 * @param lines drawn in this order; may be empty
 * @param xRange values of the horizontal axis
 * @param yRange values of the vertical axis; lines beyond it run along its edge
 */
public record Chart(String title, String xLabel, String yLabel, List<Line> lines, Range xRange, Range yRange) {

    /** Copies the list. */
    public Chart {
        lines = List.copyOf(lines);
    }

    /**
     * One line. Points that are not finite interrupt the line.
     *
     * @param name for the legend
     * @param x ascending or not; as long as {@code y}
     * @param low lower ends of the intervals drawn at the points, NaN where there is none; null for no intervals
     * @param high upper ends
     */
    public record Line(String name, double[] x, double[] y, double[] low, double[] high) {

        /** @throws IllegalArgumentException when the coordinates differ in number */
        public Line {
            if (x.length != y.length) {
                throw new IllegalArgumentException(
                        "line \"%s\" has %d x and %d y coordinates".formatted(name, x.length, y.length));
            }
            if ((low == null) != (high == null) || low != null && (low.length != x.length || high.length != x.length)) {
                throw new IllegalArgumentException(
                        "line \"%s\" needs an interval for each of its %d points, or none".formatted(name, x.length));
            }
        }

        /** A line without intervals. */
        public Line(String name, double[] x, double[] y) {
            this(name, x, y, null, null);
        }
    }

    /** Lowest and highest value of an axis; NaN for an end that is taken from the lines. */
    public record Range(double low, double high) {

        /** Both ends taken from the lines. */
        public static final Range FITTED = new Range(Double.NaN, Double.NaN);
        /** From 0 to 1. */
        public static final Range UNIT = new Range(0, 1);
        /** From 0 to the highest value. */
        public static final Range FROM_ZERO = new Range(0, Double.NaN);
    }

    /** A chart whose axes fit its lines. */
    public static Chart of(String title, String xLabel, String yLabel, List<Line> lines) {
        return new Chart(title, xLabel, yLabel, lines, Range.FITTED, Range.FITTED);
    }

    /** The chart as an SVG element that needs nothing else, for a page or a file. */
    public String toSvg(int width, int height) {
        SvgCanvas canvas = new SvgCanvas(width, height, title);
        new ChartLayout(this, width, height).draw(canvas);
        return canvas.finish();
    }

    /** The chart as pixels. */
    public BufferedImage toImage(int width, int height) {
        RasterCanvas canvas = new RasterCanvas(width, height);
        new ChartLayout(this, width, height).draw(canvas);
        return canvas.finish();
    }

    /** The finite values of one coordinate over all lines, ends of intervals included. */
    double[] finite(boolean vertical) {
        return lines.stream()
                .flatMap(line -> vertical ? Stream.of(line.y(), line.low(), line.high()) : Stream.of(line.x()))
                .filter(Objects::nonNull)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .toArray();
    }
}
