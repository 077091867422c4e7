package tandem.model.distillation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.augment.Augmented;
import tandem.model.augment.BatchInputs;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;

/** All teachers of one student's program, and the losses that make it imitate them. */
public final class Lessons implements AutoCloseable {

    private final DistillationSettings settings;
    private final List<Lesson> lessons = new ArrayList<>();
    private final List<Integer> levels;

    /**
     * Describes and plans the teachers' programs and declares inputs of the student's graph for what they say.
     *
     * @param graph of the student
     * @param inputs of that graph
     * @param side rows and columns of its images
     */
    public Lessons(Device device, Teachers teachers, DistillationSettings settings, NetworkSettings student, Graph graph, BatchInputs inputs,
            int side) {
        this.settings = settings;
        teachers.requireFor(settings);
        levels = settings.levels().isEmpty() ? IntStream.range(0, student.levels()).boxed().toList() : settings.levels();
        levels.stream().filter(level -> level >= student.levels()).findFirst().ifPresent(level -> {
            throw new IllegalArgumentException("level " + level + " cannot be imitated: the network has the levels 0 to " + (student.levels() - 1));
        });
        for (Teacher teacher : teachers.all()) {
            boolean maps = settings.features() != FeatureLossType.NONE && teacher.settings().featureWeight() > 0;
            lessons.add(new Lesson(device, teacher, graph, inputs, side, settings.features(), maps ? levels : List.of()));
        }
    }

    private Lessons() {
        settings = DistillationSettings.none();
        levels = List.of();
    }

    /** Those of nobody. */
    public static Lessons none() {
        return new Lessons();
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
        Tensor images = ImageShares.of(graph, batch.weights(), images(settings.detection()), images(settings.segmentation()));
        Imitation imitation = new Imitation(graph, settings.features(), levels, outputs, batch, images);
        for (Lesson lesson : lessons) {
            losses.computeIfAbsent(lesson.teacher().task(), none -> new ArrayList<>()).addAll(imitation.losses(lesson));
        }
        return losses;
    }

    private static TaughtImages images(TeacherSettings teacher) {
        return teacher == null ? null : teacher.images();
    }

    /** The teachers' plans, to make an arena with. */
    public List<Plan> plans() {
        return lessons.stream().map(Lesson::plan).toList();
    }

    /** Gives the teachers' programs memory: the student's activations, which they overwrite before it runs. */
    public void bind(Device device, Program student, Program.Arena arena) {
        lessons.forEach(lesson -> lesson.bind(device, student, arena));
    }

    /** Asks the teachers about the batch in the student's inputs and puts their answers there; before the student runs. */
    public void run() {
        for (int i = 0; i < lessons.size(); i++) {
            lessons.get(i).run();
        }
    }

    @Override
    public void close() {
        lessons.forEach(Lesson::close);
    }
}
