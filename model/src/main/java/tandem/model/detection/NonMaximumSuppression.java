package tandem.model.detection;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * From the outputs of the detection head to boxes, on the device. Candidates are (anchor, class) pairs; the best of an
 * image are selected exactly, ordered by logit (the order of the scores, without their rounding), then by anchor and
 * class. NaN scores are never selected; a box that is not finite, or has no area inside the image, is dropped.
 */
public final class NonMaximumSuppression {

    /** The maximum of {@link Settings#candidates}. */
    public static final int CANDIDATE_LIMIT = 1024;

    private NonMaximumSuppression() {}

    /**
     * Settings of the suppression.
     *
     * @param scoreThreshold a candidate's score is above this; in [0, 1)
     * @param iouThreshold a box is dropped when it overlaps a better one by more than this; in [0, 1]
     * @param candidates maximum number of candidates of an image, 1 to {@link #CANDIDATE_LIMIT}
     * @param detections maximum number of detections of an image, at least 1
     * @param classAgnostic whether a box also suppresses boxes of other classes
     */
    public record Settings(
            float scoreThreshold, float iouThreshold, int candidates, int detections, boolean classAgnostic) {

        /** Score above 0.05, overlap 0.5, 1000 candidates, 100 detections, each class separately. */
        public static final Settings DEFAULT = new Settings(0.05f, 0.5f, 1000, 100, false);

        /** Rejects values outside their range. */
        public Settings {
            if (!(scoreThreshold >= 0 && scoreThreshold < 1) || !(iouThreshold >= 0 && iouThreshold <= 1)) {
                throw new IllegalArgumentException("score threshold " + scoreThreshold
                        + " must be in [0, 1), IoU threshold " + iouThreshold + " in [0, 1]");
            }
            if (candidates < 1 || candidates > CANDIDATE_LIMIT || detections < 1) {
                throw new IllegalArgumentException(candidates + " candidates must be 1 to " + CANDIDATE_LIMIT + ", "
                        + detections + " detections at least 1");
            }
        }

        /** The logit whose sigmoid is the score threshold. */
        float logitThreshold() {
            return (float) Math.log(scoreThreshold / (1.0 - scoreThreshold));
        }
    }

    /**
     * Appends decoding, selection and suppression, without gradient.
     *
     * @param loc (N, A, 4) encoded offsets
     * @param conf (N, A, C) logits
     * @param anchors (A, 4)
     */
    public static Detections apply(Graph graph, Tensor loc, Tensor conf, Tensor anchors, Settings settings) {
        int images = loc.shape().dim(0);
        int count = anchors.shape().dim(0);
        int classes = conf.shape().dim(-1);
        int limit = settings.detections();
        DetectionShapes.requirePredictions(loc, anchors, 4);
        DetectionShapes.requirePredictions(conf, anchors, classes);
        DetectionShapes.require(conf, DataType.FLOAT32, images, count, classes);
        Detections found = new Detections(
                graph.activation("detection_boxes", Shape.of(images, limit, 4)),
                graph.activation("detection_scores", Shape.of(images, limit)),
                graph.activation("detection_labels", DataType.INT32, Shape.of(images, limit)),
                graph.activation("detection_counts", DataType.INT32, Shape.of(images)));
        KernelOperation operation = KernelOperation.named("non_maximum_suppression")
                .reads(loc, conf, anchors)
                .writes(found.boxes(), found.scores(), found.labels(), found.counts());
        long rows = (long) images * CANDIDATE_LIMIT;
        Scratch keys = operation.scratch(8 * rows);
        Scratch counts = operation.scratch(4L * images);
        Scratch boxes = operation.scratch(16 * rows);
        Scratch scores = operation.scratch(4 * rows);
        Scratch labels = operation.scratch(4 * rows);
        operation
                .launchBlocks(
                        "detection_select",
                        images,
                        conf,
                        keys,
                        counts,
                        settings.logitThreshold(),
                        count * classes,
                        settings.candidates())
                .launchBlocks(
                        "detection_sort", images, keys, counts, loc, anchors, boxes, scores, labels, count, classes)
                .launchBlocks(
                        "detection_suppress",
                        images,
                        new Suppression(
                                new Candidates(boxes, scores, labels),
                                counts,
                                new Found(found),
                                settings.iouThreshold(),
                                settings.classAgnostic() ? 1 : 0,
                                limit))
                .appendTo(graph);
        return found;
    }

    /** The sorted candidates of all images. */
    private record Candidates(Scratch boxes, Scratch scores, Scratch labels) implements KernelArguments {}

    /** The detections as the kernel takes them. */
    private record Found(Tensor boxes, Tensor scores, Tensor labels, Tensor counts) implements KernelArguments {
        Found(Detections found) {
            this(found.boxes(), found.scores(), found.labels(), found.counts());
        }
    }

    private record Suppression(
            Candidates candidates, Scratch counts, Found found, float iouThreshold, int classAgnostic, int limit)
            implements KernelArguments {}
}
