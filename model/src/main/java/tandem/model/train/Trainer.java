package tandem.model.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tandem.engine.Device;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.EpochSampler;
import tandem.model.batch.SamplerState;
import tandem.model.checkpoint.Checkpoint;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.ConvolutionState;
import tandem.model.checkpoint.ElapsedTime;
import tandem.model.checkpoint.RunOrigin;
import tandem.model.checkpoint.ValidationState;
import tandem.model.checkpoint.WeakState;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.weak.Ramp;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * A training run: steps over the data, checkpoints, and events for observers. A run that is stopped at any step and
 * resumed from its checkpoint gives the same weights, bit for bit, as an uninterrupted run: on the same device, with
 * the same number of threads.
 */
public final class Trainer implements AutoCloseable {

    /**
     * Options that do not change the result.
     *
     * @param folder folder of the checkpoints
     * @param decodeThreads threads that decode images
     * @param checkpointSeconds a checkpoint is written at the end of an epoch and this many seconds after the last one
     * @param teacherCacheBytes maximum device memory of the teacher output cache in bytes; used without augmentation,
     *     when all outputs fit
     */
    public record Options(Path folder, int decodeThreads, double checkpointSeconds, long teacherCacheBytes) {

        private static final long TEACHER_CACHE_BYTES = 256L << 20;

        /** With 256 MiB for the teacher output cache. */
        public Options(Path folder, int decodeThreads, double checkpointSeconds) {
            this(folder, decodeThreads, checkpointSeconds, TEACHER_CACHE_BYTES);
        }

        /** One decoding thread, one checkpoint per minute. */
        public static Options in(Path folder) {
            return new Options(folder, 1, 60);
        }
    }

    private final TrainingStep step;
    private final BatchShape shape;
    private final ImageCache images;
    private final AugmentationSettings augmentation;
    private final Options options;
    private final CheckpointStore store;
    private final LearningRateSchedule schedule;
    private final TimeLimit time;
    private final RunEnd end;
    private final TrainingLabels labels;
    private final InputSizes sizes;
    private final long steps;
    private final OriginCheck origin;
    private long done;
    private SamplerState sampler;
    private BatchStager stager;
    private boolean reviewed;
    private Optional<ImageCache> heldOut = Optional.empty();
    private ValidationState validation;
    private long validatedStep = -1;

    private Trainer(
            Device device,
            NetworkSettings network,
            TrainingSettings settings,
            ImageCache images,
            AugmentationSettings augmentation,
            Options options,
            long done,
            SamplerState sampler)
            throws IOException {
        requireClasses("box classes", network.boxClasses(), images.data().boxClasses());
        requireClasses("mask classes", network.maskClasses(), images.data().maskClasses());
        this.images = images.with(network.conversion());
        this.origin = new OriginCheck(images.data(), device.description());
        this.augmentation = augmentation;
        this.options = options;
        this.store = new CheckpointStore(options.folder());
        this.steps = steps(settings, images.data());
        this.schedule = LearningRateSchedule.of(settings.schedule(), steps);
        this.sizes = new InputSizes(network.inputSize(), settings.batches().inputSizes(), settings.seed(), steps);
        this.time = new TimeLimit(settings.schedule().minutes());
        this.end = new RunEnd(steps, time, settings, store);
        this.done = done;
        this.sampler = sampler;
        this.shape = BatchShape.of(
                this.images,
                settings.batches().microBatchSize(),
                settings.weak().maxBoxes());
        this.step =
                new TrainingStep(device, new Network(network), settings, shape, teachers(device, network, settings));
        this.labels = new TrainingLabels(
                step,
                this.images,
                shape,
                options,
                Ramp.of(schedule.warmup(), steps, settings.weak().rampShare()));
    }

    private Teachers teachers(Device device, NetworkSettings network, TrainingSettings settings) throws IOException {
        Teachers teachers = Teachers.load(device, settings.distillation(), network);
        if (augmentation.equals(AugmentationSettings.none()) && !network.crops()) {
            teachers.cacheOutputs(images.data().size(), options.teacherCacheBytes());
        }
        return teachers;
    }

    /**
     * A new run. Its weights are initialized from the seed; {@link #step()} gives access to them, to load a pretrained
     * encoder.
     *
     * @param images replaced by an empty cache when its limit of pixels is not the network's
     * @throws IllegalArgumentException when the data's classes are not the network's
     */
    public static Trainer start(
            Device device,
            NetworkSettings network,
            TrainingSettings settings,
            ImageCache images,
            AugmentationSettings augmentation,
            Options options)
            throws IOException {
        return new Trainer(
                device, network, settings, images, augmentation, options, 0, SamplerState.start(settings.seed()));
    }

    /**
     * Resumes the run of the checkpoint in the folder, with its settings and its algorithms of convolutions.
     *
     * @throws WeightsException when there is no usable checkpoint, or it was made with other data
     */
    public static Trainer resume(Device device, ImageCache images, Options options) throws IOException {
        try (SafetensorsReader reader = new CheckpointStore(options.folder()).open()) {
            Checkpoint checkpoint = Checkpoint.read(reader);
            int pixels = images.with(checkpoint.network().conversion()).maxDecodedPixels();
            if (checkpoint.images() != images.data().size() || checkpoint.pixels() != pixels) {
                throw new WeightsException(
                        reader.file() + ": made with " + checkpoint.images() + " training images of up to "
                                + checkpoint.pixels() + " pixels, "
                                + images.data().name() + " has " + images.data().size() + " of up to "
                                + pixels + "; resume with the data it was started with");
            }
            device.repeatConvolutionChoices(ConvolutionState.read(reader));
            Trainer trainer = new Trainer(
                    device,
                    checkpoint.network(),
                    checkpoint.training(),
                    images,
                    checkpoint.augmentation(),
                    options,
                    checkpoint.step(),
                    checkpoint.sampler());
            try {
                trainer.origin.resume(reader.file(), RunOrigin.read(reader));
                trainer.step.restore(checkpoint, reader);
                trainer.labels.restore(WeakState.read(reader));
                trainer.validation = ValidationState.read(reader);
                trainer.time.restore(ElapsedTime.read(reader));
            } catch (IOException | RuntimeException | Error problem) {
                trainer.close();
                throw problem;
            }
            return trainer;
        }
    }

    /** What the user should know about a resumed run. */
    public List<String> notes() {
        return origin.notes();
    }

    /** Steps of a run: the image visits of its epochs over the batch size, rounded up. */
    public static long steps(TrainingSettings settings, DataSet data) {
        long visits = (long) settings.schedule().epochs()
                * EpochSampler.passLength(data, settings.batches().sampling());
        return (visits + settings.batches().size() - 1) / settings.batches().size();
    }

    private static void requireClasses(String what, List<String> network, List<String> data) {
        if (!network.isEmpty() && !network.equals(data)) {
            throw new IllegalArgumentException("the network's " + what + " " + network + " are not the data's " + data);
        }
    }

    /** The augmentation settings. */
    public AugmentationSettings augmentation() {
        return augmentation;
    }

    TimeLimit time() {
        return time;
    }

    /** The training step and its memory: weights, average, programs. */
    public TrainingStep step() {
        return step;
    }

    /**
     * Lets {@link #run} evaluate images at the end of epochs, with the averaged weights. Held-out images are validated
     * as often as the settings say; the best weights are written to {@link CheckpointStore#best()}. After the third
     * epoch, or when the warm-up is over, and at the end, signs are searched that the run has learned nothing.
     *
     * @param images held-out images; empty for none: then some training images are evaluated, for these signs only
     * @throws WeightsException when the checkpoint has validations of other images
     */
    public void review(Optional<ImageCache> images) throws WeightsException {
        origin.heldOut(images, store.current(), validation);
        reviewed = true;
        heldOut = images;
    }

    /** The validations so far, earlier runs included; empty when there was none. */
    public Optional<ValidationState> validation() {
        return Optional.ofNullable(validation).filter(state -> state.validations() > 0);
    }

    /** Whether {@link #run} validated the weights of the last step. */
    public boolean hasValidatedLast() {
        return validatedStep == done;
    }

    /** Steps done so far, earlier runs included. */
    public long stepsDone() {
        return done;
    }

    /** Steps of the whole run. */
    public long steps() {
        return steps;
    }

    /** Whether the last step is done, or the time or the patience is used up. */
    public boolean isFinished() {
        return end.isReached(done, validation);
    }

    /** The checkpoints. */
    public CheckpointStore store() {
        return store;
    }

    /**
     * Trains until the last step, until the time or the patience of the settings is used up, or until {@code stop}
     * returns true after a step; writes a checkpoint at the end of each epoch, at intervals in between, and when it
     * stops.
     *
     * @return whether the run is finished
     * @throws NonFiniteException when a loss or gradient is not finite; the checkpoints are those of earlier steps
     */
    public boolean run(TrainingObserver observer, BooleanSupplier stop) throws IOException {
        try (EpochReview review = review()) {
            return run(observer, stop, review);
        }
    }

    /** Null when nothing is reviewed. */
    private EpochReview review() {
        return reviewed
                ? new EpochReview(
                        step, images, heldOut, options.decodeThreads(), store, validation, schedule.warmup(), steps)
                : null;
    }

    private boolean run(TrainingObserver observer, BooleanSupplier stop, EpochReview review) throws IOException {
        TrainingSettings settings = step.settings();
        DataSet data = images.data();
        labels.open(done, observer);
        observer.on(new TrainingEvent.Start(
                step.device().description(),
                data.size(),
                data.boxed(),
                data.masked(),
                step.variables().parameterElements(),
                plannedBytes() + (review == null ? 0 : review.plannedBytes()),
                done,
                steps));
        long began = System.nanoTime();
        if (done == 0) {
            save();
        }
        Progress progress = new Progress(
                settings, EpochSampler.passLength(data, settings.batches().sampling()), steps, done);
        long saved = System.nanoTime();
        time.start();
        boolean last = isFinished();
        while (!last && !stop.getAsBoolean()) {
            double position = time.position(done, steps);
            PixelSize size = sizes.at((long) position);
            double learningRate = schedule.at(position);
            prepareBatches();
            try {
                step.run(stager, done, size, learningRate);
            } catch (NonFiniteException problem) {
                throw new NonFiniteException(problem.getMessage() + ". The last good checkpoint is " + store.current());
            }
            sampler = step.after();
            progress.step(observer, done, size, step.losses(), step.gradientNorm(), learningRate, time.left());
            if (step.skipped()) {
                observer.on(new TrainingEvent.Skipped(
                        done, step.lossScale().orElseThrow().scale(), step.skippedSteps()));
            } else if (step.tasks() != null) {
                observer.on(step.tasks());
            }
            step.similarities().forEach(similarity -> observer.on(new TrainingEvent.Similarity(similarity)));
            done++;
            time.afterStep();
            last = done == steps || time.over();
            boolean epoch = progress.epoch(observer, last);
            if (review != null) {
                review.afterStep(step.losses());
                if (epoch) {
                    long start = System.nanoTime();
                    review.afterEpoch(progress.epoch(), done, last, time::over, observer);
                    step.times().add(TrainingTimes.Part.VALIDATION, start);
                    validation = review.state();
                    validatedStep = review.validatedStep();
                    progress.restartClock();
                }
            }
            last |= isFinished();
            if (epoch || last || seconds(saved) > options.checkpointSeconds()) {
                save();
                saved = System.nanoTime();
            }
        }
        boolean finished = last;
        if (!finished) {
            save();
        }
        observer.on(new TrainingEvent.End(done, finished, seconds(began), end.message(done, validation, finished)));
        return finished;
    }

    /**
     * Generates labels again at the beginning of an epoch, then starts the stager, because its first batches may need
     * them.
     */
    private void prepareBatches() {
        labels.refresh(done);
        if (stager == null) {
            stager = BatchStager.training(
                    images,
                    shape,
                    options.decodeThreads(),
                    sampler,
                    step.settings().batches().sampling(),
                    augmentation,
                    labels.provider());
        }
    }

    /**
     * Bytes that the run allocates on the device at one time: those of the step and of the networks that generate
     * labels, these from the call of {@link #run} on.
     */
    public long plannedBytes() {
        return step.plannedBytes() + labels.plannedBytes();
    }

    /** Writes a checkpoint now. */
    public void save() throws IOException {
        long start = System.nanoTime();
        SafetensorsWriter content = new Checkpoint(
                        step.network().settings(),
                        step.settings(),
                        augmentation,
                        images.data().size(),
                        images.maxDecodedPixels(),
                        done,
                        sampler)
                .content(step.state());
        origin.origin().write(content);
        ConvolutionState.write(step.device().convolutionChoices(), content);
        WeakState state = labels.state();
        if (state != null) {
            state.write(content);
        }
        ElapsedTime elapsed = time.state();
        if (elapsed != null) {
            elapsed.write(content);
        }
        if (validation != null) {
            validation.write(content);
        }
        store.save(content);
        step.times().add(TrainingTimes.Part.CHECKPOINTS, start);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    @Override
    public void close() {
        if (stager != null) {
            stager.close();
        }
        labels.close();
        step.close();
    }
}
