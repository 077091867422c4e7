package tandem.model.synthetic;

import java.util.SplittableRandom;

/** The inspected surface: a material that fills the canvas, and the light. */
final class Surface {

    private enum Material {
        BRUSHED,
        CAST,
        PAINTED
    }

    private Surface() {}

    /** Covers the canvas with a material. */
    static void paint(Canvas canvas, SplittableRandom random) {
        Material material = Material.values()[random.nextInt(Material.values().length)];
        double base = between(random, 0.4, 0.72);
        double warmth = between(random, -0.06, 0.06) * (material == Material.PAINTED ? 3 : 1);
        double green = between(random, -0.02, 0.02) * (material == Material.PAINTED ? 3 : 1);
        boolean upright = random.nextBoolean();
        double strength = switch (material) {
            case BRUSHED -> between(random, 0.05, 0.11);
            case CAST -> between(random, 0.05, 0.1);
            case PAINTED -> between(random, 0.015, 0.035);
        };
        double grain = canvas.unit() / between(random, 14, 40);
        double stretch = canvas.unit() / between(random, 1.5, 4);
        Noise coarse = new Noise(random);
        Noise fine = new Noise(random);
        for (int y = 0; y < canvas.height(); y++) {
            for (int x = 0; x < canvas.width(); x++) {
                double along = upright ? y : x;
                double across = upright ? x : y;
                double texture = switch (material) {
                    case BRUSHED ->
                        0.6 * coarse.fractal(along / stretch, across / 2.3, 2)
                                + 0.4 * fine.at(along / (stretch / 3), across / 1.1);
                    case CAST -> coarse.fractal(x / grain, y / grain, 4) + 0.5 * fine.at(x / 1.5, y / 1.5);
                    case PAINTED ->
                        0.7 * coarse.at(x / 5.0, y / 5.0) + 0.6 * fine.fractal(x / (4 * grain), y / (4 * grain), 2);
                };
                double value = base * (1 + strength / base * texture);
                int i = (y * canvas.width() + x) * 3;
                canvas.rgb()[i] = (float) (value * (1 + warmth));
                canvas.rgb()[i + 1] = (float) (value * (1 + green));
                canvas.rgb()[i + 2] = (float) (value * (1 - warmth));
            }
        }
        dust(canvas, random);
    }

    /** Faint specks that are no defects. */
    private static void dust(Canvas canvas, SplittableRandom random) {
        for (int i = random.nextInt(12); i > 0; i--) {
            int x = random.nextInt(canvas.width());
            int y = random.nextInt(canvas.height());
            double shade = between(random, 0.82, 1.18);
            canvas.scale(x, y, shade, shade, shade);
        }
    }

    /** Lamps, lens and sensor: a gradient, a broad reflection, darker corners, noise. */
    static void light(Canvas canvas, SplittableRandom random) {
        double direction = between(random, 0, 2 * Math.PI);
        double slopeX = StrictMath.cos(direction);
        double slopeY = StrictMath.sin(direction);
        double slope = between(random, 0, 0.3);
        double corner = between(random, 0.05, 0.35);
        double shine = random.nextInt(3) == 0 ? between(random, 0.08, 0.22) : 0;
        double shineAt = between(random, -0.7, 0.7);
        double shineWidth = between(random, 0.15, 0.35);
        double noise = between(random, 0.006, 0.018);
        for (int y = 0; y < canvas.height(); y++) {
            for (int x = 0; x < canvas.width(); x++) {
                double u = 2 * (x + 0.5) / canvas.width() - 1;
                double v = 2 * (y + 0.5) / canvas.height() - 1;
                double along = u * slopeX + v * slopeY;
                double light = 1 + slope * along - corner * (u * u + v * v) / 2;
                if (shine > 0) {
                    double away = (along - shineAt) / shineWidth;
                    light += shine * StrictMath.exp(-away * away);
                }
                double gray = noise * random.nextGaussian();
                int i = (y * canvas.width() + x) * 3;
                for (int c = 0; c < 3; c++) {
                    canvas.rgb()[i + c] =
                            (float) (canvas.rgb()[i + c] * light + gray + 0.4 * noise * random.nextGaussian());
                }
            }
        }
    }

    static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
