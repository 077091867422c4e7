package tandem.model.synthetic;

import static tandem.model.synthetic.Surface.between;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One generated image and its ground truth.
 *
 * @param rgb (height, width, 3) bytes, red first
 * @param mask (height, width) class of each pixel, 0 for background
 * @param defects its defects
 */
record SyntheticImage(int width, int height, byte[] rgb, byte[] mask, List<Footprint.Marked> defects) {

    private static final int TRIES = 30;
    /** Maximum number of defects of an image, without those of its print. */
    private static final int MAX_DEFECTS = 4;
    /** Maximum share of a defect's box that another box may cover. */
    private static final double MAX_OVERLAP = 0.2;

    static SyntheticImage draw(int width, int height, double closeness, double contrast, SplittableRandom random) {
        Canvas canvas = Canvas.blank(width, height, closeness);
        Surface.paint(canvas, random);
        List<Footprint.Marked> marked = new ArrayList<>();
        if (random.nextDouble() < 0.5) {
            Print print = Print.draw(canvas, random);
            Print.Gap gap = random.nextDouble() < 0.75 ? print.gap(random) : null;
            print.paint(canvas, gap, random);
            if (gap != null) {
                add(canvas, new MissingPrint(print, gap), contrast, marked, random);
            }
        }
        List<Defect> kinds = List.of(new Scratch(), new Pit(), new Stain());
        for (int i = random.nextInt(MAX_DEFECTS + 1); i > 0; i--) {
            add(canvas, kinds.get(random.nextInt(kinds.size())), contrast, marked, random);
        }
        Surface.light(canvas, random);
        byte[] rgb = new byte[canvas.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, canvas.rgb()[i])));
        }
        return new SyntheticImage(width, height, rgb, canvas.mask(), List.copyOf(marked));
    }

    /** Adds a defect where it touches no other, if such a place is found. */
    private static void add(
            Canvas canvas, Defect defect, double contrast, List<Footprint.Marked> marked, SplittableRandom random) {
        for (int i = 0; i < TRIES; i++) {
            Footprint footprint = defect.place(canvas, random);
            if (footprint.pixels() < 4 || footprint.touches(canvas, 2)) {
                continue;
            }
            Canvas trial = new Canvas(
                    canvas.width(),
                    canvas.height(),
                    canvas.unit(),
                    canvas.rgb(),
                    canvas.mask().clone());
            Footprint.Marked box = footprint.mark(trial, defect.label());
            if (marked.stream().anyMatch(other -> other.overlap(box) > MAX_OVERLAP)) {
                continue;
            }
            defect.paint(canvas, footprint, contrast * between(random, 0.5, 1), random);
            marked.add(footprint.mark(canvas, defect.label()));
            return;
        }
    }
}
