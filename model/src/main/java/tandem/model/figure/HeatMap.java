package tandem.model.figure;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * Colors for numbers, from dark blue over gray to yellow. Lightness increases monotonically, so the scale is readable
 * with color blindness and in gray print. Numbers that are not finite are magenta.
 */
public final class HeatMap {

    private static final Color[] STOPS = {
        new Color(0x00204D),
        new Color(0x31446B),
        new Color(0x666870),
        new Color(0x958F78),
        new Color(0xCBBA69),
        new Color(0xFFEA46)
    };
    private static final Color NOT_FINITE = Color.MAGENTA;

    private HeatMap() {}

    /**
     * The color of {@code value} on a scale from {@code low} to {@code high}; values outside get the colors of the
     * ends.
     */
    public static Color color(double value, double low, double high) {
        if (!Double.isFinite(value)) {
            return NOT_FINITE;
        }
        double part = high > low ? Math.max(0, Math.min(1, (value - low) / (high - low))) : 0;
        double place = part * (STOPS.length - 1);
        int stop = Math.min((int) place, STOPS.length - 2);
        return ClassColors.blend(STOPS[stop], STOPS[stop + 1], place - stop);
    }

    /**
     * One pixel for each number.
     *
     * @param values (height, width)
     */
    public static BufferedImage image(float[] values, int width, int height, double low, double high) {
        if (values.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "heat map of %d x %d pixels with %d values".formatted(width, height, values.length));
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            image.setRGB(i % width, i / width, color(values[i], low, high).getRGB());
        }
        return image;
    }

    /** An image with a heat map, resized bilinearly to its size, as a half transparent overlay. */
    public static BufferedImage over(BufferedImage image, BufferedImage heat) {
        BufferedImage result = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, null);
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, 0.5f));
        graphics.drawImage(heat, 0, 0, image.getWidth(), image.getHeight(), null);
        graphics.dispose();
        return result;
    }
}
