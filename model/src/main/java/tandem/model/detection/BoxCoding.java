package tandem.model.detection;

import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Tensor;

/**
 * Boxes as offsets from anchors: the shift of the center divided by 0.1 times the anchor's size, and the logarithm of
 * the size ratio divided by 0.2 (Liu et al. 2016, section 2.2, with the variances of its implementation).
 */
final class BoxCoding {

    private BoxCoding() {}

    /**
     * The boxes (N, A, 4) of encoded offsets, not clipped at the image's edge, without gradient. Width and height are
     * at most 62.5 times the anchor's.
     *
     * @param loc (N, A, 4) encoded offsets
     * @param anchors (A, 4)
     */
    static Tensor decode(Graph graph, Tensor loc, Tensor anchors) {
        DetectionShapes.requirePredictions(loc, anchors, 4);
        int total = Math.toIntExact(loc.elements() / 4);
        Tensor boxes = graph.activation("boxes", loc.shape());
        KernelOperation.named("box_decode")
                .reads(loc, anchors)
                .writes(boxes)
                .launch(
                        "box_decode",
                        total,
                        loc,
                        anchors,
                        boxes,
                        anchors.shape().dim(0),
                        total)
                .appendTo(graph);
        return boxes;
    }
}
