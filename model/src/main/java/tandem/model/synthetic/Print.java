package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.SplittableRandom;

/**
 * Rows of equal printed marks.
 *
 * @param left first mark's left edge, in pixels
 * @param upper first row's upper edge
 * @param pitchX from one mark to the next (pitchY: from one row to the next)
 * @param markWidth size of a mark (markHeight likewise)
 * @param columns marks of a row
 * @param rows rows
 * @param round whether marks are dots, else bars
 * @param ink its reflectance
 */
record Print(
        double left,
        double upper,
        double pitchX,
        double pitchY,
        double markWidth,
        double markHeight,
        int columns,
        int rows,
        boolean round,
        double ink) {

    static Print draw(Canvas canvas, SplittableRandom random) {
        double unit = canvas.unit();
        boolean round = random.nextBoolean();
        double markWidth = between(random, 0.06, 0.1) * unit;
        double markHeight = round ? markWidth : between(random, 0.04, 0.08) * unit;
        double pitchX = markWidth * between(random, 1.4, 1.7);
        double pitchY = markHeight * between(random, 1.6, 2.2);
        int rows = 1 + random.nextInt(3);
        double margin = 0.03 * unit;
        int columns = (int) Math.floor((canvas.width() - 2 * margin - markWidth) / pitchX) + 1;
        double free = canvas.width() - 2 * margin - markWidth - (columns - 1) * pitchX;
        double tall = (rows - 1) * pitchY + markHeight;
        return new Print(
                margin + between(random, 0, 1) * free,
                between(random, margin, canvas.height() - margin - tall),
                pitchX,
                pitchY,
                markWidth,
                markHeight,
                columns,
                rows,
                round,
                random.nextInt(4) == 0 ? between(random, 0.85, 0.95) : between(random, 0.08, 0.2));
    }

    /** Prints every mark except those of the gap. */
    void paint(Canvas canvas, Gap gap, SplittableRandom random) {
        Noise worn = new Noise(random);
        double strength = between(random, 0.65, 0.9);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                if (gap != null && row == gap.row && column >= gap.first && column < gap.first + gap.count) {
                    continue;
                }
                double x0 = left + column * pitchX;
                double y0 = upper + row * pitchY;
                Footprint mark = Footprint.of(
                        canvas,
                        x0 - 1,
                        y0 - 1,
                        x0 + markWidth + 1,
                        y0 + markHeight + 1,
                        (x, y) -> cover(x - x0, y - y0));
                for (int v = 0; v < mark.height(); v++) {
                    for (int u = 0; u < mark.width(); u++) {
                        double share = mark.cover()[v * mark.width() + u]
                                * strength
                                * (0.9 + 0.2 * worn.at((mark.x() + u) / 3.0, (mark.y() + v) / 3.0));
                        canvas.blend(mark.x() + u, mark.y() + v, Math.min(1, share), ink, ink, ink);
                    }
                }
            }
        }
    }

    private double cover(double x, double y) {
        double u = x - markWidth / 2;
        double v = y - markHeight / 2;
        double out = round
                ? Math.sqrt(u * u + v * v) - markWidth / 2
                : Math.max(Math.abs(u) - markWidth / 2, Math.abs(v) - markHeight / 2);
        return Math.max(0, Math.min(1, 0.5 - out));
    }

    /** Marks that were not printed: {@code count} of a row, from {@code first}. */
    record Gap(int row, int first, int count) {}

    Gap gap(SplittableRandom random) {
        int count = Math.min(columns - 2, 1 + random.nextInt(3));
        return new Gap(random.nextInt(rows), 1 + random.nextInt(columns - 1 - count), count);
    }
}
