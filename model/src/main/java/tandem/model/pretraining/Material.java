package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.clamp;

import java.util.SplittableRandom;

/**
 * A surface with its colors.
 *
 * @param kind its kind
 * @param texture its pattern
 * @param low red, green, blue where the pattern is -1; nominally 0 to 1
 * @param high the same where it is 1
 */
record Material(SurfaceKind kind, Texture texture, float[] low, float[] high) {

    /**
     * A random material.
     *
     * @param colored whether its channels differ
     */
    static Material draw(boolean colored, SplittableRandom random) {
        SurfaceKind[] kinds = SurfaceKind.values();
        return draw(kinds[random.nextInt(kinds.length)], colored, random);
    }

    /** A random material of one kind. */
    static Material draw(SurfaceKind kind, boolean colored, SplittableRandom random) {
        Texture texture = kind.texture(random);
        float contrast = kind.contrast(random);
        float middle = between(random, 0.15 + 0.5 * contrast, 0.85 - 0.5 * contrast);
        float[] low = new float[3];
        float[] high = new float[3];
        float tint = colored ? between(random, 0.05, 0.5) : 0;
        for (int c = 0; c < 3; c++) {
            float shift = tint == 0 ? 0 : between(random, -tint, tint);
            float spread = tint == 0 ? 1 : between(random, 1 - tint, 1 + tint);
            low[c] = middle * (1 + shift) - contrast * spread;
            high[c] = middle * (1 + shift) + contrast * spread;
        }
        return new Material(kind, texture, low, high);
    }

    /** Writes its color at a pixel into {@code rgb}, from {@code at} on. */
    void color(float x, float y, float[] rgb, int at) {
        float share = 0.5f + 0.5f * clamp(texture.at(x, y), -1.3f, 1.3f);
        for (int c = 0; c < 3; c++) {
            rgb[at + c] = low[c] + share * (high[c] - low[c]);
        }
    }
}
