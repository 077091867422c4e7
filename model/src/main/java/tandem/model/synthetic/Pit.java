package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.SplittableRandom;

/** A small hole: dark towards the lamp, with a bright rim on the other side. */
record Pit() implements Defect {

    @Override
    public int label() {
        return 1;
    }

    @Override
    public Footprint place(Canvas canvas, SplittableRandom random) {
        double radius = between(random, 0.025, 0.06) * canvas.unit();
        double flat = between(random, 0.7, 1);
        return Blob.place(canvas, radius, flat, 0.12, 0.6, random);
    }

    @Override
    public void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random) {
        double angle = between(random, 0, 2 * Math.PI);
        double lampX = StrictMath.cos(angle);
        double lampY = StrictMath.sin(angle);
        for (int row = 0; row < footprint.height(); row++) {
            for (int column = 0; column < footprint.width(); column++) {
                double u = 2 * (column + 0.5) / footprint.width() - 1;
                double v = 2 * (row + 0.5) / footprint.height() - 1;
                double towards = u * lampX + v * lampY;
                double shade = 1 - contrast * (0.6 - 0.45 * Math.max(0, towards) * (u * u + v * v));
                shade = 1 + footprint.cover()[row * footprint.width() + column] * (shade - 1);
                canvas.scale(footprint.x() + column, footprint.y() + row, shade, shade, shade);
            }
        }
    }
}
