package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.SplittableRandom;

/** A bent groove with tapered ends: one bright flank and one dark flank, as under light from one side. */
record Scratch() implements Defect {

    private static final int SEGMENTS = 24;

    @Override
    public int label() {
        return 0;
    }

    @Override
    public Footprint place(Canvas canvas, SplittableRandom random) {
        double unit = canvas.unit();
        double angle = between(random, 0, 2 * Math.PI);
        double length = between(random, 0.2, 0.6) * unit;
        double bend = between(random, -0.2, 0.2) * length;
        double half = between(random, 0.01, 0.022) * unit;
        double dx = StrictMath.cos(angle);
        double dy = StrictMath.sin(angle);
        double middleX = between(random, 0.15, 0.85) * canvas.width();
        double middleY = between(random, 0.15, 0.85) * canvas.height();
        double[] px = new double[SEGMENTS + 1];
        double[] py = new double[SEGMENTS + 1];
        double left = canvas.width();
        double upper = canvas.height();
        double right = 0;
        double lower = 0;
        for (int i = 0; i <= SEGMENTS; i++) {
            double t = 2.0 * i / SEGMENTS - 1;
            double side = bend * (1 - t * t);
            px[i] = middleX + t * length / 2 * dx - side * dy;
            py[i] = middleY + t * length / 2 * dy + side * dx;
            left = Math.min(left, px[i]);
            right = Math.max(right, px[i]);
            upper = Math.min(upper, py[i]);
            lower = Math.max(lower, py[i]);
        }
        double margin = half + 2;
        return Footprint.of(canvas, left - margin, upper - margin, right + margin, lower + margin, (x, y) -> {
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < SEGMENTS; i++) {
                double ex = px[i + 1] - px[i];
                double ey = py[i + 1] - py[i];
                double t = Math.max(0, Math.min(1, ((x - px[i]) * ex + (y - py[i]) * ey) / (ex * ex + ey * ey)));
                double fx = x - px[i] - t * ex;
                double fy = y - py[i] - t * ey;
                double along = (i + t) / SEGMENTS;
                double taper = half * Math.min(1, 0.35 + 4 * Math.min(along, 1 - along));
                best = Math.min(best, Math.sqrt(fx * fx + fy * fy) - taper);
            }
            return Math.max(0, Math.min(1, 0.5 - best));
        });
    }

    @Override
    public void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random) {
        double core = random.nextInt(3) == 0 ? 1 - 0.55 * contrast : 1 + 0.6 * contrast;
        double flank = core > 1 ? 1 - 0.35 * contrast : 1 + 0.25 * contrast;
        Noise worn = new Noise(random);
        for (int row = 0; row < footprint.height(); row++) {
            for (int column = 0; column < footprint.width(); column++) {
                int x = footprint.x() + column;
                int y = footprint.y() + row;
                double cover = footprint.cover()[row * footprint.width() + column];
                double before =
                        row > 0 && column > 0 ? footprint.cover()[(row - 1) * footprint.width() + column - 1] : 0;
                double shade = 1 + cover * (core - 1) * (0.85 + 0.3 * worn.at(x / 6.0, y / 6.0));
                double shadow = 1 + Math.max(0, before - cover) * (flank - 1);
                canvas.scale(x, y, shade * shadow, shade * shadow, shade * shadow);
            }
        }
    }
}
