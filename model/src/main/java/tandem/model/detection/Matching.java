package tandem.model.detection;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Tensor;

/**
 * Assigns ground-truth boxes to anchors, image by image, without gradient. Ties go to the lower anchor, and to the
 * earlier box. In an image without boxes all anchors are background.
 */
public final class Matching {

    private Matching() {}

    /**
     * Matching by intersection over union of box and anchor, as in SSD (Liu et al. 2016, section 2.2) with RetinaNet's
     * bounds: positive from 0.5, ignored for the box's class from 0.4, background below. The best anchor of each box is
     * positive whatever its overlap; when two boxes have the same best anchor, the later box gets it.
     *
     * @param anchors (A, 4), see {@link Anchors#constant}
     */
    public static Targets iou(Graph graph, Tensor anchors, GroundTruth truth) {
        int images = truth.images();
        int count = anchors.shape().dim(0);
        DetectionShapes.require(anchors, DataType.FLOAT32, count, 4);
        Targets targets = Targets.activations(graph, images, count);
        KernelOperation operation = KernelOperation.named("match_iou")
                .reads(anchors, truth.boxes(), truth.labels(), truth.counts())
                .writes(targets.labels(), targets.qualities(), targets.boxes(), targets.boxWeights());
        int rows = images * truth.limit();
        Scratch forced = operation.scratch(4L * rows);
        operation
                .launchBlocks(
                        "box_match_forced",
                        rows,
                        anchors,
                        truth.boxes(),
                        truth.labels(),
                        truth.counts(),
                        forced,
                        count,
                        truth.limit())
                .launch(
                        "box_match_targets",
                        (long) images * count,
                        new ByOverlap(
                                anchors,
                                new Boxes(truth),
                                forced,
                                new Outputs(targets),
                                count,
                                truth.limit(),
                                images * count))
                .appendTo(graph);
        return targets;
    }

    /** The ground truth as the kernels take it. */
    private record Boxes(Tensor boxes, Tensor labels, Tensor counts) implements KernelArguments {
        Boxes(GroundTruth truth) {
            this(truth.boxes(), truth.labels(), truth.counts());
        }
    }

    /** The targets as the kernels take them. */
    private record Outputs(Tensor labels, Tensor qualities, Tensor boxes, Tensor boxWeights)
            implements KernelArguments {
        Outputs(Targets targets) {
            this(targets.labels(), targets.qualities(), targets.boxes(), targets.boxWeights());
        }
    }

    private record ByOverlap(
            Tensor anchors, Boxes truth, Scratch forced, Outputs targets, int anchorCount, int boxLimit, int total)
            implements KernelArguments {}

    private record GuidedOverlaps(
            Tensor anchors,
            Boxes truth,
            Tensor loc,
            Tensor conf,
            Scratch values,
            Scratch owners,
            Scratch selected,
            int anchorCount,
            int boxLimit,
            int classes,
            int total)
            implements KernelArguments {}

    private record Guided(
            Tensor anchors,
            Tensor boxes,
            Tensor labels,
            Scratch values,
            Scratch selected,
            Outputs targets,
            int anchorCount,
            int boxLimit,
            int total)
            implements KernelArguments {}

    /**
     * Mutual Guide (Zhang et al. 2021, "Localize to Classify and Classify to Localize"): overlaps of the
     * <em>predicted</em> boxes select the anchors for classification, and overlaps of anchors, amplified by the
     * predicted score to at most 1, select those for box regression. Each anchor is a candidate for its best box. The
     * number of anchors of a box is the sum of its 15 best overlaps, rounded down, at least one. The overlaps are the
     * soft targets and the box weights. There is no ignored region.
     *
     * @param anchors (A, 4)
     * @param loc (N, A, 4) predicted offsets
     * @param conf (N, A, C) logits; boxes of a class from C up are matched with nothing
     */
    public static Targets mutualGuide(Graph graph, Tensor anchors, GroundTruth truth, Tensor loc, Tensor conf) {
        int images = truth.images();
        int count = anchors.shape().dim(0);
        int classes = conf.shape().dim(-1);
        DetectionShapes.requirePredictions(loc, anchors, 4);
        DetectionShapes.requirePredictions(conf, anchors, classes);
        DetectionShapes.require(loc, loc.type(), images, count, 4);
        DetectionShapes.require(conf, conf.type(), images, count, classes);
        int total = images * count;
        Targets targets = Targets.activations(graph, images, count);
        KernelOperation operation = KernelOperation.named("match_mutual_guide")
                .reads(anchors, truth.boxes(), truth.labels(), truth.counts(), loc, conf)
                .writes(targets.labels(), targets.qualities(), targets.boxes(), targets.boxWeights());
        Scratch values = operation.scratch(8L * total);
        Scratch owners = operation.scratch(8L * total);
        Scratch selected = operation.scratch(8L * total);
        operation
                .launch(
                        "mutual_guide_overlaps",
                        total,
                        new GuidedOverlaps(
                                anchors,
                                new Boxes(truth),
                                loc,
                                conf,
                                values,
                                owners,
                                selected,
                                count,
                                truth.limit(),
                                classes,
                                total))
                .launchBlocks(
                        "mutual_guide_select",
                        2 * images * truth.limit(),
                        values,
                        owners,
                        truth.counts(),
                        selected,
                        images,
                        count,
                        truth.limit())
                .launch(
                        "mutual_guide_targets",
                        total,
                        new Guided(
                                anchors,
                                truth.boxes(),
                                truth.labels(),
                                values,
                                selected,
                                new Outputs(targets),
                                count,
                                truth.limit(),
                                total))
                .appendTo(graph);
        return targets;
    }
}
