package tandem.model.detection;

import tandem.engine.Graph;
import tandem.engine.Tensor;

/**
 * The detections of each image of a batch, by decreasing score, padded to D per image with zeros and label -1.
 *
 * @param boxes (N, D, 4) corners as fractions of the image's width and height, within [0, 1]
 * @param scores (N, D) in [0, 1], decreasing
 * @param labels (N, D) INT32, box classes from 0
 * @param counts (N) INT32, number of used rows of each image
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
