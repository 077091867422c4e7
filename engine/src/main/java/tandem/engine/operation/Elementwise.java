package tandem.engine.operation;

import tandem.engine.Graph;
import tandem.engine.Tensor;

/** Operations on each element by itself. */
public final class Elementwise {

    private Elementwise() {}

    /** a + b, both of one shape. */
    public static Tensor add(Graph graph, Tensor a, Tensor b) {
        throw new UnsupportedOperationException("add " + a + b);
    }
}
