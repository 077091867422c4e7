package tandem.model.distillation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.Tensor;
import tandem.model.augment.Augment;
import tandem.model.augment.BatchInputs;
import tandem.model.batch.StagedBatch;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.Outputs;
import tandem.model.settings.FeatureLossType;

/**
 * The forward pass of one teacher over the batches of one student's program: a separate program over the same staged
 * and augmented images, whose outputs become inputs of the student's graph. It uses the student's activation memory,
 * because it finishes before the student starts.
 */
final class TeacherForwardPass implements AutoCloseable {

    private record Copy(Tensor from, Tensor to) {}

    private final Teacher teacher;
    private final List<Copy> inputCopies = new ArrayList<>();
    private final List<Copy> outputCopies = new ArrayList<>();
    private final Plan plan;
    private final Tensor location;
    private final Tensor confidence;
    private final Tensor segmentation;
    private final List<Tensor> maps = new ArrayList<>();
    private final Resources owned = new Resources();
    private Program program;
    private final PixelSize size;
    private TeacherOutputCache cache;
    private TeacherOutputCache.Access access;
    private Recording before;
    private Recording after;

    /**
     * Describes and plans the program; {@link #bind} assigns its memory.
     *
     * @param student the graph that gets the inputs
     * @param inputs of that graph
     * @param size of its images
     * @param features the loss between feature maps
     * @param levels the levels whose maps are required
     */
    TeacherForwardPass(
            Device device,
            Teacher teacher,
            Graph student,
            BatchInputs inputs,
            PixelSize size,
            FeatureLossType features,
            List<Integer> levels) {
        this.teacher = teacher;
        this.size = size;
        Network network = teacher.network();
        Graph graph = new Graph(teacher.variables());
        Tensor pixels =
                graph.input("pixels", inputs.pixels().type(), inputs.pixels().shape());
        Tensor parameters = graph.input(
                "parameters", inputs.parameters().type(), inputs.parameters().shape());
        inputCopies.add(new Copy(inputs.pixels(), pixels));
        inputCopies.add(new Copy(inputs.parameters(), parameters));
        Outputs outputs = network.inference(graph, Augment.images(graph, pixels, parameters, size));
        boolean needed = teacher.settings().needsOutputs(features);
        boolean boxes = needed && teacher.task() == Task.DETECTION;
        boolean masks = needed && teacher.task() == Task.SEGMENTATION;
        location = boxes && teacher.settings().comparesOutputs(features)
                ? export(graph, outputs.location(), student, "location")
                : null;
        confidence = boxes ? export(graph, outputs.confidence(), student, "confidence") : null;
        segmentation = masks ? export(graph, outputs.segmentation(), student, "segmentation") : null;
        for (int level : levels) {
            maps.add(export(graph, outputs.pyramid().get(level), student, "map_" + level));
        }
        plan = Plan.frozen(graph, device);
    }

    private Tensor export(Graph graph, Tensor output, Graph student, String name) {
        Tensor input = student.input("teacher_" + teacher.task().word() + "_" + name, DataType.FLOAT32, output.shape());
        outputCopies.add(new Copy(graph.keep(output), input));
        return input;
    }

    Teacher teacher() {
        return teacher;
    }

    Plan plan() {
        return plan;
    }

    /** Encoded offsets (N, A, 4), an input of the student's graph; null when not needed, likewise the others. */
    Tensor location() {
        return location;
    }

    /** Class logits (N, A, C). */
    Tensor confidence() {
        return confidence;
    }

    /** Pixels' logits (N, h, w, C). */
    Tensor segmentation() {
        return segmentation;
    }

    /** The maps of the required levels, each (N, H, W, C). */
    List<Tensor> maps() {
        return maps;
    }

    void bind(Device device, Teachers teachers, Program student, Program.Arena arena) {
        program = owned.add(new Program(device, plan, teacher.model().weights(), null, arena));
        List<Command> copies = new ArrayList<>();
        inputCopies.forEach(copy -> copies.add(device.copy(student.memory(copy.from()), program.memory(copy.to()))));
        before = owned.add(device.record(copies));
        copies.clear();
        outputCopies.forEach(copy -> copies.add(device.copy(program.memory(copy.from()), student.memory(copy.to()))));
        after = owned.add(device.record(copies));
        int batch =
                outputCopies.isEmpty() ? 0 : outputCopies.get(0).to().shape().dim(0);
        List<Long> rows =
                outputCopies.stream().map(copy -> copy.to().bytes() / batch).toList();
        cache = rows.isEmpty() ? null : teachers.cache(device, teacher.task(), size, batch, rows);
        access = cache == null
                ? null
                : owned.add(cache.access(outputCopies.stream()
                        .map(copy -> student.memory(copy.to()))
                        .toList()));
    }

    /**
     * Runs the teacher, or reads its outputs from the cache. To be called after the student's inputs were uploaded and
     * before its program runs.
     */
    void run(StagedBatch batch) {
        if (cache != null && cache.load(batch, access)) {
            return;
        }
        before.replay();
        program.run();
        after.replay();
        if (cache != null) {
            cache.store(batch, access);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
