package tandem.model.quantization;

import java.util.List;
import java.util.function.Function;
import tandem.model.metrics.Evaluation;
import tandem.model.network.QuantizedLayers;

/**
 * Chooses layers so that the network loses no more than a limit. Layers are given up in a constant order: first all are
 * on bytes, then all but 1, 2, 4, ... until the loss is within the limit, then by bisection, which assumes that fewer
 * layers lose less.
 */
public final class LayerSearch {

    /**
     * The figures of an evaluation that count; NaN where there is none.
     *
     * @param ap50 COCO's AP at IoU 0.5
     * @param miou mean intersection over union
     */
    public record Scores(double ap50, double miou) {
        /** Those of an evaluation. */
        public static Scores of(Evaluation evaluation) {
            return new Scores(evaluation.ap50(), evaluation.miou());
        }

        /** The larger of the losses of both figures; negative when both are better than {@code reference}. */
        public double loss(Scores reference) {
            double boxes = reference.ap50() - ap50;
            double masks = reference.miou() - miou;
            return Double.isNaN(boxes) ? masks : Double.isNaN(masks) ? boxes : Math.max(boxes, masks);
        }
    }

    /**
     * What was chosen.
     *
     * @param layers none when every layer alone loses too much
     * @param scores with these layers
     * @param evaluations that were made
     */
    public record Outcome(QuantizedLayers layers, Scores scores, int evaluations) {}

    private final List<String> order;
    private final QuantizedLayers all;
    private final Scores reference;
    private final double maxLoss;
    private final Function<QuantizedLayers, Scores> evaluation;

    /**
     * A search.
     *
     * @param order names of the layers, first those that are given up first
     * @param all these layers
     * @param reference the scores in FLOAT32
     * @param maxLoss maximum loss of each score
     * @param evaluation evaluates the network with some layers on bytes
     */
    public LayerSearch(
            List<String> order,
            QuantizedLayers all,
            Scores reference,
            double maxLoss,
            Function<QuantizedLayers, Scores> evaluation) {
        this.order = List.copyOf(order);
        this.all = all;
        this.reference = reference;
        this.maxLoss = maxLoss;
        this.evaluation = evaluation;
    }

    /** Evaluates until the fewest layers are given up. */
    public Outcome run() {
        Outcome best = new Outcome(QuantizedLayers.NONE, reference, 0);
        int evaluations = 0;
        int failed = -1;
        int passed = order.size();
        int tried = 0;
        while (failed + 1 < passed) {
            QuantizedLayers layers = all.only(order.subList(tried, order.size()));
            Scores scores = evaluation.apply(layers);
            evaluations++;
            if (scores.loss(reference) <= maxLoss) {
                passed = tried;
                best = new Outcome(layers, scores, evaluations);
            } else {
                failed = tried;
            }
            boolean found = passed < order.size();
            tried = found || 2 * tried >= order.size() ? (failed + passed) / 2 : Math.max(1, 2 * tried);
        }
        return new Outcome(best.layers(), best.scores(), evaluations);
    }
}
