package tandem.model.weak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tandem.model.data.Box;

/**
 * Accuracy of generated boxes against annotated boxes. Boxes of one class in one image are matched one to one, the pair
 * with the highest intersection over union first.
 */
public final class GeneratedBoxAccuracy {

    /** A pair agrees when its intersection over union is at least this. */
    public static final double AGREES = 0.5;

    /**
     * The figures of a class.
     *
     * @param annotated number of annotated boxes
     * @param generated number of generated boxes
     * @param agreeing number of pairs that agree
     * @param overlap sum of the intersection over union of all pairs
     */
    public record Figures(long annotated, long generated, long agreeing, double overlap) {

        /** The share of annotated boxes that a generated box agrees with; NaN without annotated boxes. */
        public double recall() {
            return annotated == 0 ? Double.NaN : agreeing / (double) annotated;
        }

        /** The share of generated boxes that agree with an annotated box; NaN without generated boxes. */
        public double precision() {
            return generated == 0 ? Double.NaN : agreeing / (double) generated;
        }

        /**
         * Mean intersection over union over the annotated boxes, 0 for one without a pair; NaN without annotated boxes.
         */
        public double meanIou() {
            return annotated == 0 ? Double.NaN : overlap / annotated;
        }
    }

    private final Figures[] figures;

    /** Starts without images. */
    public GeneratedBoxAccuracy(int classes) {
        figures = new Figures[classes];
        java.util.Arrays.fill(figures, new Figures(0, 0, 0, 0));
    }

    /** Adds one image. */
    public void add(List<Box> generated, List<Box> annotated) {
        for (int label = 0; label < figures.length; label++) {
            int wanted = label;
            List<Box> generatedOfClass =
                    generated.stream().filter(box -> box.label() == wanted).toList();
            List<Box> annotatedOfClass =
                    annotated.stream().filter(box -> box.label() == wanted).toList();
            record Pair(int generated, int annotated, double overlap) {}
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < generatedOfClass.size(); i++) {
                for (int j = 0; j < annotatedOfClass.size(); j++) {
                    double overlap = BoxOverlap.intersectionOverUnion(generatedOfClass.get(i), annotatedOfClass.get(j));
                    if (overlap > 0) {
                        pairs.add(new Pair(i, j, overlap));
                    }
                }
            }
            pairs.sort(Comparator.comparingDouble(pair -> -pair.overlap()));
            boolean[] usedGenerated = new boolean[generatedOfClass.size()];
            boolean[] usedAnnotated = new boolean[annotatedOfClass.size()];
            long agreeing = 0;
            double sum = 0;
            for (Pair pair : pairs) {
                if (!usedGenerated[pair.generated()] && !usedAnnotated[pair.annotated()]) {
                    usedGenerated[pair.generated()] = true;
                    usedAnnotated[pair.annotated()] = true;
                    agreeing += pair.overlap() >= AGREES ? 1 : 0;
                    sum += pair.overlap();
                }
            }
            Figures old = figures[label];
            figures[label] = new Figures(
                    old.annotated() + annotatedOfClass.size(),
                    old.generated() + generatedOfClass.size(),
                    old.agreeing() + agreeing,
                    old.overlap() + sum);
        }
    }

    /** The figures of one class. */
    public Figures of(int label) {
        return figures[label];
    }
}
