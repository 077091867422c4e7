package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What the pixels of mask files look like, to decide what they mean.
 *
 * @param values number of pixels of each gray value or palette index, over all files that have only these, (256)
 * @param colors number of pixels of each color 0xRRGGBB, where any file has colors; empty for gray alone
 * @param palette color of each palette index that is used; empty without palettes
 * @param lossy whether any file is a JPEG
 */
record MaskScan(long[] values, Map<Integer, Long> colors, Map<Integer, Integer> palette, boolean lossy) {

    /** More colors than classes can have; the rest is not collected. */
    private static final int MAX_COLORS = 300;

    /**
     * Reads all files, or {@code max} of them, evenly spread; those that are damaged or above the limit are reported
     * when they are used.
     */
    static MaskScan of(List<Path> files, int max, PixelLimit limit) {
        int count = Math.min(max, files.size());
        List<MaskScan> scans = IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> of(files.get((int) ((long) i * files.size() / count)), limit))
                .toList();
        long[] values = new long[256];
        Map<Integer, Long> colors = new TreeMap<>();
        Map<Integer, Integer> palette = new TreeMap<>();
        boolean conflict = false;
        boolean lossy = false;
        for (MaskScan scan : scans) {
            lossy |= scan.lossy;
            for (int i = 0; i < 256; i++) {
                values[i] += scan.values[i];
            }
            for (Map.Entry<Integer, Integer> entry : scan.palette.entrySet()) {
                Integer other = palette.putIfAbsent(entry.getKey(), entry.getValue());
                conflict |= other != null && !other.equals(entry.getValue());
                conflict |= entry.getKey() != 0 && entry.getValue() == 0;
            }
            conflict |= palette.values().stream().distinct().count() < palette.size();
            add(colors, scan.colors);
        }
        if (conflict || !colors.isEmpty() && !palette.isEmpty()) {
            // The same index means different colors, or black is not index 0: the colors define the classes.
            scans.forEach(scan -> scan.palette.forEach((index, color) -> colors.merge(color, 1L, Long::sum)));
        }
        if (!colors.isEmpty()) {
            for (int i = 0; i < 256; i++) {
                if (values[i] > 0 && !palette.containsKey(i)) {
                    colors.merge(i << 16 | i << 8 | i, values[i], Long::sum);
                }
            }
        }
        return new MaskScan(values, colors, palette, lossy);
    }

    private static void add(Map<Integer, Long> colors, Map<Integer, Long> more) {
        for (Map.Entry<Integer, Long> entry : more.entrySet()) {
            if (colors.size() <= MAX_COLORS || colors.containsKey(entry.getKey())) {
                colors.merge(entry.getKey(), entry.getValue(), Long::sum);
            }
        }
    }

    private static MaskScan of(Path file, PixelLimit limit) {
        long[] values = new long[256];
        Map<Integer, Long> colors = new TreeMap<>();
        Map<Integer, Integer> palette = new TreeMap<>();
        try {
            byte[] bytes = ImageDecoder.bytes(file, "a class mask");
            ImageHeader header = ImageHeader.read(file, bytes, limit);
            BufferedImage image = ImageDecoder.image(file, bytes, header);
            if (image.getColorModel() instanceof IndexColorModel model) {
                int[] row = new int[image.getWidth()];
                for (int y = 0; y < image.getHeight(); y++) {
                    for (int value : image.getRaster().getSamples(0, y, row.length, 1, 0, row)) {
                        values[value & 0xFF]++;
                    }
                }
                for (int i = 0; i < 256; i++) {
                    if (values[i] > 0) {
                        palette.put(i, model.getRGB(i) & 0xFFFFFF);
                    }
                }
            } else {
                pixels(MaskValues.rgb(image), bits(image), values, colors);
            }
            return new MaskScan(values, colors, palette, header.format() == ImageFormat.JPEG);
        } catch (DataException e) {
            return new MaskScan(new long[256], Map.of(), Map.of(), false);
        }
    }

    /** Bits of a gray sample below 8, which {@link MaskValues#rgb} scales to 255; else 8. */
    private static int bits(BufferedImage image) {
        return Math.min(8, image.getRaster().getSampleModel().getSampleSize(0));
    }

    private static void pixels(byte[] rgb, int bits, long[] values, Map<Integer, Long> colors) {
        boolean gray = true;
        for (int i = 0; gray && i < rgb.length; i += 3) {
            gray = rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
        }
        for (int i = 0; i < rgb.length / 3; i++) {
            if (gray) {
                values[(rgb[3 * i] & 0xFF) * ((1 << bits) - 1) / 255]++;
            } else {
                int color = MaskValues.color(rgb, i);
                if (colors.size() <= MAX_COLORS || colors.containsKey(color)) {
                    colors.merge(color, 1L, Long::sum);
                }
            }
        }
    }

    /** Whether all pixels are 0 or 255, some of them 255. */
    boolean isBlackAndWhite() {
        return colors.isEmpty() && values[255] > 0 && IntStream.range(1, 255).allMatch(i -> values[i] == 0);
    }

    /** Whether these can be masks: gray, or of a few colors. */
    static boolean looksLikeMasks(List<Path> files) {
        return of(files, 3, PixelLimit.HEAP).colors.size() <= MaskClasses.MAX_FOUND;
    }

    /** The values from 1 to 254 that occur. */
    List<Integer> classes() {
        List<Integer> classes = new ArrayList<>();
        for (int i = 1; i < 255; i++) {
            if (values[i] > 0) {
                classes.add(i);
            }
        }
        return classes;
    }
}
