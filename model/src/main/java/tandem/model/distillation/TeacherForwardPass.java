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
import tandem.model.network.Network;
import tandem.model.network.Outputs;
import tandem.model.settings.FeatureLossType;

/**
 * What one teacher says about the batches of one student's program: a program of its own over the same staged pictures,
 * changed in the same way, whose outputs become inputs of the student's graph. It borrows the student's activation
 * memory, since it has finished before the student begins.
 */
final class TeacherForwardPass implements AutoCloseable {

    private record Handed(Tensor from, Tensor to) {}

    private final Teacher teacher;
    private final List<Handed> taken = new ArrayList<>();
    private final List<Handed> given = new ArrayList<>();
    private final Plan plan;
    private final Tensor location;
    private final Tensor confidence;
    private final Tensor segmentation;
    private final List<Tensor> maps = new ArrayList<>();
    private final Resources owned = new Resources();
    private Program program;
    private final int side;
    private TeacherOutputCache cache;
    private TeacherOutputCache.Access access;
    private Recording before;
    private Recording after;

    /**
     * Describes and plans; {@link #bind} gives it memory.
     *
     * @param student the graph that gets the inputs
     * @param inputs of that graph
     * @param side rows and columns of its images
     * @param features how maps are compared
     * @param levels whose maps are wanted
     */
    TeacherForwardPass(
            Device device,
            Teacher teacher,
            Graph student,
            BatchInputs inputs,
            int side,
            FeatureLossType features,
            List<Integer> levels) {
        this.teacher = teacher;
        this.side = side;
        Network network = teacher.network();
        Graph graph = new Graph(teacher.variables());
        Tensor pixels =
                graph.input("pixels", inputs.pixels().type(), inputs.pixels().shape());
        Tensor parameters = graph.input(
                "parameters", inputs.parameters().type(), inputs.parameters().shape());
        taken.add(new Handed(inputs.pixels(), pixels));
        taken.add(new Handed(inputs.parameters(), parameters));
        Outputs outputs = network.inference(graph, Augment.images(graph, pixels, parameters, side));
        boolean spoken = teacher.settings().needsOutputs(features);
        boolean boxes = spoken && teacher.task() == Task.DETECTION;
        boolean masks = spoken && teacher.task() == Task.SEGMENTATION;
        location = boxes && teacher.settings().comparesOutputs(features)
                ? hand(graph, outputs.location(), student, "location")
                : null;
        confidence = boxes ? hand(graph, outputs.confidence(), student, "confidence") : null;
        segmentation = masks ? hand(graph, outputs.segmentation(), student, "segmentation") : null;
        for (int level : levels) {
            maps.add(hand(graph, outputs.pyramid().get(level), student, "map_" + level));
        }
        plan = Plan.frozen(graph, device);
    }

    private Tensor hand(Graph graph, Tensor output, Graph student, String name) {
        Tensor input = student.input("teacher_" + teacher.task().word() + "_" + name, DataType.FLOAT32, output.shape());
        given.add(new Handed(graph.keep(output), input));
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

    /** The wanted levels' maps (N, H, W, C). */
    List<Tensor> maps() {
        return maps;
    }

    void bind(Device device, Teachers teachers, Program student, Program.Arena arena) {
        program = owned.add(new Program(device, plan, teacher.model().weights(), null, arena));
        List<Command> copies = new ArrayList<>();
        taken.forEach(handed -> copies.add(device.copy(student.memory(handed.from()), program.memory(handed.to()))));
        before = owned.add(device.record(copies));
        copies.clear();
        given.forEach(handed -> copies.add(device.copy(program.memory(handed.from()), student.memory(handed.to()))));
        after = owned.add(device.record(copies));
        int batch = given.isEmpty() ? 0 : given.get(0).to().shape().dim(0);
        List<Long> rows =
                given.stream().map(handed -> handed.to().bytes() / batch).toList();
        cache = rows.isEmpty() ? null : teachers.cache(device, teacher.task(), side, batch, rows);
        access = cache == null
                ? null
                : owned.add(cache.access(given.stream()
                        .map(handed -> student.memory(handed.to()))
                        .toList()));
    }

    /** After the student's inputs were uploaded, before its program runs. */
    void run(StagedBatch batch) {
        if (cache != null && cache.recall(batch, access)) {
            return;
        }
        before.replay();
        program.run();
        after.replay();
        if (cache != null) {
            cache.keep(batch, access);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
