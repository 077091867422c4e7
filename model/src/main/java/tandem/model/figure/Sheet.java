package tandem.model.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Captioned pictures in rows, on white: a panel of a few, or a contact sheet of many. */
public final class Sheet {

    private static final int GAP = 8;
    private static final int TEXT = 13;
    private static final int LINE = 20;
    private static final Color INK = new Color(0x222222);

    private Sheet() {}

    /**
     * One picture and the line above it.
     *
     * @param caption cut to the picture's width when it is longer
     */
    public record Picture(String caption, BufferedImage image) {}

    /**
     * Lays pictures out row by row; every cell is as large as the largest picture.
     *
     * @param pictures at least one
     * @param columns most pictures in a row
     * @param colors classes for a legend below; null for none
     */
    public static BufferedImage of(List<Picture> pictures, int columns, ClassColors colors) {
        if (pictures.isEmpty() || columns < 1) {
            throw new IllegalArgumentException(pictures.size() + " pictures in " + columns + " columns");
        }
        int across = Math.min(columns, pictures.size());
        int rows = (pictures.size() + across - 1) / across;
        int cellWidth = pictures.stream()
                .mapToInt(picture -> picture.image().getWidth())
                .max()
                .orElseThrow();
        int cellHeight = pictures.stream()
                        .mapToInt(picture -> picture.image().getHeight())
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
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            int left = GAP + i % across * (cellWidth + GAP);
            int top = GAP + i / across * (cellHeight + GAP);
            graphics.setColor(INK);
            String caption = TextRenderer.fit(graphics, picture.caption(), TEXT, false, cellWidth);
            TextRenderer.draw(graphics, caption, left, top + TEXT, TEXT, false);
            graphics.drawImage(picture.image(), left, top + LINE, null);
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
