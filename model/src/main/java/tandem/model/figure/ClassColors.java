package tandem.model.figure;

import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * A color for each class, the same for its boxes and its masks. The first seven are those of Okabe and Ito (Color
 * Universal Design, 2008), which are distinguishable with the common kinds of color blindness; later ones repeat them
 * darker, then lighter.
 */
public final class ClassColors {

    private static final int[] HUES = {0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0x56B4E9, 0xCC79A7, 0xF0E442};

    private final List<String> boxClasses;
    private final List<String> maskClasses;
    private final List<String> names;

    /**
     * @param boxClasses names of the classes of boxes, by label
     * @param maskClasses names of the classes of masks without background: mask value k, from 1, is the (k-1)-th
     */
    public ClassColors(List<String> boxClasses, List<String> maskClasses) {
        this.boxClasses = List.copyOf(boxClasses);
        this.maskClasses = List.copyOf(maskClasses);
        LinkedHashSet<String> all = new LinkedHashSet<>(boxClasses);
        all.addAll(maskClasses);
        this.names = new ArrayList<>(all);
    }

    /** Names of all classes except the background, each once, in the order of their colors. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /** Name of a class of boxes. */
    public String boxName(int label) {
        return boxClasses.get(label);
    }

    /** Color of a class of boxes. */
    public Color box(int label) {
        return ordinal(names.indexOf(boxClasses.get(label)));
    }

    /**
     * Color of a mask value that is neither background nor ignored.
     *
     * @throws IllegalArgumentException when there is no such class
     */
    public Color mask(int value) {
        if (value < 1 || value > maskClasses.size()) {
            throw new IllegalArgumentException("mask value %d, expected 1 to %d".formatted(value, maskClasses.size()));
        }
        return ordinal(names.indexOf(maskClasses.get(value - 1)));
    }

    /** The {@code i}-th color, from 0. */
    public static Color ordinal(int i) {
        Color hue = new Color(HUES[i % HUES.length]);
        int round = i / HUES.length % 3;
        return round == 0 ? hue : round == 1 ? blend(hue, Color.BLACK, 0.45) : blend(hue, Color.WHITE, 0.55);
    }

    /** {@code (1 - part) * a + part * b} per channel. */
    static Color blend(Color a, Color b, double part) {
        return new Color(
                channel(a.getRed(), b.getRed(), part),
                channel(a.getGreen(), b.getGreen(), part),
                channel(a.getBlue(), b.getBlue(), part));
    }

    private static int channel(int a, int b, double part) {
        return (int) Math.round((1 - part) * a + part * b);
    }

    /** Black or white, whichever reads better on {@code background} (relative luminance, WCAG 2.1). */
    static Color ink(Color background) {
        double luminance = 0.2126 * linear(background.getRed())
                + 0.7152 * linear(background.getGreen())
                + 0.0722 * linear(background.getBlue());
        return luminance > 0.18 ? Color.BLACK : Color.WHITE;
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
