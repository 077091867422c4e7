package tandem.model.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Stroke;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.TruthBox;

/**
 * Draws boxes and masks over images, in the colors of their classes. Small images are enlarged so that names can be
 * read.
 */
public final class Overlay {

    /** Minimum of width and height of an enlarged image; the factor is an integer. */
    private static final int READABLE_SIZE = 256;

    private static final double TINT = 0.5;
    private static final int TEXT = 12;
    private static final Color IGNORED = new Color(0xBBBBBB);

    private final ClassColors colors;

    /** Creates overlays with these colors. */
    public Overlay(ClassColors colors) {
        this.colors = colors;
    }

    /** A copy of the image, enlarged by an integer factor until its width and height are large enough for text. */
    public BufferedImage enlarge(BufferedImage image) {
        int factor = factor(image.getWidth(), image.getHeight());
        BufferedImage result =
                new BufferedImage(image.getWidth() * factor, image.getHeight() * factor, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.drawImage(image, 0, 0, result.getWidth(), result.getHeight(), null);
        graphics.dispose();
        return result;
    }

    /** The factor that {@link #enlarge} uses. */
    static int factor(int width, int height) {
        int size = Math.max(1, Math.min(width, height));
        return Math.max(1, (READABLE_SIZE + size - 1) / size);
    }

    /**
     * The predictions: the mask tinted, its edge solid, then the boxes with class and score, the best on top.
     *
     * @param mask predicted class of each pixel, (height, width); null for none
     */
    public BufferedImage prediction(BufferedImage image, List<Detection> detections, byte[] mask) {
        BufferedImage result = tinted(image, mask);
        List<Detection> order = detections.stream()
                .sorted(Comparator.comparingDouble(Detection::score))
                .toList();
        Graphics2D graphics = graphics(result);
        for (Detection found : order) {
            String text = "%s %s".formatted(colors.boxName(found.label()), score(found.score()));
            draw(graphics, image, result, found.box(), colors.box(found.label()), text, false);
        }
        graphics.dispose();
        return result;
    }

    /**
     * The annotations: like predictions, without scores; difficult boxes are dashed, ignored pixels gray.
     *
     * @param boxes null for none
     * @param mask true class of each pixel, (height, width), 255 where it is ignored; null for none
     */
    public BufferedImage truth(BufferedImage image, List<TruthBox> boxes, byte[] mask) {
        BufferedImage result = tinted(image, mask);
        Graphics2D graphics = graphics(result);
        for (TruthBox box : boxes == null ? List.<TruthBox>of() : boxes) {
            draw(
                    graphics,
                    image,
                    result,
                    box.box(),
                    colors.box(box.label()),
                    colors.boxName(box.label()),
                    box.difficult());
        }
        graphics.dispose();
        return result;
    }

    /** Input, ground truth and prediction next to each other, with captions, and a legend of the classes below. */
    public BufferedImage comparison(
            String name,
            BufferedImage image,
            List<TruthBox> boxes,
            byte[] trueMask,
            List<Detection> detections,
            byte[] predictedMask) {
        String annotated = boxes == null && trueMask == null
                ? "not annotated"
                : boxes == null ? "truth (mask only)" : trueMask == null ? "truth (boxes only)" : "truth";
        return Sheet.of(
                List.of(
                        new Sheet.Cell(name, enlarge(image)),
                        new Sheet.Cell(annotated, truth(image, boxes, trueMask)),
                        new Sheet.Cell("predicted", prediction(image, detections, predictedMask))),
                3,
                colors);
    }

    private static String score(double score) {
        return String.format(Locale.ROOT, "%.2f", score);
    }

    private BufferedImage tinted(BufferedImage image, byte[] mask) {
        BufferedImage result = enlarge(image);
        if (mask == null) {
            return result;
        }
        int width = image.getWidth();
        int height = image.getHeight();
        if (mask.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "image of %d x %d pixels with a mask of %d bytes".formatted(width, height, mask.length));
        }
        int factor = factor(width, height);
        for (int y = 0; y < result.getHeight(); y++) {
            for (int x = 0; x < result.getWidth(); x++) {
                int value = mask[y / factor * width + x / factor] & 0xff;
                if (value > 0) {
                    Color color = value == Evaluator.IGNORED_PIXEL ? IGNORED : colors.mask(value);
                    double part = isEdge(mask, width, height, x, y, factor) ? 1 : TINT;
                    result.setRGB(
                            x,
                            y,
                            ClassColors.blend(new Color(result.getRGB(x, y)), color, part)
                                    .getRGB());
                }
            }
        }
        return result;
    }

    /** Whether a pixel of the enlarged image touches another mask value to its left, right, above or below. */
    private static boolean isEdge(byte[] mask, int width, int height, int x, int y, int factor) {
        byte value = mask[y / factor * width + x / factor];
        int left = Math.max(0, x - 1) / factor;
        int right = Math.min(width * factor - 1, x + 1) / factor;
        int up = Math.max(0, y - 1) / factor;
        int down = Math.min(height * factor - 1, y + 1) / factor;
        int row = y / factor * width;
        int column = x / factor;
        return mask[row + left] != value
                || mask[row + right] != value
                || mask[up * width + column] != value
                || mask[down * width + column] != value;
    }

    private static Graphics2D graphics(BufferedImage image) {
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        return graphics;
    }

    private static void draw(
            Graphics2D graphics,
            BufferedImage image,
            BufferedImage result,
            BoxRegion box,
            Color color,
            String text,
            boolean dashed) {
        int factor = result.getWidth() / image.getWidth();
        Rectangle2D frame = new Rectangle2D.Double(
                box.left() * factor, box.top() * factor, box.width() * factor, box.height() * factor);
        Stroke halo = new BasicStroke(4);
        Stroke line = dashed
                ? new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 4}, 0)
                : new BasicStroke(2);
        graphics.setStroke(halo);
        graphics.setColor(
                ClassColors.ink(color) == Color.BLACK ? new Color(0, 0, 0, 140) : new Color(255, 255, 255, 140));
        graphics.draw(frame);
        graphics.setStroke(line);
        graphics.setColor(color);
        graphics.draw(frame);

        double width = TextRenderer.width(graphics, text, TEXT, false);
        if (width > 0) {
            double left = Math.max(0, Math.min(frame.getX() - 1, result.getWidth() - width - 6));
            double top = frame.getY() - TEXT - 4 >= 0
                    ? frame.getY() - TEXT - 4
                    : Math.max(0, Math.min(frame.getMaxY(), result.getHeight() - TEXT - 4));
            graphics.fill(new Rectangle2D.Double(left, top, width + 6, TEXT + 4));
            graphics.setColor(ClassColors.ink(color));
            TextRenderer.draw(graphics, text, left + 3, top + TEXT, TEXT, false);
        }
    }
}
