package tandem.model.metrics;

import java.util.Arrays;

/** The 8-connected regions of the pixels of a mask that are neither background nor ignored, whatever their class. */
final class ForegroundRegions {

    private final int[] regions;
    private final int[] pixels;

    private ForegroundRegions(int[] regions, int[] pixels) {
        this.regions = regions;
        this.pixels = pixels;
    }

    static ForegroundRegions of(byte[] mask, int width) {
        int[] regions = new int[mask.length];
        Arrays.fill(regions, -1);
        int[] waiting = new int[mask.length];
        int[] pixels = new int[16];
        int count = 0;
        for (int start = 0; start < mask.length; start++) {
            if (regions[start] >= 0 || !isForeground(mask[start])) {
                continue;
            }
            if (count == pixels.length) {
                pixels = Arrays.copyOf(pixels, 2 * count);
            }
            int size = 0;
            waiting[size++] = start;
            regions[start] = count;
            for (int next = 0; next < size; next++) {
                int x = waiting[next] % width;
                int y = waiting[next] / width;
                for (int v = Math.max(0, y - 1); v <= y + 1 && v * width < mask.length; v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                        int neighbor = v * width + u;
                        if (regions[neighbor] < 0 && isForeground(mask[neighbor])) {
                            regions[neighbor] = count;
                            waiting[size++] = neighbor;
                        }
                    }
                }
            }
            pixels[count++] = size;
        }
        return new ForegroundRegions(regions, Arrays.copyOf(pixels, count));
    }

    private static boolean isForeground(byte value) {
        return value != 0 && (value & 0xFF) != Evaluator.IGNORED_PIXEL;
    }

    /** Number of regions. */
    int count() {
        return pixels.length;
    }

    /** The region of a pixel, from 0; -1 for none. */
    int region(int pixel) {
        return regions[pixel];
    }

    /** Number of pixels of a region. */
    int pixels(int region) {
        return pixels[region];
    }
}
