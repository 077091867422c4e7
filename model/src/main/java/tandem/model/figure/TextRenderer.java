package tandem.model.figure;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import org.slf4j.LoggerFactory;

/**
 * Text in figures. A Java runtime without fonts can draw everything else: then texts are left out, which is logged
 * once. SVG charts always contain their texts.
 */
final class TextRenderer {

    private static final boolean AVAILABLE = probe();

    private TextRenderer() {}

    private static boolean probe() {
        try {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            return image.createGraphics().getFontMetrics(font(12, false)).stringWidth("x") > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            LoggerFactory.getLogger(TextRenderer.class)
                    .warn(
                            "figures are drawn without texts because Java finds no fonts ({}); install fontconfig and a font",
                            e.toString());
            return false;
        }
    }

    private static Font font(double size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size);
    }

    /** Width of a text in pixels; 0 without fonts. */
    static double width(Graphics2D graphics, String text, double size, boolean bold) {
        return AVAILABLE ? graphics.getFontMetrics(font(size, bold)).stringWidth(text) : 0;
    }

    /** Draws a text with its baseline's left end at (x, y), in the current color. */
    static void draw(Graphics2D graphics, String text, double x, double y, double size, boolean bold) {
        if (AVAILABLE) {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setFont(font(size, bold));
            graphics.drawString(text, (float) x, (float) y);
        }
    }

    /** The text, or as much of its beginning as fits into {@code width} pixels with an ellipsis. */
    static String fit(Graphics2D graphics, String text, double size, boolean bold, double width) {
        if (!AVAILABLE) {
            return text;
        }
        FontMetrics metrics = graphics.getFontMetrics(font(size, bold));
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0 && metrics.stringWidth(text.substring(0, end) + "…") > width) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
