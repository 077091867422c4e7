package tandem.model.recipe;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

/** Optimizer, schedule, average, losses, sampling and number of epochs. */
final class TrainingChoices {

    /** Peak of AdamW for a batch of 8 and 32 channels after the first convolution. */
    private static final double ADAMW_RATE = 3e-3;
    /** Peak of SGD for a batch of 8. */
    private static final double SGD_RATE = 0.01;

    private static final int BASE_BATCH = 8;
    private static final int BASE_CHANNELS = 32;
    private static final float ADAMW_DECAY = 1e-3f;
    private static final float SGD_DECAY = 5e-4f;
    private static final double FINAL_SHARE = 0.01;
    private static final float AVERAGE_SHARE = 0.1f;
    private static final double WARMUP_SHARE = 0.05;
    private static final int MAX_WARMUP = 500;
    /** A mask class with a smaller share of the pixels is rare. */
    private static final double RARE = 0.01;

    private static final float DICE_WEIGHT = 0.5f;
    private static final float MASK_WEIGHT = 3;
    /** Image visits of a run: a constant, and a number for each image. */
    private static final int BASE_VISITS = 20_000;

    /** Parts of an image count as images of their own, up to this number. */
    private static final double MAX_PARTS = 8;

    private static final int VISITS_PER_IMAGE = 20;
    private static final int MIN_EPOCHS = 10;
    private static final int MAX_EPOCHS = 300;
    private static final int MAX_TIMED_EPOCHS = 100_000;

    private final DataFacts facts;
    private final NetworkSettings network;
    private final Optional<TimeBudget> time;
    private final Choices choices;
    private TrainingSettings training;

    TrainingChoices(
            DataFacts facts,
            NetworkSettings network,
            TrainingSettings training,
            Optional<TimeBudget> time,
            Set<String> given,
            List<Choice> made) {
        this.facts = facts;
        this.network = network;
        this.training = training;
        this.time = time;
        this.choices = new Choices(given, made);
        sampling();
        epochs();
        optimizer();
        losses();
        schedule();
        average();
    }

    TrainingSettings training() {
        return training;
    }

    /** How often the run uses each image, on average. */
    double imageVisits() {
        return (double) training.schedule().epochs() * passLength() / Math.max(1, facts.images());
    }

    private void optimizer() {
        OptimizerSettings present = training.optimizer();
        OptimizerSettings.Type type = choices.choose(
                "optimizer.type",
                "--optimizer",
                present.type(),
                OptimizerSettings.Type.ADAMW,
                "it learns in fewer steps than sgd from random initial weights");
        boolean adam = type == OptimizerSettings.Type.ADAMW;
        training = training.withOptimizer(present.with(change -> change.type(type)
                .weightDecay(choices.choose(
                        "optimizer.weightDecay",
                        "--weight-decay",
                        present.weightDecay(),
                        adam ? ADAMW_DECAY : SGD_DECAY,
                        "for " + (adam ? "adamw" : "sgd")))));
        int batch = training.batches().size();
        double rate = adam
                ? ADAMW_RATE
                        * Math.sqrt((double) batch / BASE_BATCH)
                        * Math.sqrt((double) BASE_CHANNELS / network.encoderChannels())
                : SGD_RATE * batch / BASE_BATCH;
        String reason = adam
                ? "0.003 for 8 images a step and 32 channels, times the square root of " + batch + "/" + BASE_BATCH
                        + " and of " + BASE_CHANNELS + "/" + network.encoderChannels()
                : "0.01 for 8 images a step, times " + batch + "/" + BASE_BATCH;
        training = training.withSchedule(training.schedule()
                .withLearningRate(choices.choose(
                        "schedule.learningRate",
                        "--learning-rate",
                        training.schedule().learningRate(),
                        twoDigits(rate),
                        reason)));
    }

    private static double twoDigits(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.1e", value));
    }

    private void losses() {
        if (!network.segments()) {
            return;
        }
        Map.Entry<String, Double> rarest = facts.rarest();
        boolean rare = rarest != null && rarest.getValue() < RARE;
        String share = rarest == null
                ? "there is no mask class with pixels"
                : String.format(
                        Locale.ROOT,
                        "the rarest mask class, %s, has %.2f %% of the pixels",
                        rarest.getKey(),
                        100 * rarest.getValue());
        boolean both = network.detects();
        training = training.withLosses(training.losses()
                .with(change -> change.diceWeight(choices.choose(
                                "losses.diceWeight",
                                "--dice-weight",
                                training.losses().diceWeight(),
                                rare ? DICE_WEIGHT : 0f,
                                share))
                        .segmentationWeight(choices.choose(
                                "losses.segmentationWeight",
                                "--segmentation-weight",
                                training.losses().segmentationWeight(),
                                both ? MASK_WEIGHT : 1f,
                                both
                                        ? "the loss of masks is smaller than those of boxes"
                                        : "there is no other task"))));
    }

    private void sampling() {
        if (!network.detects() || !network.segments()) {
            return;
        }
        Sampling chosen = facts.sampling(network);
        training = training.withBatches(training.batches()
                .withSampling(choices.choose(
                        "batches.sampling",
                        "--sampling",
                        training.batches().sampling(),
                        chosen,
                        facts.boxed() + " images have boxes and " + facts.masked() + " a mask"
                                + (chosen == Sampling.EVEN ? ", so the rarer kind is repeated" : ""))));
    }

    /** Image visits of one epoch. */
    private long passLength() {
        return facts.passLength(training.batches().sampling());
    }

    private void epochs() {
        String reason;
        int epochs;
        if (time.isPresent()) {
            double passes = time.get().passes(network.inputSize(), passLength());
            epochs = (int) Math.max(1, Math.min(MAX_TIMED_EPOCHS, Math.ceil(passes)));
            reason = time.get().text(network.inputSize(), passLength()) + "; the schedule ends with the time";
        } else {
            double parts = network.crops() ? Math.min(MAX_PARTS, facts.parts(network.inputSize())) : 1;
            long visits = BASE_VISITS + Math.round(VISITS_PER_IMAGE * facts.images() * parts);
            epochs = (int) Math.max(
                    MIN_EPOCHS, Math.min(MAX_EPOCHS, Math.round((double) visits / Math.max(1, passLength()))));
            reason = "with " + facts.images() + " images "
                    + (network.crops() ? "and " + Math.round(parts) + " parts of each " : "") + "about " + visits
                    + " image visits; --minutes limits the time, --patience ends a run that no longer improves";
        }
        training = training.withSchedule(training.schedule()
                .withEpochs(choices.choose(
                        "schedule.epochs", "--epochs", training.schedule().epochs(), epochs, reason)));
    }

    private void schedule() {
        long steps = Math.max(
                1,
                training.schedule().epochs() * passLength() / training.batches().size());
        int warmup = (int) Math.max(1, Math.min(MAX_WARMUP, Math.round(WARMUP_SHARE * steps)));
        training = training.withSchedule(training.schedule()
                .with(change -> change.warmupSteps(choices.choose(
                                "schedule.warmupSteps",
                                "--warmup",
                                training.schedule().warmupSteps(),
                                warmup,
                                "a twentieth of about " + steps + " steps, at most " + MAX_WARMUP))
                        .finalShare(choices.choose(
                                "schedule.finalShare",
                                "--final-learning-rate",
                                training.schedule().finalShare(),
                                FINAL_SHARE,
                                "the last steps only refine the weights"))));
    }

    private void average() {
        if (choices.given().contains("--average-decay")) {
            training = training.withAverage(training.average().withShare(0));
            return;
        }
        training = training.withAverage(training.average()
                .withShare(choices.choose(
                        "average.share",
                        "--average-share",
                        training.average().share(),
                        AVERAGE_SHARE,
                        "the average covers the same share of a run of any length")));
    }
}
