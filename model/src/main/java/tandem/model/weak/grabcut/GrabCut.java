package tandem.model.weak.grabcut;

import java.util.Arrays;

/**
 * Segments the object in a box (Rother et al. 2004, section 3). Everything outside the box is background. Inside, the
 * segmentation with the minimum energy is computed: color models of object and background (5 Gaussians each) and a cost
 * for each border between similar colors. Then the models are fitted again, and so on. Large boxes are processed at a
 * lower resolution. The memory is reused by the next box; for one thread.
 */
public final class GrabCut {

    /** Cost of a border between two neighbors of the same color, for color images (Rother et al. 2004, section 3). */
    public static final float COLOURED_BORDER = 50;
    /**
     * The same for gray images. Their values separate object and background less well, and with a high border cost thin
     * and faint objects disappear. Found experimentally on steel defects.
     */
    public static final float GREY_BORDER = 10;
    /** Gaussians of each color model. */
    static final int COMPONENTS = 5;

    /** Minimum number of pixels in a box, and of background pixels around it, to fit color models. */
    private static final int MIN_PIXELS = 2 * COMPONENTS;

    private static final int MAX_PIXELS = 1 << 16;
    private static final int MAX_BACKGROUND = 1 << 14;
    /** Capacities are costs times this, rounded. */
    private static final double UNIT = 1000;
    /** Maximum cost of a color: that of a density of e^-1000. */
    private static final double MAX_COST = 1000;

    private final GridCut cut = new GridCut();
    private final GaussianMixture object = new GaussianMixture(COMPONENTS);
    private final GaussianMixture background = new GaussianMixture(COMPONENTS);

    /** A rectangle of whole pixels, without the right and lower edge. */
    public record Area(int left, int upper, int right, int lower) {

        /** Columns. */
        public int width() {
            return right - left;
        }

        /** Rows. */
        public int height() {
            return lower - upper;
        }

        /** Pixels; 0 when it is empty. */
        public int pixels() {
            return Math.max(0, width()) * Math.max(0, height());
        }
    }

    /** The processed pixels: those of the box and of the background around it. */
    private static final class Crop {
        /** Columns and rows of the box at the working resolution, and its colors. */
        int width;

        int height;
        int[] colors;
        boolean gray;
        /**
         * Costs of the borders to the four neighbors of {@link GridCut#forward}, and to all pixels outside the box
         * together.
         */
        int[] borders;

        int[] outerBorders;
        /** Colors of the background. */
        int[] outside;

        int outsideCount;
        /** Colors just outside of the box, in a frame of one pixel; -1 outside the image. */
        int[] framed;
    }

    /**
     * Segments a box.
     *
     * @param rgb (height, width, 3) bytes, red first
     * @param box inside the image, not empty
     * @param covered (height, width): pixels that lie in this or another box, which are not used for the background
     * @param border cost of a border between two neighbors of the same color; 0 for {@link #COLOURED_BORDER} or
     *     {@link #GREY_BORDER}
     * @param iterations maximum number of iterations; fewer when nothing changes
     * @return for each pixel of the box, row by row, whether it belongs to the object; null when there are too few
     *     pixels in the box, or outside of it, to learn colors from
     */
    public boolean[] divide(
            byte[] rgb, int width, int height, Area box, boolean[] covered, float border, int iterations) {
        if (box.left() < 0 || box.upper() < 0 || box.right() > width || box.lower() > height || box.pixels() == 0) {
            throw new IllegalArgumentException(box + " is not within " + width + " x " + height + " pixels");
        }
        int factor = 1;
        while ((long) ((box.width() + factor - 1) / factor) * ((box.height() + factor - 1) / factor) > MAX_PIXELS) {
            factor++;
        }
        Crop crop = crop(rgb, width, height, box, covered, factor);
        if (crop.colors.length < MIN_PIXELS || crop.outsideCount < MIN_PIXELS) {
            return null;
        }
        price(crop, border > 0 ? border : crop.gray ? GREY_BORDER : COLOURED_BORDER);
        boolean[] inside = divide(crop, iterations);
        boolean[] result = new boolean[box.pixels()];
        for (int y = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                result[y * box.width() + x] = inside[y / factor * crop.width + x / factor];
            }
        }
        return result;
    }

    private boolean[] divide(Crop crop, int iterations) {
        int n = crop.colors.length;
        boolean[] inside = new boolean[n];
        Arrays.fill(inside, true);
        int[] objectColors = new int[n];
        int[] backgroundColors = Arrays.copyOf(crop.outside, crop.outsideCount + n);
        byte[] objectComponents = new byte[n];
        byte[] backgroundComponents = new byte[crop.outsideCount + n];
        for (int iteration = 0; iteration < iterations; iteration++) {
            int objects = 0;
            int backgrounds = crop.outsideCount;
            for (int i = 0; i < n; i++) {
                if (inside[i]) {
                    objectColors[objects++] = crop.colors[i];
                } else {
                    backgroundColors[backgrounds++] = crop.colors[i];
                }
            }
            if (objects == 0) {
                return inside;
            }
            fit(object, objectColors, objects, objectComponents, iteration == 0);
            fit(background, backgroundColors, backgrounds, backgroundComponents, iteration == 0);
            grid(crop);
            cut.cut();
            boolean changed = false;
            for (int i = 0; i < n; i++) {
                boolean now = cut.atSource(i % crop.width, i / crop.width);
                changed |= now != inside[i];
                inside[i] = now;
            }
            if (!changed) {
                return inside;
            }
        }
        return inside;
    }

    private static void fit(GaussianMixture mixture, int[] colors, int count, byte[] components, boolean first) {
        if (first) {
            mixture.cluster(colors, count, components);
        } else {
            for (int i = 0; i < count; i++) {
                components[i] = (byte) mixture.component(colors[i]);
            }
        }
        mixture.learn(colors, count, components);
    }

    /** Half the inverse of the mean squared difference of neighbors (Rother et al. 2004, equation 5). */
    private static double falloff(Crop crop) {
        double sum = 0;
        long pairs = 0;
        for (int y = 0; y < crop.height; y++) {
            for (int x = 0; x < crop.width; x++) {
                int color = crop.colors[y * crop.width + x];
                for (int d = 0; d < 4; d++) {
                    int ox = x + FORWARD_X[d];
                    int oy = y + FORWARD_Y[d];
                    if (ox >= 0 && ox < crop.width && oy < crop.height) {
                        sum += squared(color, crop.colors[oy * crop.width + ox]);
                        pairs++;
                    }
                }
            }
        }
        return sum == 0 ? 0 : pairs / (2 * sum);
    }

    private static final int[] FORWARD_X = {1, -1, 0, 1};
    private static final int[] FORWARD_Y = {0, 1, 1, 1};
    private static final double DIAGONAL = 1 / Math.sqrt(2);

    /** Sets the costs of all borders, which do not change. */
    private static void price(Crop crop, double sameColor) {
        double falloff = falloff(crop);
        crop.borders = new int[4 * crop.colors.length];
        crop.outerBorders = new int[crop.colors.length];
        for (int y = 0, i = 0; y < crop.height; y++) {
            for (int x = 0; x < crop.width; x++, i++) {
                for (int d = 0; d < 4; d++) {
                    int ox = x + FORWARD_X[d];
                    int oy = y + FORWARD_Y[d];
                    if (ox >= 0 && ox < crop.width && oy < crop.height) {
                        crop.borders[4 * i + d] = border(
                                crop.colors[i],
                                crop.colors[oy * crop.width + ox],
                                d == 0 || d == 2,
                                sameColor,
                                falloff);
                    }
                }
                if (x == 0 || y == 0 || x == crop.width - 1 || y == crop.height - 1) {
                    crop.outerBorders[i] = outerBorders(crop, x, y, sameColor, falloff);
                }
            }
        }
    }

    private void grid(Crop crop) {
        cut.reset(crop.width, crop.height);
        int[] ofObject = crop.gray ? grayPrices(object) : null;
        int[] ofBackground = crop.gray ? grayPrices(background) : null;
        for (int y = 0, i = 0; y < crop.height; y++) {
            for (int x = 0; x < crop.width; x++, i++) {
                int color = crop.colors[i];
                int asBackground = crop.gray ? ofBackground[color & 0xFF] : price(background.logDensity(color));
                int asObject = crop.gray ? ofObject[color & 0xFF] : price(object.logDensity(color));
                cut.terminals(x, y, asBackground, asObject + crop.outerBorders[i]);
                for (int d = 0; d < 4; d++) {
                    if (crop.borders[4 * i + d] > 0) {
                        cut.forward(x, y, d, crop.borders[4 * i + d]);
                    }
                }
            }
        }
    }

    private static int[] grayPrices(GaussianMixture mixture) {
        int[] prices = new int[256];
        for (int i = 0; i < prices.length; i++) {
            prices[i] = price(mixture.logDensity(i << 16 | i << 8 | i));
        }
        return prices;
    }

    private static int price(double logDensity) {
        return (int) Math.round(UNIT * Math.min(MAX_COST, -logDensity));
    }

    private static int border(int color, int other, boolean straight, double sameColor, double falloff) {
        return (int)
                Math.round(UNIT * sameColor * (straight ? 1 : DIAGONAL) * Math.exp(-falloff * squared(color, other)));
    }

    /** Borders to pixels outside of the box, which are background. */
    private static int outerBorders(Crop crop, int x, int y, double sameColor, double falloff) {
        int sum = 0;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                boolean outside = x + dx < 0 || y + dy < 0 || x + dx >= crop.width || y + dy >= crop.height;
                int other = outside ? crop.framed[frame(crop, x + dx, y + dy)] : -1;
                if (other >= 0) {
                    sum += border(crop.colors[y * crop.width + x], other, dx == 0 || dy == 0, sameColor, falloff);
                }
            }
        }
        return sum;
    }

    private static int frame(Crop crop, int x, int y) {
        return (y + 1) * (crop.width + 2) + x + 1;
    }

    private static double squared(int a, int b) {
        int red = (a >> 16 & 0xFF) - (b >> 16 & 0xFF);
        int green = (a >> 8 & 0xFF) - (b >> 8 & 0xFF);
        int blue = (a & 0xFF) - (b & 0xFF);
        return red * red + green * green + blue * blue;
    }

    private static Crop crop(byte[] rgb, int width, int height, Area box, boolean[] covered, int factor) {
        Crop crop = new Crop();
        crop.width = (box.width() + factor - 1) / factor;
        crop.height = (box.height() + factor - 1) / factor;
        crop.colors = new int[crop.width * crop.height];
        crop.framed = new int[(crop.width + 2) * (crop.height + 2)];
        for (int y = -1; y <= crop.height; y++) {
            for (int x = -1; x <= crop.width; x++) {
                int left = box.left() + x * factor;
                int upper = box.upper() + y * factor;
                boolean inside = x >= 0 && y >= 0 && x < crop.width && y < crop.height;
                int right = Math.min(left + factor, x >= 0 && x < crop.width ? box.right() : width);
                int lower = Math.min(upper + factor, y >= 0 && y < crop.height ? box.lower() : height);
                int color = mean(rgb, width, Math.max(0, left), Math.max(0, upper), right, lower);
                crop.framed[frame(crop, x, y)] = color;
                if (inside) {
                    crop.colors[y * crop.width + x] = color;
                }
            }
        }
        crop.gray = true;
        for (int color : crop.colors) {
            crop.gray &= (color >> 8 & 0xFF) == (color & 0xFF) && color >> 16 == (color & 0xFF);
        }
        int marginX = Math.max(8, box.width() / 2);
        int marginY = Math.max(8, box.height() / 2);
        Area around = new Area(
                Math.max(0, box.left() - marginX),
                Math.max(0, box.upper() - marginY),
                Math.min(width, box.right() + marginX),
                Math.min(height, box.lower() + marginY));
        collect(crop, rgb, width, around, box, covered);
        if (crop.outsideCount < 10 * MIN_PIXELS) {
            collect(crop, rgb, width, new Area(0, 0, width, height), box, covered);
        }
        if (crop.outsideCount < MIN_PIXELS) {
            collect(crop, rgb, width, around, box, new boolean[covered.length]);
        }
        return crop;
    }

    /** Average color of an area, or -1 when it is empty. */
    private static int mean(byte[] rgb, int width, int left, int upper, int right, int lower) {
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int y = upper; y < lower; y++) {
            for (int i = (y * width + left) * 3; i < (y * width + right) * 3; i += 3) {
                red += rgb[i] & 0xFF;
                green += rgb[i + 1] & 0xFF;
                blue += rgb[i + 2] & 0xFF;
            }
        }
        int n = (right - left) * (lower - upper);
        return right <= left || lower <= upper
                ? -1
                : (red + n / 2) / n << 16 | (green + n / 2) / n << 8 | (blue + n / 2) / n;
    }

    /** Collects the colors of an area outside the box and not covered, evenly subsampled to the maximum number. */
    private static void collect(Crop crop, byte[] rgb, int width, Area area, Area box, boolean[] covered) {
        int[] colors = new int[Math.max(0, area.pixels() - box.pixels())];
        int count = 0;
        for (int y = area.upper(); y < area.lower(); y++) {
            for (int x = area.left(); x < area.right(); x++) {
                boolean inBox = x >= box.left() && x < box.right() && y >= box.upper() && y < box.lower();
                if (!inBox && !covered[y * width + x]) {
                    int i = (y * width + x) * 3;
                    colors[count++] = (rgb[i] & 0xFF) << 16 | (rgb[i + 1] & 0xFF) << 8 | rgb[i + 2] & 0xFF;
                }
            }
        }
        int thinning = (count + MAX_BACKGROUND - 1) / MAX_BACKGROUND;
        crop.outsideCount = 0;
        for (int i = 0; i < count; i += Math.max(1, thinning)) {
            colors[crop.outsideCount++] = colors[i];
        }
        crop.outside = colors;
    }
}
