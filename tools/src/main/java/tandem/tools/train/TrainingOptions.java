package tandem.tools.train;

import static tandem.tools.train.NetworkOptions.or;

import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.balance.BalanceSettings;
import tandem.model.balance.FreezeSettings;
import tandem.model.batch.Sampling;
import tandem.model.train.Precision;
import tandem.model.train.TrainingSettings;
import tandem.model.train.TrainingSettings.BoxLossType;
import tandem.model.train.TrainingSettings.ConfidenceLossType;
import tandem.model.train.TrainingSettings.MatchingType;
import tandem.model.train.TrainingSettings.OptimizerType;
import tandem.tools.InputException;

/** How to train: what differs from the standard settings. */
public final class TrainingOptions {

    private static final int MEASURE_EVERY = 50;

    @Option(names = "--epochs", paramLabel = "N", order = 40, description = "Passes over the data.")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", order = 41, description = "Images of a step.")
    private Integer batch;

    @Option(
            names = "--micro-batches",
            paramLabel = "N",
            order = 42,
            description = "Run a step in that many parts and add up their gradients: less memory, same step.")
    private Integer microBatches;

    @Option(
            names = {"--rate", "--lr"},
            paramLabel = "X",
            order = 43,
            description = "Peak learning rate.")
    private Double rate;

    @Option(names = "--optimizer", paramLabel = "NAME", order = 44, description = "sgd or adamw.")
    private OptimizerType optimizer;

    @Option(names = "--warmup", paramLabel = "STEPS", order = 45, description = "Steps until the peak learning rate.")
    private Integer warmup;

    @Option(names = "--momentum", paramLabel = "X", order = 46, description = "Momentum of sgd.")
    private Float momentum;

    @Option(names = "--weight-decay", paramLabel = "X", order = 47, description = "Weight decay of filters.")
    private Float weightDecay;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            order = 48,
            description = "Largest norm of the gradient; 0 for no clipping.")
    private Float clip;

    @Option(
            names = "--average-decay",
            paramLabel = "X",
            order = 49,
            description = "Decay of the moving average of the weights.")
    private Float averageDecay;

    @Option(
            names = "--sizes",
            paramLabel = "PIXELS",
            split = ",",
            order = 50,
            description = "Train at these sizes in turn (multi-scale); the last fifth of the run at --size.")
    private List<Integer> sides;

    @Option(names = "--matching", paramLabel = "NAME", order = 51, description = "iou or mutual_guide.")
    private MatchingType matching;

    @Option(names = "--confidence-loss", paramLabel = "NAME", order = 52, description = "focal or quality.")
    private ConfidenceLossType confidenceLoss;

    @Option(names = "--box-loss", paramLabel = "NAME", order = 53, description = "balanced_l1 or giou.")
    private BoxLossType boxLoss;

    @Option(names = "--detection-weight", paramLabel = "X", order = 54, description = "Factor of the detection losses.")
    private Float detectionWeight;

    @Option(
            names = "--segmentation-weight",
            paramLabel = "X",
            order = 55,
            description = "Factor of the segmentation loss.")
    private Float segmentationWeight;

    @Option(
            names = "--freeze",
            paramLabel = "N",
            order = 59,
            description =
                    "Keep the first parts of the encoder as they are: 1 the stem, 2 the first stage too, ... 5 all of it. Default: 0.")
    private Integer freeze;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            order = 58,
            description = {
                "How activations and filters are stored: float32, bfloat16 (GPUs from 8.0 on) or float16. Weights stay float32.",
                "Default: float32."
            })
    private Precision precision;

    @Option(
            names = "--balance",
            paramLabel = "NAME",
            order = 60,
            description = {
                "How the tasks are weighed: fixed, uncertainty (learned), gradnorm (by their gradients), or pcgrad (opposing parts of their",
                "gradients left out; takes longer). Default: fixed."
            })
    private BalanceSettings.Method balance;

    @Option(
            names = "--balance-rate",
            paramLabel = "X",
            order = 61,
            description = {
                "uncertainty: factor of the learning rate for the log variances (default 1).",
                "gradnorm: step of the weights (default 0.025)."
            })
    private Float balanceRate;

    @Option(
            names = "--balance-alpha",
            paramLabel = "X",
            order = 62,
            description = "gradnorm: how much a task that learns slowly is favoured. Default: 1.5.")
    private Float balanceAlpha;

    @Option(
            names = "--measure-every",
            paramLabel = "STEPS",
            order = 63,
            description = {
                "Measure how much both tasks' gradients differ, for the log and the report; 0 for never. A measured step takes longer and more",
                "memory. Default: 50, with gradnorm 5."
            })
    private Integer measureEvery;

    @Option(
            names = "--seed",
            paramLabel = "N",
            order = 56,
            description = "Fixes first weights, order and augmentation. Default: 0.")
    private Long seed;

    @Option(
            names = "--sampling",
            paramLabel = "NAME",
            order = 57,
            description = {
                "proportional: a pass visits every image once. even: images of each kind of annotation come equally often.",
                "Default: proportional."
            })
    private Sampling sampling;

    /**
     * The settings of a run, {@code base} where nothing else is said.
     *
     * @throws InputException for settings that no run can have
     */
    public TrainingSettings settings(TrainingSettings base) {
        try {
            return merged(base);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    private TrainingSettings merged(TrainingSettings base) {
        return new TrainingSettings(
                or(optimizer, base.optimizer()),
                or(rate, base.learningRate()),
                or(warmup, base.warmupSteps()),
                or(momentum, base.momentum()),
                or(weightDecay, base.weightDecay()),
                or(clip, base.gradientClip()),
                or(averageDecay, base.averageDecay()),
                base.averageRamp(),
                or(epochs, base.epochs()),
                or(batch, base.batchSize()),
                or(microBatches, base.microBatches()),
                or(sides, base.sides()),
                or(matching, base.matching()),
                or(confidenceLoss, base.confidenceLoss()),
                or(boxLoss, base.boxLoss()),
                or(detectionWeight, base.detectionWeight()),
                or(segmentationWeight, base.segmentationWeight()),
                or(seed, base.seed()),
                or(sampling, base.sampling()),
                or(precision, base.precision()),
                base.distillation(),
                base.weak(),
                balance(base.balance()),
                freeze == null ? base.freeze() : new FreezeSettings(freeze));
    }

    private BalanceSettings balance(BalanceSettings base) {
        BalanceSettings chosen = balance == null
                ? base
                : switch (balance) {
                    case FIXED -> BalanceSettings.none();
                    case UNCERTAINTY -> BalanceSettings.uncertainty();
                    case GRADNORM -> BalanceSettings.gradNorm();
                    case PCGRAD -> BalanceSettings.pcGrad();
                };
        int every = chosen.method() == BalanceSettings.Method.GRADNORM ? chosen.measureEvery() : MEASURE_EVERY;
        return new BalanceSettings(
                chosen.method(),
                or(measureEvery, every),
                or(balanceRate, chosen.rate()),
                or(balanceAlpha, chosen.alpha()));
    }
}
