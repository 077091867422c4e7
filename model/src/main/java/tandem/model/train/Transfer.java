package tandem.model.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.TorchvisionImport;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/**
 * Initial weights of a new run from another run, whose heads and classes may differ. Running statistics are included.
 * All other variables keep their values from the seed.
 *
 * @param file a checkpoint, whose averaged weights are used, or an encoder in safetensors format with torchvision's
 *     names
 * @param part the part to load
 */
public record Transfer(Path file, Part part) {

    /** Parts of a network that do not depend on its classes. */
    public enum Part {
        /** Only the encoder. */
        ENCODER,
        /** Encoder and neck. */
        ENCODER_AND_NECK
    }

    /** The encoder of {@code file}. */
    public static Transfer encoder(Path file) {
        return new Transfer(file, Part.ENCODER);
    }

    /**
     * Sets the weights of a run and their average; call it before the first step.
     *
     * @throws WeightsException when the file is damaged, or its encoder or neck differs; nothing is changed then
     */
    public void apply(TrainingStep step) throws IOException {
        boolean checkpoint;
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            checkpoint = NetworkMetadata.isIn(reader);
            if (checkpoint) {
                requireSame(NetworkMetadata.read(reader), step.network().settings());
                WeightsFile.load(reader, "", step.variables(), step.weights(), this::takes);
            } else if (part != Part.ENCODER) {
                throw new WeightsException(file
                        + ": has no network settings, so it has no neck; give a checkpoint, or load only the encoder");
            }
        }
        if (!checkpoint) {
            TorchvisionImport.load(file, step.variables(), step.weights());
        }
        step.device().copy(step.weights().all(), step.average().all()).run();
    }

    private boolean takes(String variable) {
        return variable.startsWith(TorchvisionImport.PREFIX)
                || part == Part.ENCODER_AND_NECK && variable.startsWith("neck.");
    }

    private void requireSame(NetworkSettings source, NetworkSettings target) throws WeightsException {
        List<String> differences = new ArrayList<>();
        compare(differences, "encoder", source.encoder(), target.encoder());
        compare(differences, "encoderChannels", source.encoderChannels(), target.encoderChannels());
        if (part == Part.ENCODER_AND_NECK) {
            compare(differences, "neck", source.neck(), target.neck());
            compare(differences, "neckChannels", source.neckChannels(), target.neckChannels());
            compare(differences, "stemPooling", source.stemPooling(), target.stemPooling());
            compare(differences, "pyramid levels", source.levels(), target.levels());
        }
        if (!differences.isEmpty()) {
            throw new WeightsException(file + ": its network differs from the new one in "
                    + String.join(", ", differences) + "; use the same values for the new network");
        }
    }

    private static void compare(List<String> differences, String name, Object source, Object target) {
        if (!source.equals(target)) {
            differences.add(name + " (" + source + ", new: " + target + ")");
        }
    }
}
