package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.clamp;

/**
 * A defect at a place of the image.
 *
 * @param footprint its pixels
 * @param paint how it changes them
 */
record Defect(Footprint footprint, Paint paint) {

    /** Max factor by which a change that cannot be seen is made stronger. */
    private static final float MAX_FACTOR = 4;

    private static final float MIN_CHANGE = 0.05f;

    /**
     * Paints it. A change of less than {@code visible} (mean of the changed pixels that belong to the defect) is made
     * stronger.
     *
     * @return whether the result is visible
     */
    boolean paint(Scene scene, float visible) {
        float[] rgb = scene.rgb();
        float[] painted = rgb.clone();
        Footprint print = footprint;
        double sum = 0;
        double weight = 0;
        for (int row = 0; row < print.height(); row++) {
            for (int column = 0; column < print.width(); column++) {
                int i = row * print.width() + column;
                int at = ((print.upper() + row) * scene.size() + print.left() + column) * 3;
                paint.apply(scene, print, painted, at, column, row);
                if (print.inside()[i]) {
                    float change = (Math.abs(painted[at] - rgb[at])
                                    + Math.abs(painted[at + 1] - rgb[at + 1])
                                    + Math.abs(painted[at + 2] - rgb[at + 2]))
                            / 3;
                    sum += change * change;
                    weight += change;
                }
            }
        }
        float change = weight == 0 ? 0 : (float) (sum / weight);
        float factor = change >= visible ? 1 : visible / Math.max(change, 1e-6f);
        if (factor > MAX_FACTOR) {
            return false;
        }
        for (int row = 0; row < print.height(); row++) {
            int at = ((print.upper() + row) * scene.size() + print.left()) * 3;
            for (int i = at; i < at + 3 * print.width(); i++) {
                rgb[i] += factor * (clamp(painted[i], -0.5f, 1.5f) - rgb[i]);
            }
        }
        return true;
    }

    /** The change that is visible on a material. */
    static float visible(Material material) {
        float contrast = 0;
        for (int c = 0; c < 3; c++) {
            contrast += (material.high()[c] - material.low()[c]) / 6;
        }
        return MIN_CHANGE + 0.35f * contrast;
    }
}
