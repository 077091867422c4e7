package tandem.model.pretraining;

/** A pattern over the plane with values of about -1 to 1; coordinates are pixels. */
@FunctionalInterface
interface Texture {

    float at(float x, float y);

    /** This pattern rotated. */
    default Texture rotated(double angle) {
        float cos = (float) StrictMath.cos(angle);
        float sin = (float) StrictMath.sin(angle);
        return (x, y) -> at(x * cos + y * sin, y * cos - x * sin);
    }

    /** A wave of period 1 and of nearly the shape of a sine, from parabolas. */
    static float wave(float t) {
        float f = t - Noise.floor(t);
        return f < 0.5f ? 16 * f * (0.5f - f) : -16 * (f - 0.5f) * (1 - f);
    }

    /** From -1 below 0 to 1 above it, with a transition of {@code width}. */
    static float step(float value, float width) {
        return Distributions.clamp(2 * value / width, -1, 1);
    }
}
