package tandem.model.train;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.ImportReport;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.WeightsException;

/**
 * A new run that starts from a whole trained network, its heads included, on the same or other data. The rows of the
 * last layers that belong to classes of the same name are taken over; those of new classes keep their values from the
 * seed. The optimizer state, the schedule and the average are initialized as in any new run.
 *
 * @param file a checkpoint or a file of weights; its averaged weights are used
 * @param source the settings of its network
 */
public record Continuation(Path file, NetworkSettings source) {

    private static final String BACKGROUND = "background";

    /**
     * Opens a network.
     *
     * @param runOrFile a file, or the folder of a run: the best weights of its validations, else its last checkpoint
     */
    public static Continuation of(Path runOrFile) throws IOException {
        Path file = runOrFile;
        if (Files.isDirectory(runOrFile)) {
            CheckpointStore store = new CheckpointStore(runOrFile);
            file = Files.exists(store.best()) ? store.best() : store.current();
        }
        return new Continuation(file, NetworkMetadata.read(file));
    }

    /** The network of the file with other classes: anchors and everything else stay as they are. */
    public NetworkSettings network(List<String> boxClasses, List<String> maskClasses) {
        return source.withClasses(boxClasses, maskClasses);
    }

    /**
     * Sets the weights of a run and their average; call it before the first step.
     *
     * @return every tensor that was taken over or not, and the differences of the classes
     * @throws WeightsException when the file is damaged, or the network has tensors that it lacks; nothing is changed
     *     then
     */
    public ImportReport apply(TrainingStep step) throws IOException {
        NetworkSettings target = step.network().settings();
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Map<String, String> otherShape = new LinkedHashMap<>();
        Map<Tensor, float[]> values = new LinkedHashMap<>();
        List<String> unused;
        List<String> notes = notes(target);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            notes.addAll(NetworkMetadata.trainingNotes(reader));
            unused = new ArrayList<>(
                    reader.names().stream().filter(name -> !name.contains("/")).toList());
            for (Variables.Variable variable : step.variables().all()) {
                Tensor tensor = variable.tensor();
                String name = tensor.name();
                unused.remove(name);
                int[] stored = storedShape(name, tensor.shape().toArray(), target);
                if (!reader.contains(name)) {
                    missing.add(name);
                } else if (Arrays.equals(reader.shape(name), stored)) {
                    float[] floats = reader.readAnyFloat(name, stored);
                    values.put(
                            tensor,
                            isOfClasses(name)
                                    ? rows(name, floats, step.weights().read(tensor), target)
                                    : floats);
                    loaded.add(name);
                } else {
                    otherShape.put(
                            name,
                            "tensor " + name + " has shape " + Arrays.toString(reader.shape(name)) + ", expected "
                                    + Arrays.toString(stored));
                }
            }
        }
        ImportReport report = new ImportReport(file, loaded, missing, otherShape, unused, notes);
        if (!otherShape.isEmpty() || missing.stream().anyMatch(name -> !mayBeMissing(name))) {
            throw new WeightsException(
                    file + ": its network differs from the new one: " + String.join("; ", report.lines()));
        }
        values.forEach((tensor, floats) -> step.weights().write(tensor, FloatBuffer.wrap(floats)));
        step.device().copy(step.weights().all(), step.average().all()).run();
        return report;
    }

    /** Whether the rows of a variable belong to classes: the last layers of class scores and masks. */
    private static boolean isOfClasses(String name) {
        return name.startsWith("segmentation.out.") || name.matches("detection\\.confidence\\.\\d+\\.out\\..*");
    }

    /**
     * A head of a task that the file does not have, its last layers when they were not stored, and variables outside
     * the network.
     */
    private boolean mayBeMissing(String name) {
        return isOfClasses(name)
                || name.startsWith("distillation.")
                || name.startsWith("detection.") && !source.detects()
                || name.startsWith("segmentation.") && !source.segments();
    }

    /** The shape in the file of a variable of the new network: a last layer has a row for each class of the file. */
    private int[] storedShape(String name, int[] shape, NetworkSettings target) {
        if (isOfClasses(name)) {
            shape[0] = shape[0]
                    / classes(name, target).size()
                    * classes(name, source).size();
        }
        return shape;
    }

    /** Classes of the rows of a last layer. There are several groups of rows for boxes, one for each anchor. */
    private static List<String> classes(String name, NetworkSettings network) {
        return name.startsWith("segmentation.") ? withBackground(network.maskClasses()) : network.boxClasses();
    }

    /** The values of a last layer: rows of the file for classes of the same name, else those of the seed. */
    private float[] rows(String name, float[] old, float[] initial, NetworkSettings target) {
        List<String> from = classes(name, source);
        List<String> to = classes(name, target);
        float[] result = initial.clone();
        int groups = name.startsWith("segmentation.") ? 1 : NetworkSettings.ANCHORS_PER_CELL;
        int row = initial.length / (groups * to.size());
        for (int group = 0; group < groups; group++) {
            for (int i = 0; i < to.size(); i++) {
                int at = from.indexOf(to.get(i));
                if (at >= 0) {
                    System.arraycopy(old, (group * from.size() + at) * row, result, (group * to.size() + i) * row, row);
                }
            }
        }
        return result;
    }

    private static List<String> withBackground(List<String> classes) {
        return Stream.concat(Stream.of(BACKGROUND), classes.stream()).toList();
    }

    private List<String> notes(NetworkSettings target) {
        List<String> notes = new ArrayList<>();
        addClasses(notes, "box", source.boxClasses(), target.boxClasses());
        addClasses(notes, "mask", source.maskClasses(), target.maskClasses());
        if (!source.inputSize().equals(target.inputSize())) {
            notes.add("the input size is " + target.inputSize() + " pixels, that of the file is " + source.inputSize());
        }
        return notes;
    }

    private static void addClasses(List<String> notes, String kind, List<String> from, List<String> to) {
        if (from.isEmpty() || to.isEmpty()) {
            if (!to.isEmpty()) {
                notes.add("the file has no " + kind + " classes; this head starts from initial weights");
            } else if (!from.isEmpty()) {
                notes.add("the data have no " + kind + " classes; this head of the file is left out");
            }
            return;
        }
        List<String> added = to.stream().filter(name -> !from.contains(name)).toList();
        List<String> removed = from.stream().filter(name -> !to.contains(name)).toList();
        notes.add(kind + " classes: " + (to.size() - added.size()) + " of the file are kept"
                + (added.isEmpty() ? "" : ", new: " + String.join(", ", added))
                + (removed.isEmpty() ? "" : ", removed: " + String.join(", ", removed)));
    }
}
