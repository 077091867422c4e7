package tandem.model.train;

import java.io.IOException;
import java.util.function.IntUnaryOperator;
import tandem.model.batch.BatchShape;
import tandem.model.batch.EpochSampler;
import tandem.model.batch.GeneratedLabelProvider;
import tandem.model.checkpoint.WeakState;
import tandem.model.data.ImageCache;
import tandem.model.image.ImageConversion;
import tandem.model.settings.BatchSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.settings.WeakSettings;
import tandem.model.weak.GrabCutMaskCache;
import tandem.model.weak.LabelMemory;
import tandem.model.weak.Ramp;
import tandem.model.weak.WeakLabels;

/** The pseudo-labels and weak labels of a training run, from {@link #open} on; none if the settings have none. */
final class TrainingLabels implements AutoCloseable {

    private final TrainingStep step;
    private final ImageCache images;
    private final BatchShape shape;
    private final Trainer.Options options;
    private final Ramp ramp;
    private WeakState restored;
    private WeakLabels labels;
    private long bytes;
    private TrainingObserver observer;

    TrainingLabels(TrainingStep step, ImageCache images, BatchShape shape, Trainer.Options options, Ramp ramp) {
        this.step = step;
        this.images = images;
        this.shape = shape;
        this.options = options;
        this.ramp = ramp;
    }

    /** The state of a checkpoint; null for none. */
    void restore(WeakState state) {
        restored = state;
    }

    /**
     * Prepares the labels on the first call.
     *
     * @param done steps done
     * @param observer receives the events of labels from now on
     */
    void open(long done, TrainingObserver observer) throws IOException {
        this.observer = observer;
        TrainingSettings settings = step.settings();
        if (labels != null || !settings.weak().any()) {
            return;
        }
        bytes = bytes(done);
        WeakLabels.Run run = new WeakLabels.Run(
                images,
                step.network().settings(),
                settings.batches().sampling(),
                settings.batches().size(),
                shape.images(),
                ramp,
                options.folder(),
                done > 0,
                restored,
                GrabCutMaskCache.standard(),
                options.decodeThreads());
        labels = new WeakLabels(
                step.device(), settings.weak(), run, event -> this.observer.on(new TrainingEvent.Labels(event)));
    }

    /** A resumed run reads its pseudo-labels. */
    private long bytes(long done) throws IOException {
        WeakSettings weak = step.settings().weak();
        IntUnaryOperator pixels =
                limit -> images.with(ImageConversion.of(limit)).maxDecodedPixels();
        return Math.max(
                LabelMemory.ofRefinement(step.device(), step.network(), weak, shape.images(), pixels),
                done > 0 ? 0 : LabelMemory.ofPseudoLabels(step.device(), weak, shape.images(), pixels));
    }

    /** Generates labels again at the beginning of an epoch. */
    void refresh(long done) {
        if (labels == null) {
            return;
        }
        BatchSettings batches = step.settings().batches();
        int length = EpochSampler.passLength(images.data(), batches.sampling());
        long epoch = done * batches.size() / length;
        boolean begins = done == 0 || (done - 1) * batches.size() / length < epoch;
        labels.refresh(done, epoch, begins, step.device(), step.network(), step.variables(), step.average());
    }

    /** The labels for batches. */
    GeneratedLabelProvider provider() {
        return labels == null ? GeneratedLabelProvider.NONE : labels;
    }

    /** The state for a checkpoint; null for none. */
    WeakState state() {
        return labels == null ? restored : labels.state();
    }

    /** Bytes that the networks which generate labels allocate on the device at one time. */
    long plannedBytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (labels != null) {
            labels.close();
        }
    }
}
