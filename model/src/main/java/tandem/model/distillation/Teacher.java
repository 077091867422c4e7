package tandem.model.distillation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.TeacherSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.WeightsException;

/**
 * A trained network in inference form, used as teacher for one task.
 *
 * @param task the task it is used for
 * @param settings its file and the factors of its losses
 * @param network what it is
 * @param variables of its folded form
 * @param model its weights on a device, closed by {@link Teachers}; null when memory is only planned
 */
record Teacher(Task task, TeacherSettings settings, Network network, Variables variables, FoldedModel model) {

    /**
     * Loads a teacher for a student.
     *
     * @throws WeightsException when the file is missing, is not the one that the settings were made with, or does not
     *     fit
     */
    static Teacher load(
            Device device, Task task, TeacherSettings settings, FeatureLossType features, NetworkSettings student)
            throws IOException {
        Path file = Path.of(settings.file());
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": the teacher of " + task.word()
                    + " is missing; restore the file that the run was started with");
        }
        String found = TeacherSettings.digest(file);
        if (!found.equals(settings.sha256())) {
            throw new WeightsException(file + ": the teacher of " + task.word() + " has changed: its SHA-256 is "
                    + found + ", but the run was started with " + settings.sha256() + "; restore that file");
        }
        FoldedModel model = FoldedModel.load(file, device);
        try {
            check(file, task, settings, features, model.network().settings(), student);
        } catch (WeightsException | RuntimeException problem) {
            model.close();
            throw problem;
        }
        Stream.of(otherPixels(file, model.network().settings(), student), inFloat32(file, model.quantized()))
                .flatMap(Optional::stream)
                .forEach(LoggerFactory.getLogger(Teacher.class)::warn);
        return new Teacher(task, settings, model.network(), model.variables(), model);
    }

    /** The same without weights, for a plan of memory. */
    static Teacher planned(Task task, TeacherSettings settings, FeatureLossType features, NetworkSettings student)
            throws IOException {
        Path file = Path.of(settings.file());
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Network network = new Network(NetworkMetadata.read(reader));
            check(file, task, settings, features, network.settings(), student);
            return new Teacher(task, settings, network, network.foldedVariables(), null);
        }
    }

    /** A notice where the teacher's images have another maximum of pixels than the student's. */
    static Optional<String> otherPixels(Path file, NetworkSettings teacher, NetworkSettings student) {
        return teacher.maxPixels() == student.maxPixels()
                ? Optional.empty()
                : Optional.of(file + ": this teacher was trained with images of at most " + teacher.maxPixels()
                        + " pixels; it runs on the student's images, of at most " + student.maxPixels() + " pixels");
    }

    /** A notice where a file has layers in int8, as a teacher forward pass has none. */
    static Optional<String> inFloat32(Path file, QuantizedLayers layers) {
        return layers.any()
                ? Optional.of(file + ": this teacher has " + layers.names().size()
                        + " layers in int8; it runs in float32, from the float32 weights of the file")
                : Optional.empty();
    }

    private static void check(
            Path file,
            Task task,
            TeacherSettings settings,
            FeatureLossType features,
            NetworkSettings teacher,
            NetworkSettings student)
            throws WeightsException {
        boolean boxes = task == Task.DETECTION;
        String what = file + ": the teacher of " + task.word();
        Object own = boxes ? teacher.boxClasses() : teacher.maskClasses();
        Object wanted = boxes ? student.boxClasses() : student.maskClasses();
        boolean outputs = settings.comparesOutputs(features);
        if (outputs && !own.equals(wanted)) {
            throw new WeightsException(
                    what + " has the classes " + own + ", the student " + wanted
                            + "; they must be the same, in the same order; otherwise set the weight of the teacher's outputs to 0");
        }
        if (outputs && boxes && teacher.anchorBase() != student.anchorBase()) {
            throw new WeightsException(what + " has anchors from " + teacher.anchorBase() + " pixels, the student from "
                    + student.anchorBase() + "; train one of them with the other's anchor base");
        }
        if (settings.needsOutputs(features) && !(boxes ? teacher.detects() : teacher.segments())) {
            throw new WeightsException(what + " has no head for this task; use a network that was trained for it");
        }
        if (teacher.levels() != student.levels()) {
            throw new WeightsException(what + " has " + teacher.levels() + " pyramid levels, the student "
                    + student.levels() + "; use input sizes that are both below 512 or both at least 512");
        }
    }
}
