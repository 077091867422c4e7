package tandem.model.synthetic;

import java.util.SplittableRandom;

/**
 * Missing marks of a print. The defect is the rectangle of these marks and the spaces between them.
 *
 * @param print the print
 * @param gap the marks
 */
record MissingPrint(Print print, Print.Gap gap) implements Defect {

    @Override
    public int label() {
        return 3;
    }

    @Override
    public Footprint place(Canvas canvas, SplittableRandom random) {
        double x0 = Math.rint(print.left() + gap.first() * print.pitchX());
        double y0 = Math.rint(print.upper() + gap.row() * print.pitchY());
        double x1 = Math.rint(print.left() + (gap.first() + gap.count() - 1) * print.pitchX() + print.markWidth());
        double y1 = Math.rint(print.upper() + gap.row() * print.pitchY() + print.markHeight());
        return Footprint.of(canvas, x0, y0, x1, y1, (x, y) -> 1);
    }

    /** Leaves a faint trace of ink, like a print head that runs out of ink. */
    @Override
    public void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random) {
        Noise trace = new Noise(random);
        for (int row = 0; row < footprint.height(); row++) {
            for (int column = 0; column < footprint.width(); column++) {
                double share = 0.12 * (1 - contrast) * Math.max(0, trace.at(column / 2.0, row / 2.0));
                canvas.blend(footprint.x() + column, footprint.y() + row, share, print.ink(), print.ink(), print.ink());
            }
        }
    }
}
