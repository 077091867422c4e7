package tandem.model.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.settings.TeacherSettings;
import tandem.model.weights.ImportReport;
import tandem.model.weights.SafetensorsReader;

/** Where the encoder of a new network takes its initial values from. */
public sealed interface InitialEncoder {

    /** Random values from the seed of the run. */
    InitialEncoder RANDOM = new Random();

    /** The text that {@link #of} reads. */
    String text();

    /** What identifies its values: the SHA-256 of the file, or nothing for random values. */
    String digest();

    /**
     * Sets the weights of a run before its first step.
     *
     * @param part what to load from a file
     * @return every tensor that was loaded or not; empty for random values
     * @throws IOException when the file is damaged, or its network differs; nothing is changed then
     */
    Optional<ImportReport> apply(TrainingStep step, Transfer.Part part) throws IOException;

    /** Random values. */
    record Random() implements InitialEncoder {
        @Override
        public String text() {
            return "none";
        }

        @Override
        public String digest() {
            return "";
        }

        @Override
        public Optional<ImportReport> apply(TrainingStep step, Transfer.Part part) {
            return Optional.empty();
        }
    }

    /**
     * The encoder that this build contains.
     *
     * @param weights its content
     */
    record Shipped(ShippedWeights weights) implements InitialEncoder {
        @Override
        public String text() {
            return "shipped";
        }

        @Override
        public String digest() {
            return weights.digest();
        }

        @Override
        public Optional<ImportReport> apply(TrainingStep step, Transfer.Part part) throws IOException {
            try (SafetensorsReader reader = weights.open()) {
                return Optional.of(Transfer.apply(reader, part, step));
            }
        }
    }

    /**
     * A checkpoint, or a ResNet of torchvision or timm.
     *
     * @param file as the user named it
     * @param digest SHA-256 of its content
     */
    record FromFile(Path file, String digest) implements InitialEncoder {
        @Override
        public String text() {
            return file.toString();
        }

        @Override
        public Optional<ImportReport> apply(TrainingStep step, Transfer.Part part) throws IOException {
            return Optional.of(new Transfer(file, part).apply(step));
        }
    }

    /**
     * The encoder of a text: {@code none}, {@code shipped} or a file.
     *
     * @throws IOException when the file cannot be read, or this build contains no encoder
     */
    static InitialEncoder of(String text) throws IOException {
        return switch (text) {
            case "none" -> RANDOM;
            case "shipped" -> new Shipped(ShippedWeights.read());
            default -> new FromFile(Path.of(text), TeacherSettings.digest(Path.of(text)));
        };
    }

    /**
     * The shipped encoder where this build contains it and the network has such an encoder; random values otherwise.
     */
    static InitialEncoder standard(NetworkSettings network) throws IOException {
        if (!ShippedWeights.exist()) {
            return RANDOM;
        }
        ShippedWeights weights = ShippedWeights.read();
        try (SafetensorsReader reader = weights.open()) {
            boolean fits = Transfer.differences(NetworkMetadata.read(reader), network, Transfer.Part.ENCODER)
                    .isEmpty();
            return fits ? new Shipped(weights) : RANDOM;
        }
    }
}
