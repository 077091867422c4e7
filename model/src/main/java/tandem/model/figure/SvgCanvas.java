package tandem.model.figure;

import java.awt.Color;
import java.util.Locale;

/** Draws a chart as an SVG element. */
final class SvgCanvas implements ChartCanvas {

    private final StringBuilder svg = new StringBuilder();

    SvgCanvas(int width, int height, String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
                        + "font-family=\"system-ui, sans-serif\">%n<title>%s</title>%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
                width,
                height,
                width,
                height,
                escape(title),
                width,
                height));
    }

    @Override
    public void line(double[] x, double[] y, Color color, double width, float... dashes) {
        svg.append("<polyline fill=\"none\" stroke=\"")
                .append(hex(color))
                .append("\" stroke-width=\"")
                .append(number(width))
                .append("\" stroke-linejoin=\"round\"");
        if (dashes.length > 0) {
            svg.append(" stroke-dasharray=\"");
            for (int i = 0; i < dashes.length; i++) {
                svg.append(i == 0 ? "" : " ").append(number(dashes[i]));
            }
            svg.append('"');
        }
        svg.append(" points=\"");
        for (int i = 0; i < x.length; i++) {
            svg.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
        }
        svg.append("\"/>\n");
    }

    @Override
    public void dot(double x, double y, double radius, Color color) {
        svg.append("<circle cx=\"")
                .append(number(x))
                .append("\" cy=\"")
                .append(number(y))
                .append("\" r=\"")
                .append(number(radius))
                .append("\" fill=\"")
                .append(hex(color))
                .append("\"/>\n");
    }

    @Override
    public void text(String text, double x, double y, double size, Anchor anchor, boolean bold, Color color) {
        svg.append("<text x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\" font-size=\"")
                .append(number(size))
                .append("\" text-anchor=\"")
                .append(anchor.name().toLowerCase(Locale.ROOT))
                .append(bold ? "\" font-weight=\"600" : "")
                .append("\" fill=\"")
                .append(hex(color))
                .append("\">")
                .append(escape(text))
                .append("</text>\n");
    }

    @Override
    public void upwardText(String text, double x, double y, double size, Color color) {
        svg.append("<text transform=\"translate(")
                .append(number(x))
                .append(' ')
                .append(number(y))
                .append(") rotate(-90)\" font-size=\"")
                .append(number(size))
                .append("\" text-anchor=\"middle\" fill=\"")
                .append(hex(color))
                .append("\">")
                .append(escape(text))
                .append("</text>\n");
    }

    String finish() {
        return svg.append("</svg>\n").toString();
    }

    private static String hex(Color color) {
        return String.format("#%06x", color.getRGB() & 0xffffff);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static String escape(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> result.append("&amp;");
                case '<' -> result.append("&lt;");
                case '>' -> result.append("&gt;");
                case '"' -> result.append("&quot;");
                default -> result.appendCodePoint(c < 32 && c != '\n' && c != '\t' ? '?' : c);
            }
        });
        return result.toString();
    }
}
