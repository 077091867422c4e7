package tandem.model.train;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Tensor;
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
import tandem.model.distillation.Lessons;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.segmentation.SegmentationLoss;

/**
 * What is minimised: detectionWeight (location + confidence) + segmentationWeight segmentation + distillation. Each loss of labels
 * leaves out the images that are not annotated for it, by their weights; without supervision there are none.
 *
 * @param total the weighted sum, a scalar
 * @param location loss of boxes, or null without detection
 * @param confidence loss of class scores, or null without detection
 * @param segmentation loss of masks, or null without segmentation
 * @param distillation losses of imitation with their factors, or null without teachers
 */
record Objective(Tensor total, Tensor location, Tensor confidence, Tensor segmentation, Tensor distillation) {

    /** Appends matching and losses; every scalar is kept to the end of the run. */
    static Objective append(Graph graph, NetworkSettings network, TrainingSettings training, Outputs outputs, Augmented batch, Lessons lessons) {
        List<Tensor> terms = new ArrayList<>();
        List<Float> factors = new ArrayList<>();
        Tensor location = null;
        Tensor confidence = null;
        Tensor segmentation = null;
        boolean supervised = training.distillation().supervised();
        if (supervised && network.detects()) {
            int side = batch.images().shape().side(1);
            Tensor anchors = Anchors.of(side, side, network.anchorBase(), network.strides()).constant(graph);
            GroundTruth truth = new GroundTruth(batch.boxes(), batch.labels(), batch.counts());
            Targets targets = training.matching() == TrainingSettings.MatchingType.IOU
                    ? Matching.iou(graph, anchors, truth)
                    : Matching.mutualGuide(graph, anchors, truth, outputs.location(), outputs.confidence());
            location = training.boxLoss() == TrainingSettings.BoxLossType.BALANCED_L1
                    ? BalancedL1Loss.apply(graph, outputs.location(), targets, batch.weights())
                    : GeneralizedIouLoss.apply(graph, outputs.location(), anchors, targets, batch.weights());
            confidence = training.confidenceLoss() == TrainingSettings.ConfidenceLossType.FOCAL
                    ? FocalLoss.apply(graph, outputs.confidence(), targets, batch.weights())
                    : QualityFocalLoss.apply(graph, outputs.confidence(), targets, batch.weights());
            terms.addAll(List.of(graph.keep(location), graph.keep(confidence)));
            factors.addAll(List.of(training.detectionWeight(), training.detectionWeight()));
        }
        if (supervised && network.segments()) {
            Tensor logits = outputs.segmentation();
            boolean coarse = logits.shape().side(1) != batch.masks().shape().side(1);
            segmentation = graph.keep(coarse
                    ? SegmentationLoss.upsampledCrossEntropy(graph, logits, batch.masks(), batch.weights())
                    : SegmentationLoss.crossEntropy(graph, logits, batch.masks(), batch.weights()));
            terms.add(segmentation);
            factors.add(training.segmentationWeight());
        }
        Tensor distillation = null;
        List<Tensor> imitated = lessons.append(graph, outputs, batch);
        if (!imitated.isEmpty()) {
            float[] ones = new float[imitated.size()];
            java.util.Arrays.fill(ones, 1);
            distillation = graph.keep(Sum.weighted(graph, imitated, ones));
            terms.add(distillation);
            factors.add(1f);
        }
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to learn: no labels and no loss of a teacher with a weight above 0");
        }
        float[] weights = new float[factors.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = factors.get(i);
        }
        Tensor total = graph.keep(Sum.weighted(graph, terms, weights));
        return new Objective(total, location, confidence, segmentation, distillation);
    }
}
