package tandem.model.inference;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sizes of the 8-connected regions of pixels of any class, in one pass from top to bottom: a pixel joins the regions of
 * its neighbors to the left and above, which are sets with a common root (union-find). Reusable; allocates only for
 * wider masks or more regions than before.
 */
final class RegionSizes {

    private int[] roots = new int[64];
    private int[] pixels = new int[64];
    /** Region of each pixel of the row above and of this row, after a column of zeros; 0 for background. */
    private int[] above = new int[0];

    private int[] here = new int[0];

    /** Number of pixels of the largest region of a mask (height, width); 0 when all pixels are background. */
    int largest(ByteBuffer mask, int width, int height) {
        if (above.length < width + 2) {
            above = new int[width + 2];
            here = new int[width + 2];
        }
        Arrays.fill(above, 0);
        here[0] = 0;
        here[width + 1] = 0;
        int regions = 0;
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 1; x <= width; x++, at++) {
                if (mask.get(at) == 0) {
                    here[x] = 0;
                    continue;
                }
                int region = join(join(here[x - 1], above[x - 1]), join(above[x], above[x + 1]));
                if (region == 0) {
                    region = ++regions;
                    add(region);
                }
                pixels[region]++;
                here[x] = region;
            }
            int[] row = above;
            above = here;
            here = row;
        }
        int largest = 0;
        for (int region = 1; region <= regions; region++) {
            largest = Math.max(largest, pixels[region]);
        }
        return largest;
    }

    private void add(int region) {
        if (region == roots.length) {
            roots = Arrays.copyOf(roots, 2 * region);
            pixels = Arrays.copyOf(pixels, 2 * region);
        }
        roots[region] = region;
        pixels[region] = 0;
    }

    /** The root of both regions, which become one; 0 stands for none. */
    private int join(int first, int second) {
        int one = first == 0 ? 0 : root(first);
        int other = second == 0 ? 0 : root(second);
        if (one == 0 || other == 0 || one == other) {
            return Math.max(one, other);
        }
        int root = Math.min(one, other);
        int joined = Math.max(one, other);
        roots[joined] = root;
        pixels[root] += pixels[joined];
        pixels[joined] = 0;
        return root;
    }

    private int root(int region) {
        int root = region;
        while (roots[root] != root) {
            roots[root] = roots[roots[root]];
            root = roots[root];
        }
        return root;
    }
}
