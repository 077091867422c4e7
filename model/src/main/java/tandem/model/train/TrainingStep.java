package tandem.model.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Memory;
import tandem.engine.NonFiniteSearch;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Resources;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.balance.LossWeights;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.batch.StagedBatch;
import tandem.model.checkpoint.Checkpoint;
import tandem.model.checkpoint.LossScaleState;
import tandem.model.checkpoint.RunState;
import tandem.model.distillation.Adapter;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.Precision;
import tandem.model.settings.TrainingSettings;
import tandem.model.weights.SafetensorsReader;

/**
 * One training step and all its memory: a program for each input size, which share weights, gradients and activations,
 * and the update. After the first step at each size nothing is allocated.
 */
public final class TrainingStep implements AutoCloseable {

    private final Device device;
    private final Network network;
    private final TrainingSettings settings;
    private final Variables variables;
    private final List<Map<PixelSize, StepProgram>> programs = new ArrayList<>();
    private final Weights weights;
    private final Weights average;
    private final StepGradients gradients;
    private final TaskBalance balance;
    private final Program.Arena arena;
    private final WeightUpdate update;
    private final LossScale scale;
    private final TrainingMemory memory;
    private boolean skipped;
    private final Resources owned = new Resources();
    private final float[] losses = new float[5];
    private final int[] samples;
    private SamplerState after;
    private List<LevelSimilarity> similarities = List.of();
    private StepProgram current;
    private final TrainingTimes times = new TrainingTimes();
    private TrainingTimes.Part passes = TrainingTimes.Part.FIRST_PASSES;

    /** A step without teachers, see the other constructor. */
    public TrainingStep(Device device, Network network, TrainingSettings settings, BatchShape shape) {
        this(device, network, settings, shape, Teachers.none());
    }

    /**
     * Plans and allocates; the weights have their initial values, from the seed.
     *
     * @param shape of a micro-batch
     * @param teachers the teachers of the settings; closed with this step, and when this constructor fails
     */
    public TrainingStep(
            Device device, Network network, TrainingSettings settings, BatchShape shape, Teachers teachers) {
        owned.add(teachers);
        this.device = device;
        this.network = network;
        this.settings = settings;
        this.variables = network.variables(settings.freeze().stages());
        this.samples = new int[settings.batches().size()];
        try {
            if (shape.images() * settings.batches().microBatches()
                    != settings.batches().size()) {
                throw new IllegalArgumentException("batches of " + shape.images() + " images, "
                        + settings.batches().microBatches() + " of them a step, do not make a step of "
                        + settings.batches().size());
            }
            programs.addAll(StepProgram.all(device, network, variables, settings, shape, teachers));
            weights = owned.add(new Weights(device, variables));
            weights.initialize(settings.seed());
            average = owned.add(new Weights(device, variables));
            device.copy(weights.all(), average.all()).run();
            gradients = owned.add(new StepGradients(
                    device,
                    weights,
                    TaskBalance.sets(network.settings(), settings.balance()),
                    settings.batches().microBatches()));
            balance = owned.add(new TaskBalance(device, network, settings, weights, gradients));
            arena = owned.add(new Program.Arena(
                    device,
                    allPrograms().flatMap(program -> program.plans().stream()).toArray(Plan[]::new)));
            allPrograms().forEach(program -> owned.add(program).bind(device, weights, gradients.ofBatch(), arena));
            memory = TrainingMemory.of(programs, network, settings, teachers.cacheBytes());
            scale = settings.precision().scalesLoss()
                    ? owned.add(new LossScale(device, gradients.ofBatch().sets()))
                    : null;
            update = owned.add(new WeightUpdate(device, settings, weights, average, gradients.set(0)));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    private Stream<StepProgram> allPrograms() {
        return programs.stream().flatMap(sizes -> sizes.values().stream());
    }

    /**
     * Runs forward and backward over the next {@code microBatches} batches and updates the weights. In float16 a step
     * whose gradient is not finite is skipped, and the next ones are run with a smaller loss scale, as long as there is
     * one.
     *
     * @param step from 0
     * @param size one of the input sizes of the settings
     * @throws NonFiniteException when a loss or the gradient is not finite; the weights are then unchanged
     */
    public void run(BatchStager stager, long step, PixelSize size, double learningRate) {
        boolean measured = balance.measures(step);
        current = programs.get(measured ? programs.size() - 1 : 0).get(size);
        current.setFactors(balance.factors());
        java.util.Arrays.fill(losses, 0);
        int parts = settings.batches().microBatches();
        int done = 0;
        for (int part = 0; part < parts; part++) {
            long start = System.nanoTime();
            StagedBatch batch = stager.next();
            start = times.add(TrainingTimes.Part.DATA, start);
            for (int i = 0; i < batch.size(); i++) {
                samples[done++] = batch.sample(i);
            }
            after = batch.after();
            current.run(batch, scale == null ? 1 : scale.state().scale());
            if (scale != null) {
                scale.restoreGradients();
            }
            current.addLosses(losses, 1f / parts);
            times.add(passes, start);
            if (!Float.isFinite(losses[0] + losses[1] + losses[2] + losses[3] + losses[4])) {
                throw notFinite(stager, step, done, "the loss is " + losses[0]);
            }
            gradients.add(part, measured || balance.projects());
        }
        passes = TrainingTimes.Part.PASSES;
        long start = System.nanoTime();
        balance.combine();
        update.run(learningRate, step - skippedSteps());
        times.add(TrainingTimes.Part.UPDATE, start);
        skipped = !update.finite();
        if (skipped && (scale == null || !scale.state().canShrink())) {
            throw notFinite(stager, step, done, "the norm of the gradient is " + update.norm());
        }
        if (scale != null) {
            scale.set(skipped ? scale.state().afterSkipped() : scale.state().afterGood());
        }
        similarities = !skipped && settings.distillation().measuredAfter(step)
                ? current.similarities(step, weights)
                : List.of();
        if (!skipped) {
            balance.afterStep(step, learningRate, new LossWeights.Losses(losses[1], losses[2], losses[3]));
        }
    }

    /** Whether the last step was skipped. */
    boolean skipped() {
        return skipped;
    }

    /** Number of skipped steps, earlier runs included. */
    public long skippedSteps() {
        return scale == null ? 0 : scale.state().skipped();
    }

    /** The state of the loss scale; empty when losses are not scaled. */
    Optional<LossScaleState> lossScale() {
        return Optional.ofNullable(scale).map(LossScale::state);
    }

    /** The state for a checkpoint. */
    RunState state() {
        return new RunState(
                device,
                variables,
                name -> !Adapter.owns(name),
                weights,
                average,
                optimizerState(),
                balance.state(),
                lossScale());
    }

    /** Restores the state of a checkpoint. */
    void restore(Checkpoint checkpoint, SafetensorsReader reader) throws IOException {
        RunState restored = checkpoint.restore(reader, state());
        balance.restore(restored.balance());
        restored.lossScale().ifPresent(this::lossScale);
    }

    /** Restores the loss scale of a checkpoint. */
    void lossScale(LossScaleState state) {
        scale.set(state);
    }

    private NonFiniteException notFinite(BatchStager stager, long step, int done, String what) {
        List<String> images = new ArrayList<>();
        for (int i = 0; i < done; i++) {
            images.add(stager.data().samples().get(samples[i]).id());
        }
        Optional<NonFiniteSearch.Finding> first = current.program().findNonFinite();
        return new NonFiniteException("step " + step + ": " + what + ". Images " + String.join(", ", images)
                + ". First tensor that is not finite: "
                + first.map(NonFiniteSearch.Finding::toString).orElse("none in the last micro-batch; the sum overflows")
                + (settings.precision() == Precision.FLOAT16
                        ? ". float16 ends at 65504: bfloat16 or float32 may do"
                        : "")
                + ". Lower the learning rate, clip the gradient, or look at these images");
    }

    /** Losses of the last step, averaged over its micro-batches. */
    public StepLosses losses() {
        return new StepLosses(losses[0], losses[1], losses[2], losses[3], losses[4]);
    }

    /** Norm of the gradient of the last step, before clipping; 0 if it was skipped. */
    float gradientNorm() {
        return skipped ? 0 : update.norm();
    }

    /** The similarity of the feature maps of student and teachers measured in the last step; empty for most steps. */
    List<LevelSimilarity> similarities() {
        return similarities;
    }

    /** The gradients of both tasks measured in the last step, or null. */
    TrainingEvent.Tasks tasks() {
        return balance.tasks();
    }

    TaskBalance balance() {
        return balance;
    }

    /** Where the time of the steps, validations and checkpoints went. */
    public TrainingTimes times() {
        return times;
    }

    /** The position in the data after the last step. */
    SamplerState after() {
        return after;
    }

    /** The device. */
    public Device device() {
        return device;
    }

    /** The trained network. */
    public Network network() {
        return network;
    }

    /** The training settings. */
    public TrainingSettings settings() {
        return settings;
    }

    /** The network's variables. */
    public Variables variables() {
        return variables;
    }

    /** The trained weights. */
    public Weights weights() {
        return weights;
    }

    /** Their moving average, running statistics included: what evaluation uses. */
    public Weights average() {
        return average;
    }

    /** The gradients of the last micro-batch. */
    Gradients gradients() {
        return gradients.ofBatch();
    }

    /** The program of one input size: its plan and its profile. */
    public Program program(PixelSize size) {
        return programs.get(0).get(size).program();
    }

    /** Bytes of this step on the device: weights, average, gradients, optimizer, activations, inputs of all sizes. */
    public long plannedBytes() {
        return memory.total();
    }

    Memory optimizerState() {
        return update.state();
    }

    @Override
    public void close() {
        owned.close();
    }
}
