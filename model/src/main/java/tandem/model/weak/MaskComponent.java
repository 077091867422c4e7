package tandem.model.weak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.MaskFile;

/**
 * A connected region of one class in a mask; pixels that touch at a corner are connected. Its edges are pixel edges.
 *
 * @param value class in the mask
 * @param pixels indices of its pixels in the mask
 */
record MaskComponent(int value, int left, int upper, int right, int lower, int[] pixels) {

    /**
     * The regions of a mask: all of each class that are large enough, or all of a class if none is.
     *
     * @param mask (height, width) class of each pixel; 0 and 255 belong to no region
     * @param leastPixels the smallest region that is large enough
     */
    static List<MaskComponent> of(byte[] mask, int width, int height, double leastPixels) {
        List<MaskComponent> regions = new ArrayList<>();
        boolean[] seen = new boolean[mask.length];
        int[] stack = new int[mask.length];
        int[] largest = new int[256];
        for (int start = 0; start < mask.length; start++) {
            int value = mask[start] & 0xFF;
            if (value != 0 && value != MaskFile.IGNORE && !seen[start]) {
                MaskComponent region = grow(mask, width, height, seen, stack, start);
                regions.add(region);
                largest[value] = Math.max(largest[value], region.pixels.length);
            }
        }
        regions.removeIf(region -> region.pixels.length < leastPixels && largest[region.value] >= leastPixels);
        return regions;
    }

    private static MaskComponent grow(byte[] mask, int width, int height, boolean[] seen, int[] stack, int start) {
        int left = width;
        int upper = height;
        int right = 0;
        int lower = 0;
        int size = 0;
        stack[size++] = start;
        seen[start] = true;
        // The stack only grows: what is behind "next" is done, and at the end all of it is the region.
        for (int next = 0; next < size; next++) {
            int x = stack[next] % width;
            int y = stack[next] / width;
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            upper = Math.min(upper, y);
            lower = Math.max(lower, y + 1);
            for (int oy = Math.max(0, y - 1); oy <= Math.min(height - 1, y + 1); oy++) {
                for (int ox = Math.max(0, x - 1); ox <= Math.min(width - 1, x + 1); ox++) {
                    int other = oy * width + ox;
                    if (!seen[other] && mask[other] == mask[start]) {
                        seen[other] = true;
                        stack[size++] = other;
                    }
                }
            }
        }
        return new MaskComponent(mask[start] & 0xFF, left, upper, right, lower, Arrays.copyOf(stack, size));
    }

    /** The box around it, of a class of boxes; {@code factor} pixels of the picture to one of the mask. */
    Box box(int label, float factor) {
        return new Box(label, left * factor, upper * factor, right * factor, lower * factor, false);
    }
}
