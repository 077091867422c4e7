package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Sums of scalars. */
public final class Sum {

    private static final int PER_LAUNCH = 4;

    private Sum() {}

    /**
     * The sum of {@code weights[i] * scalars[i]}, in that order.
     *
     * @param scalars at least one, FLOAT32
     * @return a scalar
     */
    public static Tensor weighted(Graph graph, List<Tensor> scalars, float... weights) {
        if (scalars.isEmpty() || scalars.size() != weights.length) {
            throw new IllegalArgumentException("weighted sum needs one weight for each of at least one scalar, got "
                    + scalars.size() + " scalars and " + weights.length + " weights");
        }
        List<Tensor> terms = new ArrayList<>(scalars);
        List<Float> factors = new ArrayList<>();
        for (float weight : weights) {
            factors.add(weight);
        }
        while (terms.size() > PER_LAUNCH) {
            Tensor head = few(graph, terms.subList(0, PER_LAUNCH), factors.subList(0, PER_LAUNCH));
            terms.subList(0, PER_LAUNCH).clear();
            factors.subList(0, PER_LAUNCH).clear();
            terms.add(0, head);
            factors.add(0, 1f);
        }
        return few(graph, terms, factors);
    }

    /** @param count how many of the terms are added; the others only fill the places of the kernel */
    private record Weighted(Tensor[] x, Float[] weights, int count, Tensor y) implements KernelArguments {}

    private static Tensor few(Graph graph, List<Tensor> terms, List<Float> factors) {
        List<Tensor> x = List.copyOf(terms);
        List<Float> weights = List.copyOf(factors);
        Tensor[] x4 = new Tensor[PER_LAUNCH];
        Float[] weights4 = new Float[PER_LAUNCH];
        for (int i = 0; i < PER_LAUNCH; i++) {
            int term = Math.min(i, x.size() - 1);
            Require.float32("weighted_sum", x.get(term));
            Require.scalar("weighted_sum", x.get(term));
            x4[i] = x.get(term);
            weights4[i] = weights.get(term);
        }
        Tensor y = graph.activation("weighted_sum", Shape.of());
        KernelOperation.named("weighted_sum")
                .reads(x.toArray(Tensor[]::new))
                .writes(y)
                .launch("scalar_weighted_sum", 1, new Weighted(x4, weights4, x.size(), y))
                .gradient((g, dy, needed) -> {
                    List<Tensor> gradients = new ArrayList<>();
                    for (int i = 0; i < x.size(); i++) {
                        gradients.add(
                                needed[i]
                                        ? gradient(
                                                g,
                                                dy.get(0),
                                                weights.get(i),
                                                x.get(i).shape())
                                        : null);
                    }
                    return gradients;
                })
                .appendTo(graph);
        return y;
    }

    /** weight * dy; a constant when dy is one, so that an operation can find out that its gradient is a constant. */
    private static Tensor gradient(Graph graph, Tensor dy, float weight, Shape shape) {
        return graph.constantScalar(dy)
                .map(value -> graph.constant("weight", shape, weight * value))
                .orElseGet(() -> Move.view(graph, Elementwise.scale(graph, dy, weight), shape));
    }
}
