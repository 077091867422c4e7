package tandem.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tandem.model.balance.BalanceSettings;
import tandem.model.balance.FreezeSettings;
import tandem.model.batch.Sampling;
import tandem.model.distillation.DistillationSettings;
import tandem.model.network.NetworkSettings;
import tandem.model.weak.WeakSettings;

/**
 * Everything that fixes a training run beside the network and the data. It is written into every checkpoint.
 *
 * @param optimizer which update rule
 * @param learningRate peak of the {@link LearningRateSchedule}
 * @param warmupSteps steps until the peak; at most a tenth of the run is used
 * @param momentum of {@link OptimizerType#SGD}
 * @param weightDecay on parameters of more than one dimension
 * @param gradientClip largest norm of the gradient of all parameters together; 0 for no clipping
 * @param averageDecay decay d of the moving average of the weights; after n steps it is d (1 - exp(-n / averageRamp))
 * @param averageRamp steps over which the average lengthens
 * @param epochs passes over the data, each as long as {@code sampling} makes it
 * @param batchSize images of a step
 * @param microBatches parts a step is run in, one after the other, with gradients added up; divides the batch size
 * @param sides input sides to draw from in the first four fifths of the steps; empty for the network's side alone
 * @param matching how anchors are given targets
 * @param confidenceLoss loss of class scores
 * @param boxLoss loss of boxes
 * @param detectionWeight factor of the detection losses
 * @param segmentationWeight factor of the segmentation loss
 * @param seed fixes first weights, order, augmentation
 * @param sampling how often images of each kind of annotation come
 * @param precision how activations and filters are stored
 * @param distillation what is learned from teachers
 * @param weak what the annotation of one task teaches the other
 * @param balance how the tasks share the encoder
 * @param freeze what of the encoder is not trained
 */
public record TrainingSettings(
        OptimizerType optimizer,
        double learningRate,
        int warmupSteps,
        float momentum,
        float weightDecay,
        float gradientClip,
        float averageDecay,
        float averageRamp,
        int epochs,
        int batchSize,
        int microBatches,
        List<Integer> sides,
        MatchingType matching,
        ConfidenceLossType confidenceLoss,
        BoxLossType boxLoss,
        float detectionWeight,
        float segmentationWeight,
        long seed,
        Sampling sampling,
        Precision precision,
        DistillationSettings distillation,
        WeakSettings weak,
        BalanceSettings balance,
        FreezeSettings freeze) {

    /** Update rules. */
    public enum OptimizerType {
        /** Stochastic gradient descent with momentum. */
        @JsonProperty("sgd")
        SGD,
        /** Adam with decoupled weight decay (Loshchilov and Hutter 2019), betas 0.9 and 0.999. */
        @JsonProperty("adamw")
        ADAMW
    }

    /** How anchors are given targets. */
    public enum MatchingType {
        /** By their overlap with the boxes. */
        @JsonProperty("iou")
        IOU,
        /** Mutual Guide: by predicted boxes for classes and by class scores for boxes. */
        @JsonProperty("mg")
        MUTUAL_GUIDE
    }

    /** Losses of class scores. */
    public enum ConfidenceLossType {
        /** Focal loss. */
        @JsonProperty("focal")
        FOCAL,
        /** Quality focal loss. */
        @JsonProperty("quality")
        QUALITY
    }

    /** Losses of boxes. */
    public enum BoxLossType {
        /** Balanced L1 on encoded offsets. */
        @JsonProperty("balancedL1")
        BALANCED_L1,
        /** Generalised intersection over union of decoded boxes. */
        @JsonProperty("giou")
        GIOU
    }

    /** Rejects what cannot be run. */
    public TrainingSettings {
        if (optimizer == null || matching == null || confidenceLoss == null || boxLoss == null) {
            throw new IllegalArgumentException(
                    "training settings must name optimizer, matching, confidenceLoss and boxLoss");
        }
        positive("learningRate", learningRate);
        atLeast("warmupSteps", warmupSteps, 0);
        fraction("momentum", momentum);
        atLeast("weightDecay", weightDecay, 0);
        atLeast("gradientClip", gradientClip, 0);
        fraction("averageDecay", averageDecay);
        positive("averageRamp", averageRamp);
        atLeast("epochs", epochs, 1);
        atLeast("batchSize", batchSize, 1);
        atLeast("microBatches", microBatches, 1);
        if (batchSize % microBatches != 0) {
            throw new IllegalArgumentException(
                    "batchSize " + batchSize + " cannot be run in " + microBatches + " equal parts");
        }
        sides = sides == null ? List.of() : List.copyOf(sides);
        sides.forEach(NetworkSettings::checkSide);
        atLeast("detectionWeight", detectionWeight, 0);
        atLeast("segmentationWeight", segmentationWeight, 0);
        sampling = sampling == null ? Sampling.PROPORTIONAL : sampling;
        precision = precision == null ? Precision.FLOAT32 : precision;
        distillation = distillation == null ? DistillationSettings.none() : distillation;
        weak = weak == null ? WeakSettings.none() : weak;
        balance = balance == null ? BalanceSettings.none() : balance;
        freeze = freeze == null ? FreezeSettings.none() : freeze;
    }

    /** Supervised training in float32, with fixed weights of the tasks and nothing frozen. */
    public TrainingSettings(
            OptimizerType optimizer,
            double learningRate,
            int warmupSteps,
            float momentum,
            float weightDecay,
            float gradientClip,
            float averageDecay,
            float averageRamp,
            int epochs,
            int batchSize,
            int microBatches,
            List<Integer> sides,
            MatchingType matching,
            ConfidenceLossType confidenceLoss,
            BoxLossType boxLoss,
            float detectionWeight,
            float segmentationWeight,
            long seed) {
        this(
                optimizer,
                learningRate,
                warmupSteps,
                momentum,
                weightDecay,
                gradientClip,
                averageDecay,
                averageRamp,
                epochs,
                batchSize,
                microBatches,
                sides,
                matching,
                confidenceLoss,
                boxLoss,
                detectionWeight,
                segmentationWeight,
                seed,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The published recipe with clipping on, for a batch of 8. */
    public static TrainingSettings standard() {
        return new TrainingSettings(
                OptimizerType.SGD,
                0.01,
                500,
                0.9f,
                5e-4f,
                10,
                0.9998f,
                2000,
                70,
                8,
                1,
                List.of(),
                MatchingType.IOU,
                ConfidenceLossType.FOCAL,
                BoxLossType.BALANCED_L1,
                1,
                1,
                0);
    }

    /** The same with another seed. */
    public TrainingSettings withSeed(long seed) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with this many epochs. */
    public TrainingSettings withEpochs(int epochs) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with images in other shares. */
    public TrainingSettings withSampling(Sampling sampling) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with another precision. */
    public TrainingSettings withPrecision(Precision precision) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with teachers. */
    public TrainingSettings withDistillation(DistillationSettings distillation) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with weak losses. */
    public TrainingSettings withWeak(WeakSettings weak) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with another balance of the tasks. */
    public TrainingSettings withBalance(BalanceSettings balance) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    /** The same with another part frozen. */
    public TrainingSettings withFreeze(FreezeSettings freeze) {
        return with(epochs, seed, sampling, precision, distillation, weak, balance, freeze);
    }

    private TrainingSettings with(
            int epochs,
            long seed,
            Sampling sampling,
            Precision precision,
            DistillationSettings distillation,
            WeakSettings weak,
            BalanceSettings balance,
            FreezeSettings freeze) {
        return new TrainingSettings(
                optimizer,
                learningRate,
                warmupSteps,
                momentum,
                weightDecay,
                gradientClip,
                averageDecay,
                averageRamp,
                epochs,
                batchSize,
                microBatches,
                sides,
                matching,
                confidenceLoss,
                boxLoss,
                detectionWeight,
                segmentationWeight,
                seed,
                sampling,
                precision,
                distillation,
                weak,
                balance,
                freeze);
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    private static void atLeast(String name, double value, double least) {
        if (!(value >= least) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }

    private static void fraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be at least 0 and below 1, not " + value);
        }
    }
}
