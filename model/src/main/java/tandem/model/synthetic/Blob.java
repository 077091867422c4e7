package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.SplittableRandom;

/** Round shapes with an irregular outline. */
final class Blob {

    private Blob() {}

    /**
     * A blob at a random place, completely on the canvas.
     *
     * @param radius its mean radius in pixels
     * @param flat ratio of its shorter to its longer axis
     * @param uneven amplitude of the outline, as a fraction of the radius
     * @param lumps number of bulges of the outline per radian
     */
    static Footprint place(
            Canvas canvas, double radius, double flat, double uneven, double lumps, SplittableRandom random) {
        double reach = radius * (1 + uneven) + 1;
        double middleX = between(random, reach, canvas.width() - reach);
        double middleY = between(random, reach, canvas.height() - reach);
        double angle = between(random, 0, Math.PI);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        Noise outline = new Noise(random);
        return Footprint.of(canvas, middleX - reach, middleY - reach, middleX + reach, middleY + reach, (x, y) -> {
            double u = (x - middleX) * cos + (y - middleY) * sin;
            double v = ((y - middleY) * cos - (x - middleX) * sin) / flat;
            double distance = Math.sqrt(u * u + v * v);
            double edge = distance == 0
                    ? radius
                    : radius * (1 + uneven * outline.fractal(3 * lumps * u / distance, 3 * lumps * v / distance, 2));
            return Math.max(0, Math.min(1, 0.5 + edge - distance));
        });
    }
}
