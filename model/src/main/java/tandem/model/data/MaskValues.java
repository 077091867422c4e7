package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tandem.model.image.RgbRows;

/** How the pixels of mask files become class values: 0 for background, 255 for ignored. */
sealed interface MaskValues {

    /** Names of the classes; value k, from 1, is the (k-1)-th. */
    List<String> names();

    /**
     * Class value of each pixel, (height, width).
     *
     * @throws DataException when the file is damaged, of another size, or has pixels of no class
     */
    byte[] read(Path file, int width, int height);

    /** Palette indices or gray values are class values. */
    record Indices(List<String> names) implements MaskValues {
        @Override
        public byte[] read(Path file, int width, int height) {
            return MaskDecoder.read(file, width, height);
        }
    }

    /** Gray values from {@code threshold} on are the class value {@code value}, others are background. */
    record Threshold(List<String> names, int threshold, int value) implements MaskValues {
        @Override
        public byte[] read(Path file, int width, int height) {
            byte[] rgb = rgb(file, width, height);
            byte[] classes = new byte[width * height];
            for (int i = 0; i < classes.length; i++) {
                int max = Math.max(rgb[3 * i] & 0xFF, Math.max(rgb[3 * i + 1] & 0xFF, rgb[3 * i + 2] & 0xFF));
                classes[i] = (byte) (max >= threshold ? value : 0);
            }
            return classes;
        }
    }

    /** Each color, as 0xRRGGBB, is a class value. */
    record Colors(List<String> names, Map<Integer, Integer> values) implements MaskValues {
        @Override
        public byte[] read(Path file, int width, int height) {
            return classes(file, rgb(file, width, height), width);
        }

        private byte[] classes(Path file, byte[] rgb, int width) {
            byte[] classes = new byte[rgb.length / 3];
            int last = -1;
            int value = 0;
            for (int i = 0; i < classes.length; i++) {
                int color = color(rgb, i);
                if (color != last) {
                    Integer found = values.get(color);
                    if (found == null) {
                        throw new DataException(
                                file,
                                "has a pixel of the color %d,%d,%d at x %d, y %d, which is of no class"
                                        .formatted(color >> 16, color >> 8 & 0xFF, color & 0xFF, i % width, i / width),
                                "correct the mask, or add the color to labelmap.txt (NAME:R,G,B)");
                    }
                    last = color;
                    value = found;
                }
                classes[i] = (byte) value;
            }
            return classes;
        }
    }

    /**
     * As in a {@link LabelMap}: colors, in masks with colors or a palette; or class indices, in gray masks and in those
     * whose palette has other colors than the map.
     */
    record Labelled(LabelMap map) implements MaskValues {
        @Override
        public List<String> names() {
            return map.names();
        }

        @Override
        public byte[] read(Path file, int width, int height) {
            byte[] bytes = ImageDecoder.bytes(file, "the class mask of an image");
            ImageHeader header = ImageHeader.read(file, bytes);
            MaskDecoder.requireSize(file, header, width, height);
            BufferedImage image = ImageDecoder.image(file, bytes, header);
            if (!MaskDecoder.hasIndices(header, image)) {
                return new Colors(map.names(), map.colors()).classes(file, rgb(image), width);
            }
            byte[] classes = MaskDecoder.indices(image);
            int[] values = values(image, classes);
            for (int i = 0; i < classes.length; i++) {
                classes[i] = (byte) values[classes[i] & 0xFF];
            }
            return classes;
        }

        /** (256) class value of each index: by its color when every used one has a color of the map, else by order. */
        private int[] values(BufferedImage image, byte[] indices) {
            boolean[] used = new boolean[256];
            for (byte index : indices) {
                used[index & 0xFF] = true;
            }
            int[] byColor = new int[256];
            int[] byOrder = new int[256];
            boolean colors = true;
            for (int i = 0; i < 256; i++) {
                byOrder[i] = i < map.indices().size() ? map.indices().get(i) : i;
                if (used[i]) {
                    int color = image.getColorModel() instanceof IndexColorModel palette
                            ? palette.getRGB(i) & 0xFFFFFF
                            : i << 16 | i << 8 | i;
                    Integer value = map.colors().get(color);
                    byColor[i] = value == null ? ClassMask.IGNORE : value;
                    colors &= value != null || i == ClassMask.IGNORE;
                }
            }
            return colors ? byColor : byOrder;
        }
    }

    /** The color of a pixel as 0xRRGGBB. */
    static int color(byte[] rgb, int pixel) {
        return (rgb[3 * pixel] & 0xFF) << 16 | (rgb[3 * pixel + 1] & 0xFF) << 8 | rgb[3 * pixel + 2] & 0xFF;
    }

    /** (height, width, 3) bytes of a mask file of that size. */
    static byte[] rgb(Path file, int width, int height) {
        byte[] bytes = ImageDecoder.bytes(file, "the class mask of an image");
        ImageHeader header = ImageHeader.read(file, bytes);
        MaskDecoder.requireSize(file, header, width, height);
        return rgb(ImageDecoder.image(file, bytes, header));
    }

    /** (height, width, 3) bytes of a decoded image. */
    static byte[] rgb(BufferedImage image) {
        int row = 3 * image.getWidth();
        byte[] rgb = new byte[Math.multiplyExact(row, image.getHeight())];
        RgbRows rows = RgbRows.of(image);
        for (int y = 0; y < image.getHeight(); y++) {
            rows.read(y, rgb, y * row);
        }
        return rgb;
    }

    /**
     * A mask with its pixel counts.
     *
     * @param classes the mask classes of the data set, which may be others than {@link #names}
     * @throws DataException when the file is invalid or has pixels of another class
     */
    default ClassMask mask(Path file, List<String> classes, int width, int height) {
        if (this instanceof Indices indices && indices.names.equals(classes)) {
            return MaskDecoder.count(file, classes, width, height);
        }
        int[] lookup = new int[256];
        Arrays.fill(lookup, -1);
        lookup[0] = 0;
        lookup[ClassMask.IGNORE] = ClassMask.IGNORE;
        for (int i = 0; i < names().size(); i++) {
            lookup[i + 1] = classes.indexOf(names().get(i)) + 1;
        }
        long[] counts = new long[256];
        byte[] mask = read(file, width, height);
        for (byte value : mask) {
            counts[value & 0xFF]++;
        }
        long[] pixels = new long[256];
        for (int value = 0; value < 256; value++) {
            boolean unknown = value > 0 && value < 255 && (lookup[value] <= 0);
            if (counts[value] > 0 && unknown) {
                throw new DataException(
                        file,
                        "has " + counts[value] + " pixels of the unknown class "
                                + (value <= names().size() ? "'" + names().get(value - 1) + "'" : value)
                                + ", expected " + classes,
                        "correct the mask, or add the class to classes.txt");
            }
            pixels[Math.max(0, lookup[value])] += counts[value];
        }
        List<Long> perClass = new ArrayList<>();
        for (int value = 0; value <= classes.size(); value++) {
            perClass.add(pixels[value]);
        }
        return new MappedMask(
                file,
                this,
                lookup,
                perClass,
                pixels[ClassMask.IGNORE],
                ClassMask.checksum(MappedMask.map(mask, lookup)));
    }
}
