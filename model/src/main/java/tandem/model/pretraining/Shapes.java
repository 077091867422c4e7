package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;

import java.util.SplittableRandom;

/** Shapes at random places of a square image. Lengths are pixels. */
final class Shapes {

    private final int size;
    private final SplittableRandom random;

    Shapes(int size, SplittableRandom random) {
        this.size = size;
        this.random = random;
    }

    /**
     * A blob with an irregular outline, mostly on the image.
     *
     * @param radius mean radius
     * @param flat ratio of its shorter to its longer axis
     * @param uneven amplitude of the outline as a share of the radius
     * @param soft width of its border
     */
    Footprint blob(float radius, float flat, float uneven, float soft) {
        float margin = 0.6f * radius * flat;
        float middleX = between(random, margin, size - margin);
        float middleY = between(random, margin, size - margin);
        return blob(middleX, middleY, radius, flat, between(random, 0, Math.PI), uneven, soft);
    }

    /** The same at a given place and angle. */
    Footprint blob(float middleX, float middleY, float radius, float flat, double angle, float uneven, float soft) {
        float reach = radius * (1 + uneven) + soft;
        return Footprint.window(size, middleX - reach, middleY - reach, middleX + reach, middleY + reach)
                .add(depth(middleX, middleY, radius, flat, angle, uneven), soft);
    }

    /** Distance to the outline of a blob, positive inside. */
    Texture depth(float middleX, float middleY, float radius, float flat, double angle, float uneven) {
        Noise outline = new Noise(random);
        float scale = between(random, 1, 3) / radius;
        float cos = (float) StrictMath.cos(angle);
        float sin = (float) StrictMath.sin(angle);
        return (x, y) -> {
            float u = x - middleX;
            float v = y - middleY;
            float along = u * cos + v * sin;
            float across = (v * cos - u * sin) / flat;
            float distance = (float) Math.sqrt(along * along + across * across);
            return radius * (1 + uneven * outline.fractal(u * scale, v * scale, 3, 0.5f)) - distance;
        };
    }

    /** A rectangle with sharp corners. */
    Footprint rectangle(float width, float height) {
        float middleX = between(random, 0, size);
        float middleY = between(random, 0, size);
        double angle = random.nextBoolean() ? 0 : between(random, 0, Math.PI);
        float cos = (float) StrictMath.cos(angle);
        float sin = (float) StrictMath.sin(angle);
        float reach = (width + height) / 2 + 1;
        return Footprint.window(size, middleX - reach, middleY - reach, middleX + reach, middleY + reach)
                .add(
                        (x, y) -> {
                            float u = Math.abs((x - middleX) * cos + (y - middleY) * sin) - width / 2;
                            float v = Math.abs((y - middleY) * cos - (x - middleX) * sin) - height / 2;
                            return -Math.max(u, v);
                        },
                        1);
    }

    /**
     * Adds a path of strokes to a window.
     *
     * @param length of the path
     * @param angle where it starts to
     * @param bend standard deviation of the change of direction from one step to the next, in radians
     * @param step length of a stroke
     */
    void path(
            Footprint into,
            float x,
            float y,
            float length,
            double angle,
            float bend,
            float step,
            float thickness,
            int branches) {
        int steps = Math.max(1, Math.round(length / step));
        double drift = bend * between(random, -0.3, 0.3);
        for (int i = 0; i < steps; i++) {
            float nextX = x + step * (float) StrictMath.cos(angle);
            float nextY = y + step * (float) StrictMath.sin(angle);
            float width = thickness * Math.min(1, 0.4f + 3 * Math.min(i + 1, steps - i) / (float) steps);
            into.stroke(x, y, nextX, nextY, width);
            x = nextX;
            y = nextY;
            angle += drift + bend * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5) * 2;
            if (branches > 0 && random.nextDouble() < 1.5 * branches / steps) {
                branches--;
                double side = angle + Distributions.sign(random) * between(random, 0.4, 1.2);
                path(into, x, y, length * between(random, 0.15, 0.4), side, bend, step, 0.8f * thickness, 0);
            }
        }
    }

    /** A window of the whole image. */
    Footprint everywhere() {
        return Footprint.window(size, 0, 0, size - 1, size - 1);
    }
}
