package tandem.model.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Images with captions in rows on white: a panel or a contact sheet. */
public final class Sheet {

    private static final int GAP = 8;
    private static final int TEXT = 13;
    private static final int LINE = 20;
    private static final Color INK = new Color(0x222222);

    private Sheet() {}

    /**
     * One image and the caption above it.
     *
     * @param caption cut to the image's width when it is longer
     */
    public record Cell(String caption, BufferedImage image) {}

    /**
     * Arranges images row by row; every cell has the size of the largest image.
     *
     * @param images at least one
     * @param columns maximum number of images per row
     * @param colors classes for a legend below; null for none
     */
    public static BufferedImage of(List<Cell> images, int columns, ClassColors colors) {
        if (images.isEmpty() || columns < 1) {
            throw new IllegalArgumentException(images.size() + " images in " + columns + " columns");
        }
        int across = Math.min(columns, images.size());
        int rows = (images.size() + across - 1) / across;
        int cellWidth = images.stream()
                .mapToInt(image -> image.image().getWidth())
                .max()
                .orElseThrow();
        int cellHeight = images.stream()
                        .mapToInt(image -> image.image().getHeight())
                        .max()
                        .orElseThrow()
                + LINE;
        int width = GAP + across * (cellWidth + GAP);
        List<String> names = colors == null ? List.of() : colors.names();
        int legend = names.isEmpty() ? 0 : legend(null, names, width, 0);
        BufferedImage sheet =
                new BufferedImage(width, GAP + rows * (cellHeight + GAP) + legend, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < images.size(); i++) {
            Cell image = images.get(i);
            int left = GAP + i % across * (cellWidth + GAP);
            int top = GAP + i / across * (cellHeight + GAP);
            graphics.setColor(INK);
            String caption = TextRenderer.fit(graphics, image.caption(), TEXT, false, cellWidth);
            TextRenderer.draw(graphics, caption, left, top + TEXT, TEXT, false);
            graphics.drawImage(image.image(), left, top + LINE, null);
        }
        if (!names.isEmpty()) {
            legend(graphics, names, width, sheet.getHeight() - legend);
        }
        graphics.dispose();
        return sheet;
    }

    /** Draws the legend from {@code top} down, or only measures it without graphics; returns its height. */
    private static int legend(Graphics2D graphics, List<String> names, int width, int top) {
        Graphics2D measure =
                graphics != null ? graphics : new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        int x = GAP;
        int y = top;
        for (int i = 0; i < names.size(); i++) {
            int entry = TEXT + 6 + (int) Math.ceil(TextRenderer.width(measure, names.get(i), TEXT, false)) + 2 * GAP;
            if (x > GAP && x + entry > width) {
                x = GAP;
                y += LINE;
            }
            if (graphics != null) {
                graphics.setColor(ClassColors.ordinal(i));
                graphics.fillRect(x, y + 2, TEXT, TEXT);
                graphics.setColor(INK);
                TextRenderer.draw(graphics, names.get(i), x + TEXT + 6, y + TEXT, TEXT, false);
            }
            x += entry;
        }
        return y + LINE - top;
    }
}
