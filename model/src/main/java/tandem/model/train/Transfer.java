package tandem.model.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tandem.engine.Variables;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.ImportReport;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.TensorFile;
import tandem.model.weights.TorchvisionImport;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/**
 * Initial weights of a new run from another run, whose heads and classes may differ. Running statistics are included.
 * All other variables keep their values from the seed.
 *
 * @param file a checkpoint, whose averaged weights are used, or an encoder with torchvision's names, in safetensors or
 *     PyTorch format
 * @param part the part to load
 */
public record Transfer(Path file, Part part) {

    /** Parts of a network that do not depend on its classes. */
    public enum Part {
        /** Only the encoder. */
        ENCODER,
        /** Encoder and neck. */
        ENCODER_AND_NECK;

        private boolean includes(String variable) {
            return variable.startsWith(TorchvisionImport.PREFIX)
                    || this == ENCODER_AND_NECK && variable.startsWith("neck.");
        }
    }

    /** The encoder of {@code file}. */
    public static Transfer encoder(Path file) {
        return new Transfer(file, Part.ENCODER);
    }

    /**
     * Sets the weights of a run and their average; call it before the first step.
     *
     * @return every tensor that was loaded or not
     * @throws WeightsException when the file is damaged, or its encoder or neck differs; nothing is changed then
     */
    public ImportReport apply(TrainingStep step) throws IOException {
        try (TensorFile source = TensorFile.open(file)) {
            return apply(source, part, step);
        }
    }

    /** The same with an open file. */
    static ImportReport apply(TensorFile source, Part part, TrainingStep step) throws IOException {
        ImportReport report;
        if (source instanceof SafetensorsReader reader && NetworkMetadata.isIn(reader)) {
            report = load(reader, part, step);
        } else if (part == Part.ENCODER) {
            report = TorchvisionImport.importEncoder(source, step.variables(), step.weights());
        } else {
            throw new WeightsException(source.file()
                    + ": has no network settings, so it has no neck; give a checkpoint, or load only the encoder");
        }
        step.device().copy(step.weights().all(), step.average().all()).run();
        return report;
    }

    private static ImportReport load(SafetensorsReader reader, Part part, TrainingStep step) throws IOException {
        List<String> differences =
                differences(NetworkMetadata.read(reader), step.network().settings(), part);
        if (!differences.isEmpty()) {
            throw new WeightsException(reader.file() + ": its network differs from the new one in "
                    + String.join(", ", differences) + "; use the same values for the new network");
        }
        ImportReport report = report(reader, part, step.variables());
        if (!report.missing().isEmpty()) {
            throw new WeightsException(reader.file() + ": does not have everything that is to be loaded; "
                    + String.join("; ", report.lines())
                    + (part == Part.ENCODER ? "" : "; it may have only an encoder: leave out the neck"));
        }
        WeightsFile.load(reader, "", step.variables(), step.weights(), part::includes);
        return report;
    }

    /** Tensors of a checkpoint that belong to the training of its network are not mentioned. */
    private static ImportReport report(SafetensorsReader reader, Part part, Variables variables)
            throws WeightsException {
        List<String> wanted = variables.all().stream()
                .map(variable -> variable.tensor().name())
                .filter(part::includes)
                .toList();
        return new ImportReport(
                reader.file(),
                wanted.stream().filter(reader::contains).toList(),
                wanted.stream().filter(name -> !reader.contains(name)).toList(),
                Map.of(),
                reader.names().stream()
                        .filter(name -> !wanted.contains(name) && !name.contains("/"))
                        .toList(),
                NetworkMetadata.trainingNotes(reader));
    }

    /** The settings, with both values, in which such a part of two networks differs; empty if it can be transferred. */
    static List<String> differences(NetworkSettings source, NetworkSettings target, Part part) {
        List<String> differences = new ArrayList<>();
        compare(differences, "encoder", source.encoder(), target.encoder());
        compare(differences, "encoderChannels", source.encoderChannels(), target.encoderChannels());
        if (part == Part.ENCODER_AND_NECK) {
            compare(differences, "neck", source.neck(), target.neck());
            compare(differences, "neckChannels", source.neckChannels(), target.neckChannels());
            compare(differences, "stemPooling", source.stemPooling(), target.stemPooling());
            compare(differences, "pyramid levels", source.levels(), target.levels());
        }
        return differences;
    }

    private static void compare(List<String> differences, String name, Object source, Object target) {
        if (!source.equals(target)) {
            differences.add(name + " (" + source + ", new: " + target + ")");
        }
    }
}
