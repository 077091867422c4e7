package tandem.model.weak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tandem.model.data.Box;

/**
 * How well boxes that nobody drew agree with drawn ones. Boxes of one class in one image are paired one to one, the
 * pair with the largest intersection over union first.
 */
public final class GeneratedBoxAccuracy {

    /** A pair agrees from this intersection over union on. */
    public static final double AGREES = 0.5;

    /**
     * The figures of a class.
     *
     * @param drawn boxes that a person drew
     * @param made boxes that were made
     * @param agreeing pairs that agree
     * @param overlap intersection over union summed over all pairs
     */
    public record Figures(long drawn, long made, long agreeing, double overlap) {

        /** Which share of the drawn boxes was made; NaN without any. */
        public double recall() {
            return drawn == 0 ? Double.NaN : agreeing / (double) drawn;
        }

        /** Which share of the made boxes was drawn; NaN without any. */
        public double precision() {
            return made == 0 ? Double.NaN : agreeing / (double) made;
        }

        /** Intersection over union averaged over the drawn boxes, 0 for one without a pair; NaN without any. */
        public double meanIou() {
            return drawn == 0 ? Double.NaN : overlap / drawn;
        }
    }

    private final Figures[] figures;

    /** Nothing compared yet. */
    public GeneratedBoxAccuracy(int classes) {
        figures = new Figures[classes];
        java.util.Arrays.fill(figures, new Figures(0, 0, 0, 0));
    }

    /** Adds one image. */
    public void add(List<Box> made, List<Box> drawn) {
        for (int label = 0; label < figures.length; label++) {
            int wanted = label;
            List<Box> mine = made.stream().filter(box -> box.label() == wanted).toList();
            List<Box> theirs =
                    drawn.stream().filter(box -> box.label() == wanted).toList();
            record Pair(int made, int drawn, double overlap) {}
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < mine.size(); i++) {
                for (int j = 0; j < theirs.size(); j++) {
                    double overlap = BoxOverlap.intersectionOverUnion(mine.get(i), theirs.get(j));
                    if (overlap > 0) {
                        pairs.add(new Pair(i, j, overlap));
                    }
                }
            }
            pairs.sort(Comparator.comparingDouble(pair -> -pair.overlap()));
            boolean[] usedMade = new boolean[mine.size()];
            boolean[] usedDrawn = new boolean[theirs.size()];
            long agreeing = 0;
            double sum = 0;
            for (Pair pair : pairs) {
                if (!usedMade[pair.made()] && !usedDrawn[pair.drawn()]) {
                    usedMade[pair.made()] = true;
                    usedDrawn[pair.drawn()] = true;
                    agreeing += pair.overlap() >= AGREES ? 1 : 0;
                    sum += pair.overlap();
                }
            }
            Figures old = figures[label];
            figures[label] = new Figures(
                    old.drawn() + theirs.size(),
                    old.made() + mine.size(),
                    old.agreeing() + agreeing,
                    old.overlap() + sum);
        }
    }

    /** The figures of one class. */
    public Figures of(int label) {
        return figures[label];
    }
}
