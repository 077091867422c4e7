package tandem.model.train;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Resources;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Cast;
import tandem.model.augment.Augment;
import tandem.model.augment.Augmented;
import tandem.model.augment.BatchInputs;
import tandem.model.balance.LossWeights;
import tandem.model.batch.BatchShape;
import tandem.model.batch.StagedBatch;
import tandem.model.distillation.Distillation;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.Precision;
import tandem.model.settings.TrainingSettings;

/** Augmentation, forward and backward pass of a batch at one input size. */
final class StepProgram implements AutoCloseable {

    /** The gradients that a program computes, and their sets of {@link Gradients}. */
    enum Backward {
        /** Of the sum of all losses, into the first set. */
        SUM,
        /** The same, and of each task with respect to the measured parameters, into the sets after it. */
        SUM_AND_TASKS,
        /** Of each task into its own set; the first set receives their combination. */
        TASKS
    }

    private final Graph graph;
    private final BatchInputs inputs;
    private final Distillation distillation;
    private final Objective objective;
    private final Tensor lossScale;
    private final Plan plan;
    private final ByteBuffer scalar = LossFactors.staging();
    private final Resources owned = new Resources();
    private Program program;

    /** Describes and plans the program; {@link #bind} assigns its memory. */
    StepProgram(
            Device device,
            Network network,
            Variables variables,
            TrainingSettings settings,
            BatchShape shape,
            PixelSize size,
            Teachers teachers,
            Backward backward) {
        graph = new Graph(variables);
        inputs = BatchInputs.declare(graph, shape.images(), shape.pixels(), shape.boxes());
        Augmented batch = Augment.apply(graph, inputs, size);
        distillation =
                new Distillation(device, teachers, settings.distillation(), network.settings(), graph, inputs, size);
        Tensor images = Cast.to(graph, batch.images(), settings.precision().storage());
        objective = Objective.append(
                graph, network.settings(), settings, network.training(graph, images), batch, distillation);
        lossScale = settings.precision().scalesLoss() ? graph.input("loss_scale", DataType.FLOAT32, Shape.of()) : null;
        if (lossScale != null) {
            graph.scaleGradients(lossScale);
        }
        List<Tensor> trained = network.trained(variables);
        if (backward != Backward.TASKS) {
            BackwardPass.append(graph, objective.total(), trained);
        }
        if (backward != Backward.SUM) {
            Predicate<String> wanted = backward == Backward.TASKS
                    ? name -> true
                    : TaskBalance.measured(network, variables, settings.balance());
            List<Tensor> parameters = trained.stream()
                    .filter(tensor -> wanted.test(tensor.name()))
                    .toList();
            objective
                    .terms()
                    .keySet()
                    .forEach(task ->
                            BackwardPass.append(graph, objective.of(graph, task), parameters, TaskBalance.set(task)));
        }
        plan = Plan.of(graph, device);
    }

    /** All programs of a run, by decreasing input size: those of plain steps, then those of measured steps. */
    static List<Map<PixelSize, StepProgram>> all(
            Device device,
            Network network,
            Variables variables,
            TrainingSettings settings,
            BatchShape shape,
            Teachers teachers) {
        TreeSet<PixelSize> sizes = new TreeSet<>(Comparator.comparingInt(PixelSize::pixels)
                .thenComparingInt(PixelSize::width)
                .reversed());
        sizes.add(network.settings().inputSize());
        sizes.addAll(settings.batches().inputSizes());
        List<Map<PixelSize, StepProgram>> all = new ArrayList<>();
        for (Backward backward : TaskBalance.programs(network.settings(), settings.balance())) {
            Map<PixelSize, StepProgram> programs = new LinkedHashMap<>();
            sizes.forEach(size -> programs.put(
                    size, new StepProgram(device, network, variables, settings, shape, size, teachers, backward)));
            all.add(programs);
        }
        return all;
    }

    Plan plan() {
        return plan;
    }

    /** The plans of all programs: of the student, then of the teachers. */
    List<Plan> plans() {
        List<Plan> plans = new ArrayList<>(List.of(plan));
        plans.addAll(distillation.plans());
        return plans;
    }

    Program program() {
        return program;
    }

    void bind(Device device, Weights weights, Gradients gradients, Program.Arena arena) {
        program = owned.add(new Program(device, plan, weights, gradients, arena));
        owned.add(distillation).bind(device, program, arena);
    }

    /** Sets the weights of the losses for later runs, unless they are constant. */
    void setFactors(LossWeights.Factors values) {
        if (objective.factors() != null) {
            objective.factors().upload(program, values, scalar);
        }
    }

    /**
     * Uploads a batch and runs; the gradients of all parameters, times the loss scale, are then in the
     * {@link Gradients}.
     *
     * @param scale where losses are scaled, see {@link Precision#scalesLoss}
     */
    void run(StagedBatch batch, double scale) {
        if (lossScale != null) {
            program.upload(lossScale, scalar.clear().putFloat(0, (float) scale));
        }
        batch.upload(program, inputs);
        distillation.run(batch);
        program.run();
    }

    /** Compares the maps of student and teachers in the last run; see {@link Distillation#measure}. */
    List<LevelSimilarity> similarities(long step, Weights weights) {
        return distillation.measure(step, program, weights);
    }

    /**
     * Adds this run's losses times {@code factor} to {@code sums}: total, location, confidence, segmentation,
     * distillation.
     */
    void addLosses(float[] sums, float factor) {
        sums[0] += factor * read(objective.total());
        sums[1] += factor * read(objective.location());
        sums[2] += factor * read(objective.confidence());
        sums[3] += factor * read(objective.segmentation());
        sums[4] += factor * read(objective.distillation());
    }

    private float read(Tensor loss) {
        if (loss == null) {
            return 0;
        }
        program.download(loss, scalar.clear());
        return scalar.getFloat(0);
    }

    @Override
    public void close() {
        owned.close();
    }
}
