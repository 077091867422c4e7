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
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.DistilledImages;
import tandem.model.settings.TeacherSettings;

/** All teachers of one student's program, and the losses that make it imitate them. */
public final class Distillation implements AutoCloseable {

    private final DistillationSettings settings;
    private final Teachers teachers;
    private final List<TeacherForwardPass> lessons = new ArrayList<>();
    private final List<Integer> levels;
    private final Map<Task, LevelGate> gates = new EnumMap<>(Task.class);
    private List<Tensor> maps = List.of();

    /**
     * Describes and plans the teachers' programs and declares inputs of the student's graph for what they say.
     *
     * @param graph of the student
     * @param inputs of that graph
     * @param side rows and columns of its images
     */
    public Distillation(
            Device device,
            Teachers teachers,
            DistillationSettings settings,
            NetworkSettings student,
            Graph graph,
            BatchInputs inputs,
            int side) {
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
            lessons.add(new TeacherForwardPass(
                    device, teacher, graph, inputs, side, settings.features(), maps ? levels : List.of()));
        }
    }

    private Distillation() {
        settings = DistillationSettings.none();
        teachers = Teachers.none();
        levels = List.of();
    }

    /** Those of nobody. */
    public static Distillation none() {
        return new Distillation();
    }

    /**
     * Appends the losses; each carries its factor already. Adapters become variables of the graph, see {@link Adapter}.
     *
     * @param outputs of the student
     * @param batch its labels
     * @return the losses by the task of their teacher, none without teachers
     */
    public Map<Task, List<Tensor>> append(Graph graph, Outputs outputs, Augmented batch) {
        Map<Task, List<Tensor>> losses = new EnumMap<>(Task.class);
        if (lessons.isEmpty()) {
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
        for (TeacherForwardPass lesson : lessons) {
            losses.computeIfAbsent(lesson.teacher().task(), none -> new ArrayList<>())
                    .addAll(imitation.losses(lesson));
            if (settings.automaticLevels()
                    && settings.comparesMaps(lesson.teacher().settings())) {
                gates.put(
                        lesson.teacher().task(), imitation.gate(lesson.teacher().task()));
            }
        }
        return losses;
    }

    private static DistilledImages images(TeacherSettings teacher) {
        return teacher == null ? null : teacher.images();
    }

    /** The teachers' plans, to make an arena with. */
    public List<Plan> plans() {
        return lessons.stream().map(TeacherForwardPass::plan).toList();
    }

    /** Gives the teachers' programs memory: the student's activations, which they overwrite before it runs. */
    public void bind(Device device, Program student, Program.Arena arena) {
        lessons.forEach(lesson -> lesson.bind(device, teachers, student, arena));
    }

    /**
     * Asks the teachers about the batch in the student's inputs and puts their answers there; before the student runs.
     *
     * @param batch what lies in the student's inputs
     */
    public void run(StagedBatch batch) {
        for (int i = 0; i < lessons.size(); i++) {
            lessons.get(i).run(batch);
        }
    }

    /**
     * How alike the student's maps of the last run and its teachers' are; chooses the levels that count from now on,
     * where that is asked for.
     *
     * @param step that was run
     * @param weights of the student
     */
    public List<LevelSimilarity> measure(long step, Program student, Weights weights) {
        List<LevelSimilarity> measured = new ArrayList<>();
        for (TeacherForwardPass lesson : lessons) {
            Task task = lesson.teacher().task();
            List<Double> similarity = new ArrayList<>();
            for (int i = 0; i < levels.size(); i++) {
                similarity.add(similarity(student, maps.get(i), lesson.maps().get(i)));
            }
            List<Boolean> imitated = Collections.nCopies(
                    levels.size(), settings.comparesMaps(lesson.teacher().settings()));
            LevelGate gate = gates.get(task);
            if (gate != null) {
                imitated = LevelGate.choose(similarity);
                gate.write(weights, imitated);
            }
            measured.add(new LevelSimilarity(step, task, levels, similarity, imitated));
        }
        return measured;
    }

    private static double similarity(Program student, Tensor own, Tensor taught) {
        int rows = Math.toIntExact(own.elements() / own.shape().dim(3));
        return LinearCka.of(
                read(student, own),
                own.shape().dim(3),
                read(student, taught),
                taught.shape().dim(3),
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
        lessons.forEach(TeacherForwardPass::close);
    }
}
