package tandem.model.weak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.MaskFile;

/**
 * A connected component of one class in a mask, with 8-connectivity. Its bounds are pixel edges.
 *
 * @param value class in the mask
 * @param pixels indices of its pixels in the mask
 */
record MaskComponent(int value, int left, int upper, int right, int lower, int[] pixels) {

    /**
     * The components of a mask. Small components of a class are left out, unless all components of the class are small.
     *
     * @param mask (height, width) class of each pixel; 0 and 255 belong to no component
     * @param minPixels components with fewer pixels are small
     */
    static List<MaskComponent> of(byte[] mask, int width, int height, double minPixels) {
        List<MaskComponent> components = new ArrayList<>();
        boolean[] seen = new boolean[mask.length];
        int[] stack = new int[mask.length];
        int[] maxPixels = new int[256];
        for (int start = 0; start < mask.length; start++) {
            int value = mask[start] & 0xFF;
            if (value != 0 && value != MaskFile.IGNORE && !seen[start]) {
                MaskComponent component = grow(mask, width, height, seen, stack, start);
                components.add(component);
                maxPixels[value] = Math.max(maxPixels[value], component.pixels.length);
            }
        }
        components.removeIf(
                component -> component.pixels.length < minPixels && maxPixels[component.value] >= minPixels);
        return components;
    }

    private static MaskComponent grow(byte[] mask, int width, int height, boolean[] seen, int[] stack, int start) {
        int left = width;
        int upper = height;
        int right = 0;
        int lower = 0;
        int size = 0;
        stack[size++] = start;
        seen[start] = true;
        // The stack only grows: entries before "next" are done, and at the end the whole stack is the component.
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

    /** Its bounding box; one mask pixel corresponds to {@code factor} pixels of the image. */
    Box box(int label, float factor) {
        return new Box(label, left * factor, upper * factor, right * factor, lower * factor, false);
    }
}
