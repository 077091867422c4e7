package tandem.model.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/** Draws a chart as pixels. */
final class RasterCanvas implements ChartCanvas {

    private final BufferedImage image;
    private final Graphics2D graphics;

    RasterCanvas(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
    }

    @Override
    public void line(double[] x, double[] y, Color color, double width, float... dashes) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < x.length; i++) {
            if (i == 0) {
                path.moveTo(x[i], y[i]);
            } else {
                path.lineTo(x[i], y[i]);
            }
        }
        graphics.setStroke(new BasicStroke(
                (float) width,
                BasicStroke.CAP_BUTT,
                BasicStroke.JOIN_ROUND,
                10,
                dashes.length == 0 ? null : dashes,
                0));
        graphics.setColor(color);
        graphics.draw(path);
    }

    @Override
    public void dot(double x, double y, double radius, Color color) {
        graphics.setColor(color);
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void text(String text, double x, double y, double size, Anchor anchor, boolean bold, Color color) {
        double width = TextRenderer.width(graphics, text, size, bold);
        double left = x - (anchor == Anchor.START ? 0 : anchor == Anchor.MIDDLE ? width / 2 : width);
        graphics.setColor(color);
        TextRenderer.draw(graphics, text, left, y, size, bold);
    }

    @Override
    public void upwardText(String text, double x, double y, double size, Color color) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        text(text, 0, 0, size, Anchor.MIDDLE, false, color);
        graphics.setTransform(before);
    }

    BufferedImage finish() {
        graphics.dispose();
        return image;
    }
}
