package tandem.model.network;

import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Crop;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Upsample;

/**
 * Nearest up-sampling of a pyramid level to the next finer one. When the finer level has an odd size, the last row or
 * column of the up-sampled map is dropped.
 */
final class Finer {

    private Finer() {}

    /**
     * {@code x} (N, ceil(h / 2), ceil(w / 2), C) at the resolution of {@code finer} (N, h, w, any); UINT8 too, if C is
     * a multiple of 4.
     */
    static Tensor upsample(Graph graph, Tensor x, Shape finer) {
        return Crop.upperLeft(graph, Upsample.nearest(graph, x, 2), finer.dim(1), finer.dim(2));
    }

    /** {@code finer} (N, h, w, C) plus {@code x} (N, ceil(h / 2), ceil(w / 2), C) up-sampled. */
    static Tensor add(Graph graph, Tensor x, Tensor finer) {
        if (finer.shape().dim(1) % 2 == 0 && finer.shape().dim(2) % 2 == 0) {
            return Upsample.nearestAdd(graph, x, finer, 2);
        }
        return Elementwise.add(graph, finer, upsample(graph, x, finer.shape()));
    }
}
