package tandem.model.network;

import tandem.engine.Variables.Initializer;

/** Uniform on (-1/sqrt(C R S), 1/sqrt(C R S)) for a (K, R, S, C) filter: PyTorch's default for convolutions. */
final class FanIn {

    static final Initializer INITIALIZER = (shape, random) -> {
        double bound = 1 / Math.sqrt((double) shape.dim(1) * shape.dim(2) * shape.dim(3));
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    };

    private FanIn() {}
}
