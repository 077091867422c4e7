package tandem.model.train;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Sum;
import tandem.model.augment.Augmented;
import tandem.model.detection.Anchors;
import tandem.model.detection.BalancedL1Loss;
import tandem.model.detection.FocalLoss;
import tandem.model.detection.GeneralizedIouLoss;
import tandem.model.detection.GroundTruth;
import tandem.model.detection.Matching;
import tandem.model.detection.QualityFocalLoss;
import tandem.model.detection.Targets;
import tandem.model.distillation.Distillation;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.segmentation.SegmentationLoss;
import tandem.model.settings.LossSettings;
import tandem.model.settings.TrainingSettings;

/**
 * The objective: detectionWeight (location + confidence) + segmentationWeight segmentation + distillation. Each
 * supervised loss leaves out the images that are not annotated for it, by their weights; without supervision there are
 * no supervised losses.
 *
 * @param total the weighted sum, a scalar
 * @param location loss of boxes, or null without detection
 * @param confidence loss of class scores, or null without detection
 * @param segmentation loss of masks, or null without segmentation
 * @param distillation distillation losses with their factors, or null without teachers
 * @param factors inputs for the weights of the losses when these change in each step, else null
 * @param terms for each task its terms of the total, distillation included
 */
record Objective(
        Tensor total,
        Tensor location,
        Tensor confidence,
        Tensor segmentation,
        Tensor distillation,
        LossFactors factors,
        Map<Task, List<Term>> terms) {

    /** A loss and its factor. */
    record Term(Tensor loss, float factor) {}

    /** Appends matching and losses; every scalar is kept to the end of the run. */
    static Objective append(
            Graph graph,
            NetworkSettings network,
            TrainingSettings training,
            Outputs outputs,
            Augmented batch,
            Distillation lessons) {
        LossFactors inputs = training.balance().varies() ? LossFactors.declare(graph) : null;
        Map<Task, List<Term>> terms = new EnumMap<>(Task.class);
        List<Term> supervision = new ArrayList<>();
        Tensor location = null;
        Tensor confidence = null;
        Tensor segmentation = null;
        boolean supervised = training.distillation().supervised();
        if (supervised && network.detects()) {
            Shape images = batch.images().shape();
            Tensor anchors = Anchors.of(images.dim(2), images.dim(1), network.anchorBase(), network.strides())
                    .constant(graph);
            GroundTruth truth = new GroundTruth(batch.boxes(), batch.labels(), batch.counts());
            Targets targets = training.losses().matching() == LossSettings.Matching.IOU
                    ? Matching.iou(graph, anchors, truth)
                    : Matching.mutualGuide(graph, anchors, truth, outputs.location(), outputs.confidence());
            location = graph.keep(
                    training.losses().box() == LossSettings.BoxLoss.BALANCED_L1
                            ? BalancedL1Loss.apply(graph, outputs.location(), targets, batch.weights())
                            : GeneralizedIouLoss.apply(graph, outputs.location(), anchors, targets, batch.weights()));
            confidence = graph.keep(
                    training.losses().confidence() == LossSettings.ConfidenceLoss.FOCAL
                            ? FocalLoss.apply(graph, outputs.confidence(), targets, batch.weights())
                            : QualityFocalLoss.apply(graph, outputs.confidence(), targets, batch.weights()));
            supervision.add(weighed(
                    graph,
                    location,
                    inputs == null ? null : inputs.location(),
                    training.losses().detectionWeight()));
            supervision.add(weighed(
                    graph,
                    confidence,
                    inputs == null ? null : inputs.confidence(),
                    training.losses().detectionWeight()));
            terms.put(Task.DETECTION, new ArrayList<>(supervision));
        }
        if (supervised && network.segments()) {
            segmentation = graph.keep(SegmentationLoss.withDice(
                    graph,
                    outputs.segmentation(),
                    batch.masks(),
                    batch.weights(),
                    training.losses().diceWeight()));
            Term term = weighed(
                    graph,
                    segmentation,
                    inputs == null ? null : inputs.segmentation(),
                    training.losses().segmentationWeight());
            supervision.add(term);
            terms.put(Task.SEGMENTATION, new ArrayList<>(List.of(term)));
        }
        List<Term> imitation = new ArrayList<>();
        lessons.append(graph, outputs, batch)
                .forEach((task, losses) -> losses.forEach(loss -> {
                    imitation.add(new Term(loss, 1));
                    terms.computeIfAbsent(task, none -> new ArrayList<>()).add(new Term(loss, 1));
                }));
        Tensor distillation = imitation.isEmpty() ? null : graph.keep(sum(graph, imitation));
        if (distillation != null) {
            supervision.add(new Term(distillation, 1));
        }
        if (supervision.isEmpty()) {
            throw new IllegalArgumentException("the loss is empty: no labels and no teacher with a weight above 0");
        }
        return new Objective(
                graph.keep(sum(graph, supervision)), location, confidence, segmentation, distillation, inputs, terms);
    }

    private static Term weighed(Graph graph, Tensor loss, Tensor input, float factor) {
        return input == null ? new Term(loss, factor) : new Term(Elementwise.scaleBy(graph, loss, input), 1);
    }

    private static Tensor sum(Graph graph, List<Term> terms) {
        float[] factors = new float[terms.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = terms.get(i).factor();
        }
        return Sum.weighted(graph, terms.stream().map(Term::loss).toList(), factors);
    }

    /** Appends the sum of one task's terms: its part of the total. */
    Tensor of(Graph graph, Task task) {
        return sum(graph, terms.get(task));
    }

    /** Whether both tasks have terms. */
    boolean shared() {
        return terms.size() == Task.values().length;
    }
}
