package tandem.model.detection;

import tandem.engine.Graph;
import tandem.engine.Tensor;

/**
 * What was found in each image of a batch, best first, padded to D an image with zeros and label -1.
 *
 * @param boxes (N, D, 4) corners as fractions of the image's sides, within [0, 1]
 * @param scores (N, D) in [0, 1], falling
 * @param labels (N, D) INT32, box classes from 0
 * @param counts (N) INT32, how many of an image's D rows are filled
 */
public record Detections(Tensor boxes, Tensor scores, Tensor labels, Tensor counts) {

    /** Keeps all four to the end of the run, so that the host can read them; returns this. */
    public Detections keep(Graph graph) {
        graph.keep(boxes);
        graph.keep(scores);
        graph.keep(labels);
        graph.keep(counts);
        return this;
    }
}
