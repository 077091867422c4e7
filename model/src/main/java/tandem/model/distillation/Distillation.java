package tandem.model.distillation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Weights;
import tandem.engine.operation.Cast;
import tandem.model.augment.Augmented;
import tandem.model.augment.BatchInputs;
import tandem.model.batch.StagedBatch;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.DistilledImages;
import tandem.model.settings.TeacherSettings;

/** The teacher forward passes of one student's program, and its distillation losses. */
public final class Distillation implements AutoCloseable {

    private final DistillationSettings settings;
    private final Teachers teachers;
    private final List<TeacherForwardPass> passes = new ArrayList<>();
    private final List<Integer> levels;
    private final Map<Task, LevelGate> gates = new EnumMap<>(Task.class);
    private List<Tensor> maps = List.of();

    /**
     * Describes and plans the teachers' programs and declares the inputs of the student's graph that receive the
     * teachers' outputs.
     *
     * @param graph of the student
     * @param inputs of that graph
     * @param size of its images
     */
    public Distillation(
            Device device,
            Teachers teachers,
            DistillationSettings settings,
            NetworkSettings student,
            Graph graph,
            BatchInputs inputs,
            PixelSize size) {
        this.settings = settings;
        this.teachers = teachers;
        teachers.requireFor(settings);
        levels = settings.levels().isEmpty()
                ? IntStream.range(0, student.levels()).boxed().toList()
                : settings.levels();
        levels.stream().filter(level -> level >= student.levels()).findFirst().ifPresent(level -> {
            throw new IllegalArgumentException("level " + level
                    + " cannot be imitated: the network has the levels 0 to " + (student.levels() - 1));
        });
        for (Teacher teacher : teachers.all()) {
            boolean maps = settings.comparesMaps(teacher.settings()) || settings.similarityEvery() > 0;
            passes.add(new TeacherForwardPass(
                    device, teacher, graph, inputs, size, settings.features(), maps ? levels : List.of()));
        }
    }

    private Distillation() {
        settings = DistillationSettings.none();
        teachers = Teachers.none();
        levels = List.of();
    }

    /** No teachers. */
    public static Distillation none() {
        return new Distillation();
    }

    /**
     * Appends the losses; their factors are applied already. Adapters become variables of the graph, see
     * {@link Adapter}.
     *
     * @param outputs of the student
     * @param batch its labels
     * @return the losses by the task of their teacher; empty without teachers
     */
    public Map<Task, List<Tensor>> append(Graph graph, Outputs outputs, Augmented batch) {
        Map<Task, List<Tensor>> losses = new EnumMap<>(Task.class);
        if (passes.isEmpty()) {
            return losses;
        }
        Tensor images = DistilledImageWeights.of(
                graph, batch.weights(), images(settings.detection()), images(settings.segmentation()));
        maps = levels.stream()
                .map(level -> Cast.to(graph, outputs.pyramid().get(level), DataType.FLOAT32))
                .toList();
        if (settings.similarityEvery() > 0) {
            maps.forEach(graph::keep);
        }
        Imitation imitation = new Imitation(graph, settings, levels, outputs, maps, batch, images);
        for (TeacherForwardPass pass : passes) {
            losses.computeIfAbsent(pass.teacher().task(), none -> new ArrayList<>())
                    .addAll(imitation.losses(pass));
            if (settings.automaticLevels()
                    && settings.comparesMaps(pass.teacher().settings())) {
                gates.put(pass.teacher().task(), imitation.gate(pass.teacher().task()));
            }
        }
        return losses;
    }

    private static DistilledImages images(TeacherSettings teacher) {
        return teacher == null ? null : teacher.images();
    }

    /** The teachers' plans, from which the arena is sized. */
    public List<Plan> plans() {
        return passes.stream().map(TeacherForwardPass::plan).toList();
    }

    /**
     * Assigns memory to the teachers' programs: the student's activation memory, which they overwrite before the
     * student runs.
     */
    public void bind(Device device, Program student, Program.Arena arena) {
        passes.forEach(pass -> pass.bind(device, teachers, student, arena));
    }

    /**
     * Runs the teachers on the batch in the student's inputs and writes their outputs to the student's inputs. To be
     * called before the student runs.
     *
     * @param batch the batch in the student's inputs
     */
    public void run(StagedBatch batch) {
        for (int i = 0; i < passes.size(); i++) {
            passes.get(i).run(batch);
        }
    }

    /**
     * The similarity of the feature maps of student and teachers in the last run. Selects the levels of the next steps
     * when the settings require it.
     *
     * @param step that was run
     * @param weights of the student
     */
    public List<LevelSimilarity> measure(long step, Program student, Weights weights) {
        List<LevelSimilarity> measured = new ArrayList<>();
        for (TeacherForwardPass pass : passes) {
            Task task = pass.teacher().task();
            List<Double> similarity = new ArrayList<>();
            for (int i = 0; i < levels.size(); i++) {
                similarity.add(similarity(student, maps.get(i), pass.maps().get(i)));
            }
            List<Boolean> imitated = Collections.nCopies(
                    levels.size(), settings.comparesMaps(pass.teacher().settings()));
            LevelGate gate = gates.get(task);
            if (gate != null) {
                imitated = LevelGate.choose(similarity);
                gate.write(weights, imitated);
            }
            measured.add(new LevelSimilarity(step, task, levels, similarity, imitated));
        }
        return measured;
    }

    private static double similarity(Program student, Tensor own, Tensor teacher) {
        int rows = Math.toIntExact(own.elements() / own.shape().dim(3));
        return LinearCka.of(
                read(student, own),
                own.shape().dim(3),
                read(student, teacher),
                teacher.shape().dim(3),
                rows);
    }

    private static FloatBuffer read(Program program, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes);
        return bytes.rewind().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public void close() {
        passes.forEach(TeacherForwardPass::close);
    }
}
