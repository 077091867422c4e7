package tandem.engine.cpu;

/**
 * The inner loops of {@link CpuBatchNorm}, over the first {@code n} elements of arrays. Element i of each array belongs
 * to the same place, and no loop has a branch or an index of another form: HotSpot turns such loops into vector
 * instructions, but not loops over raw addresses. Every element is computed with the same operations either way.
 */
final class TileLoops {

    /** Its square times the smallest positive float is larger than 1. */
    private static final float LARGE = 0x1p127f;

    private TileLoops() {}

    /** sums += d and squares += d^2 with d = x - center. */
    static void addMoments(float[] x, float[] center, float[] sums, float[] squares, int n) {
        for (int i = 0; i < n; i++) {
            float d = x[i] - center[i];
            sums[i] = sums[i] + d;
            squares[i] = Math.fma(d, d, squares[i]);
        }
    }

    /** x becomes leaky((x - center) scale + shift). */
    static void normalize(float[] x, float[] center, float[] scale, float[] shift, float slope, int n) {
        for (int i = 0; i < n; i++) {
            float v = Math.fma(x[i] - center[i], scale[i], shift[i]);
            x[i] = Math.max(v, slope * v);
        }
    }

    /** x becomes leaky((x - center) scale + shift + residual). */
    static void normalize(
            float[] x, float[] center, float[] scale, float[] shift, float[] residual, float slope, int n) {
        for (int i = 0; i < n; i++) {
            float v = Math.fma(x[i] - center[i], scale[i], shift[i]) + residual[i];
            x[i] = Math.max(v, slope * v);
        }
    }

    /** 1 where v is positive, slope elsewhere; slopeOfPositive is 1 - slope. */
    private static float derivative(float v, float slope, float rest) {
        return Math.fma(Math.min((v + Math.abs(v)) * LARGE * LARGE, 1f), rest, slope);
    }

    /** g *= the derivative of the leaky ReLU whose result is y. */
    static void mask(float[] g, float[] y, float slope, int n) {
        float rest = 1 - slope;
        for (int i = 0; i < n; i++) {
            g[i] = g[i] * derivative(y[i], slope, rest);
        }
    }

    /** g *= the derivative of the leaky ReLU of (x - center) scale + shift. */
    static void mask(float[] g, float[] x, float[] center, float[] scale, float[] shift, float slope, int n) {
        float rest = 1 - slope;
        for (int i = 0; i < n; i++) {
            g[i] = g[i] * derivative(Math.fma(x[i] - center[i], scale[i], shift[i]), slope, rest);
        }
    }

    /** sums += g and products += g (x - center). */
    static void addGradients(float[] g, float[] x, float[] center, float[] sums, float[] products, int n) {
        for (int i = 0; i < n; i++) {
            sums[i] = sums[i] + g[i];
            products[i] = Math.fma(g[i], x[i] - center[i], products[i]);
        }
    }

    /** g becomes g scale + (x - center) linear + constant. */
    static void differentiate(
            float[] g, float[] x, float[] center, float[] scale, float[] linear, float[] constant, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = Math.fma(x[i] - center[i], linear[i], Math.fma(g[i], scale[i], constant[i]));
        }
    }
}
