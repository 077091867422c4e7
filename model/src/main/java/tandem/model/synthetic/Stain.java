package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.SplittableRandom;

/** A dried liquid: a tinted patch, uneven inside and stronger towards its outline. */
record Stain() implements Defect {

    @Override
    public int label() {
        return 2;
    }

    @Override
    public Footprint place(Canvas canvas, SplittableRandom random) {
        double radius = between(random, 0.07, 0.17) * canvas.unit();
        return Blob.place(canvas, radius, between(random, 0.6, 1), 0.3, 0.5, random);
    }

    @Override
    public void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random) {
        boolean rust = random.nextBoolean();
        double red = 1 - contrast * (rust ? 0.12 : 0.38);
        double green = 1 - contrast * (rust ? 0.34 : 0.34);
        double blue = 1 - contrast * (rust ? 0.5 : 0.28);
        Noise cloud = new Noise(random);
        double size = canvas.unit() / 14;
        for (int row = 0; row < footprint.height(); row++) {
            for (int column = 0; column < footprint.width(); column++) {
                double u = 2 * (column + 0.5) / footprint.width() - 1;
                double v = 2 * (row + 0.5) / footprint.height() - 1;
                int x = footprint.x() + column;
                int y = footprint.y() + row;
                double strength = footprint.cover()[row * footprint.width() + column]
                        * (0.65 + 0.3 * Math.min(1, u * u + v * v) + 0.25 * cloud.fractal(x / size, y / size, 3));
                canvas.scale(x, y, 1 + strength * (red - 1), 1 + strength * (green - 1), 1 + strength * (blue - 1));
            }
        }
    }
}
