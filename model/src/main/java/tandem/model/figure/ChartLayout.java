package tandem.model.figure;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The layout of a chart. */
final class ChartLayout {

    private static final Color INK = new Color(0x222222);
    private static final Color MUTED = new Color(0x555555);
    private static final Color GRID = new Color(0xE4E4E4);
    private static final double TEXT = 12;
    /** Width of a character relative to the size of the text; an upper estimate for both canvases. */
    private static final double CHARACTER = 0.58;

    private static final float[][] DASHES = {{}, {7, 3}, {2, 2}, {9, 3, 2, 3}};
    private static final int COLORS = 6;
    private static final double LEGEND_LINE = 18;
    /** Longer lines are reduced to the minimum and maximum of each of this many intervals. */
    private static final int STRETCHES = 600;

    private final Chart chart;
    private final Ticks x;
    private final Ticks y;
    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final double legendLeft;

    ChartLayout(Chart chart, int width, int height) {
        this.chart = chart;
        int longestName = chart.lines().stream()
                .mapToInt(line -> line.name().length())
                .max()
                .orElse(0);
        double legend = longestName == 0 ? 0 : Math.min(0.4 * width, 38 + longestName * TEXT * CHARACTER);
        this.top = 36;
        this.bottom = height - 46;
        this.y = axis(chart.finite(true), chart.yRange(), (bottom - top) / 34);
        int longestTick = y.labels().stream().mapToInt(String::length).max().orElse(1);
        this.left = 34 + longestTick * TEXT * CHARACTER;
        this.right = width - 16 - legend;
        this.x = axis(chart.finite(false), chart.xRange(), (right - left) / 60);
        this.legendLeft = right + 14;
    }

    private static Ticks axis(double[] values, Chart.Range range, double room) {
        double from = Double.isNaN(range.low()) ? Arrays.stream(values).min().orElse(0) : range.low();
        double to = Double.isNaN(range.high()) ? Arrays.stream(values).max().orElse(1) : range.high();
        boolean fixed = !Double.isNaN(range.low()) && !Double.isNaN(range.high());
        return Ticks.of(from, to, (int) Math.max(2, Math.min(9, room)), !fixed);
    }

    private double across(double value) {
        double clamped = Math.max(x.low(), Math.min(x.high(), value));
        return left + (clamped - x.low()) / (x.high() - x.low()) * (right - left);
    }

    private double down(double value) {
        double clamped = Math.max(y.low(), Math.min(y.high(), value));
        return bottom - (clamped - y.low()) / (y.high() - y.low()) * (bottom - top);
    }

    void draw(ChartCanvas canvas) {
        canvas.text(chart.title(), left, 20, 14, ChartCanvas.Anchor.START, true, INK);
        for (int i = 0; i < x.values().size(); i++) {
            double at = across(x.values().get(i));
            canvas.line(new double[] {at, at}, new double[] {top, bottom + 4}, GRID, 1);
            canvas.text(x.labels().get(i), at, bottom + 18, TEXT, ChartCanvas.Anchor.MIDDLE, false, MUTED);
        }
        for (int i = 0; i < y.values().size(); i++) {
            double at = down(y.values().get(i));
            canvas.line(new double[] {left - 4, right}, new double[] {at, at}, GRID, 1);
            canvas.text(y.labels().get(i), left - 8, at + 4, TEXT, ChartCanvas.Anchor.END, false, MUTED);
        }
        canvas.line(new double[] {left, left, right}, new double[] {top, bottom, bottom}, MUTED, 1);
        canvas.text(chart.xLabel(), (left + right) / 2, bottom + 38, TEXT, ChartCanvas.Anchor.MIDDLE, false, INK);
        canvas.upwardText(chart.yLabel(), 16, (top + bottom) / 2, TEXT, INK);
        for (int i = 0; i < chart.lines().size(); i++) {
            draw(canvas, chart.lines().get(i), i);
        }
        if (chart.lines().stream().allMatch(line -> line.x().length == 0)) {
            canvas.text(
                    "no data", (left + right) / 2, (top + bottom) / 2, TEXT, ChartCanvas.Anchor.MIDDLE, false, MUTED);
        }
    }

    private void draw(ChartCanvas canvas, Chart.Line line, int index) {
        Color color = ClassColors.ordinal(index % COLORS);
        float[] dashes = DASHES[index / COLORS % DASHES.length];
        List<Integer> stretch = new ArrayList<>();
        for (int i = 0; i <= line.x().length; i++) {
            boolean present = i < line.x().length && Double.isFinite(line.x()[i]) && Double.isFinite(line.y()[i]);
            if (present) {
                stretch.add(i);
            } else if (!stretch.isEmpty()) {
                drawStretch(canvas, line, stretch, color, dashes);
                stretch.clear();
            }
        }
        if (line.low() != null) {
            drawIntervals(canvas, line, color);
        }
        int lines = chart.lines().size();
        int room = (int) ((bottom - top) / LEGEND_LINE) + 1;
        int shown = lines <= room ? lines : room - 1;
        double at = top + 8 + index * LEGEND_LINE;
        if (index == shown) {
            canvas.text(
                    "and %d more".formatted(lines - shown),
                    legendLeft + 24,
                    at,
                    TEXT,
                    ChartCanvas.Anchor.START,
                    false,
                    MUTED);
        } else if (index < shown && !line.name().isEmpty()) {
            canvas.line(new double[] {legendLeft, legendLeft + 18}, new double[] {at - 4, at - 4}, color, 2, dashes);
            canvas.text(line.name(), legendLeft + 24, at, TEXT, ChartCanvas.Anchor.START, false, INK);
        }
    }

    private void drawIntervals(ChartCanvas canvas, Chart.Line line, Color color) {
        for (int i = 0; i < line.x().length; i++) {
            if (Double.isFinite(line.x()[i]) && Double.isFinite(line.low()[i]) && Double.isFinite(line.high()[i])) {
                double at = across(line.x()[i]);
                double low = down(line.low()[i]);
                double high = down(line.high()[i]);
                canvas.line(new double[] {at, at}, new double[] {low, high}, color, 1);
                canvas.line(new double[] {at - 3, at + 3}, new double[] {low, low}, color, 1);
                canvas.line(new double[] {at - 3, at + 3}, new double[] {high, high}, color, 1);
                if (Double.isFinite(line.y()[i])) {
                    canvas.dot(at, down(line.y()[i]), 2.5, color);
                }
            }
        }
    }

    private void drawStretch(ChartCanvas canvas, Chart.Line line, List<Integer> points, Color color, float[] dashes) {
        List<Integer> kept = thin(line, points);
        double[] xs = kept.stream().mapToDouble(i -> across(line.x()[i])).toArray();
        double[] ys = kept.stream().mapToDouble(i -> down(line.y()[i])).toArray();
        if (xs.length == 1) {
            canvas.dot(xs[0], ys[0], 3, color);
        } else {
            canvas.line(xs, ys, color, 1.8, dashes);
        }
    }

    private static List<Integer> thin(Chart.Line line, List<Integer> points) {
        if (points.size() <= 2 * STRETCHES) {
            return points;
        }
        List<Integer> kept = new ArrayList<>();
        for (int s = 0; s < STRETCHES; s++) {
            int from = (int) ((long) s * points.size() / STRETCHES);
            int to = (int) ((s + 1L) * points.size() / STRETCHES);
            int lowest = points.get(from);
            int highest = lowest;
            for (int i = from; i < to; i++) {
                int point = points.get(i);
                lowest = line.y()[point] < line.y()[lowest] ? point : lowest;
                highest = line.y()[point] > line.y()[highest] ? point : highest;
            }
            kept.add(Math.min(lowest, highest));
            if (lowest != highest) {
                kept.add(Math.max(lowest, highest));
            }
        }
        return kept;
    }
}
