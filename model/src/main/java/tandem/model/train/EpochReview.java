package tandem.model.train;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import tandem.model.batch.EpochSampler;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.checkpoint.ValidationState;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.distillation.Adapter;
import tandem.model.settings.TrainingSettings;
import tandem.model.validation.LearningFacts;
import tandem.model.validation.LearningFinding;
import tandem.model.validation.Measurement;
import tandem.model.validation.Validation;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * What is done at the ends of epochs: validation, which selects the best weights and ends a run that no longer
 * improves, and the search for signs that the run has learned nothing. Without a time limit, when is a function of the
 * number of steps alone, so a resumed run does the same as an uninterrupted one.
 */
final class EpochReview implements AutoCloseable {

    /** The first findings come after this many epochs, or after this share of a shorter run. */
    private static final int FINDINGS_EPOCH = 3;

    private static final double FINDINGS_SHARE = 0.3;
    /** Without held-out images, as many training images are evaluated for the findings. */
    private static final int EXAMPLES = 32;

    private final TrainingStep step;
    private final CheckpointStore store;
    private final Validation validation;
    private final boolean heldOut;
    private final int every;
    private final int visits;
    private final int batch;
    private final long steps;
    private final long findingsStep;
    private final double maskEntropy;
    private ValidationState state;
    private long validatedStep = -1;
    private double lossSum;
    private long losses;

    /**
     * @param heldOut held-out images; empty for none
     * @param state of the checkpoint; null before the first validation
     * @param warmup steps
     * @param steps of the whole run
     */
    EpochReview(
            TrainingStep step,
            ImageCache training,
            Optional<ImageCache> heldOut,
            int decodeThreads,
            CheckpointStore store,
            ValidationState state,
            long warmup,
            long steps) {
        TrainingSettings settings = step.settings();
        ImageCache images = heldOut.orElseGet(() -> examples(training));
        this.step = step;
        this.store = store;
        this.heldOut = heldOut.isPresent();
        this.validation = new Validation(
                step.device(), step.network(), images, settings.batches().microBatchSize(), decodeThreads);
        this.visits =
                EpochSampler.passLength(training.data(), settings.batches().sampling());
        this.batch = settings.batches().size();
        this.every = settings.validation().epochs(images.data().size(), visits);
        this.steps = steps;
        this.findingsStep = epochEnd(Math.max(
                2 * warmup,
                stepsOf(Math.min(
                        FINDINGS_EPOCH, FINDINGS_SHARE * settings.schedule().epochs()))));
        this.maskEntropy = isCrossEntropy(settings) && step.network().settings().segments()
                ? LearningFacts.maskEntropy(training.data())
                : Double.NaN;
        this.state = !this.heldOut ? null : state != null ? state : ValidationState.start(ids(images.data()));
    }

    private static List<String> ids(DataSet data) {
        return data.samples().stream().map(Sample::id).toList();
    }

    /** Identifies held-out images in the state. */
    static int images(ImageCache heldOut) {
        return ValidationState.images(ids(heldOut.data()));
    }

    /** Whether the segmentation loss is that of annotated masks alone. */
    private static boolean isCrossEntropy(TrainingSettings settings) {
        return !settings.weak().any()
                && settings.distillation().supervised()
                && settings.losses().diceWeight() == 0;
    }

    private static ImageCache examples(ImageCache training) {
        DataSet data = training.data();
        int count = Math.min(EXAMPLES, data.size());
        List<Sample> samples = IntStream.range(0, count)
                .mapToObj(i -> data.samples().get((int) ((long) i * data.size() / count)))
                .toList();
        return new ImageCache(
                new DataSet("training images", data.boxClasses(), data.maskClasses(), samples),
                training.conversion(),
                0);
    }

    /** The state for a checkpoint; null without held-out images. */
    ValidationState state() {
        return state;
    }

    /** Steps done at the last validation; -1 before the first one. */
    long validatedStep() {
        return validatedStep;
    }

    /** Bytes on the device. */
    long plannedBytes() {
        return validation.plannedBytes();
    }

    /** Whether the last validations had no better score, as many as the settings allow. */
    boolean endsRun() {
        return state != null && state.hasUsedUp(step.settings().validation().patience());
    }

    /** After each step. */
    void afterStep(StepLosses step) {
        if (step.segmentation() != 0) {
            lossSum += step.segmentation();
            losses++;
        }
    }

    /**
     * After each epoch.
     *
     * @param epoch its number
     * @param done steps done so far
     * @param last whether the run ends here
     * @param over whether it ends because of the time that validation took
     */
    void afterEpoch(int epoch, long done, boolean last, BooleanSupplier over, TrainingObserver observer)
            throws IOException {
        double loss = losses == 0 ? Double.NaN : lossSum / losses;
        lossSum = 0;
        losses = 0;
        boolean due = heldOut && (last || passes(done) / every > passes(done - 1) / every);
        boolean inspects = last || done == findingsStep;
        if (!due && !inspects) {
            return;
        }
        Measurement measured = validation.run(step.variables(), step.average());
        int epochs = step.settings().schedule().epochs();
        if (due) {
            state = state.after(measured.score(), done);
            validatedStep = done;
            boolean best = state.best() != null && state.bestStep() == done;
            if (best) {
                store.saveBest(weights(done, measured.score()));
            }
            observer.on(new TrainingEvent.Validation(
                    done - 1,
                    epoch,
                    epochs,
                    validation.images(),
                    measured.evaluation().ap50(),
                    measured.evaluation().miou(),
                    measured.score(),
                    best,
                    state.sinceBest(),
                    measured.seconds()));
        }
        boolean end = last || endsRun() || over.getAsBoolean();
        if (inspects || end) {
            List<LearningFinding> findings = LearningFinding.of(LearningFacts.of(measured, loss, maskEntropy, end));
            if (!findings.isEmpty()) {
                observer.on(new TrainingEvent.Findings(done - 1, epoch, epochs, findings));
            }
        }
    }

    private SafetensorsWriter weights(long done, double score) {
        SafetensorsWriter writer = NetworkMetadata.put(
                        new SafetensorsWriter(), step.network().settings())
                .put("step", Long.toString(done))
                .put("score", Double.toString(score));
        WeightsFile.add(writer, "", step.variables(), step.average(), name -> !Adapter.owns(name));
        return writer;
    }

    /** Passes over the data that are complete after so many steps. */
    private long passes(long done) {
        return done * batch / visits;
    }

    private long stepsOf(double epochs) {
        return (long) Math.ceil(epochs * visits / batch);
    }

    /** The first end of an epoch after at least so many steps. */
    private long epochEnd(long done) {
        long first = Math.max(1, done);
        long end = passes(first) > passes(first - 1) ? first : stepsOf(passes(first) + 1);
        return Math.min(end, steps);
    }

    @Override
    public void close() {
        validation.close();
    }
}
