package tandem.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.settings.TeacherSettings;
import tandem.model.weights.ImportReport;

/** Where the encoder of a new network takes its initial values from. */
public sealed interface InitialEncoder {

    /** Random values from the seed of the run. */
    InitialEncoder RANDOM = new Random();

    /** Random values. */
    record Random() implements InitialEncoder {}

    /**
     * The encoder that this build contains, {@link ShippedWeights}.
     *
     * @param sha256 of its content
     */
    record Shipped(String sha256) implements InitialEncoder {}

    /**
     * A checkpoint, or a ResNet of torchvision or timm.
     *
     * @param file as the user named it
     * @param sha256 of its content
     */
    record FromFile(Path file, String sha256) implements InitialEncoder {}

    /**
     * The encoder of a text: {@code none}, {@code shipped} or a file.
     *
     * @throws IOException when the file cannot be read, or this build contains no encoder
     */
    static InitialEncoder of(String text) throws IOException {
        return switch (text) {
            case "none" -> RANDOM;
            case "shipped" -> shipped();
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
        Path file = ShippedWeights.copy();
        try {
            NetworkSettings source = NetworkMetadata.read(file);
            boolean fits =
                    source.encoder() == network.encoder() && source.encoderChannels() == network.encoderChannels();
            return fits ? new Shipped(TeacherSettings.digest(file)) : RANDOM;
        } finally {
            Files.delete(file);
        }
    }

    private static InitialEncoder shipped() throws IOException {
        Path file = ShippedWeights.copy();
        try {
            return new Shipped(TeacherSettings.digest(file));
        } finally {
            Files.delete(file);
        }
    }

    /** The text that {@link #of} reads. */
    default String text() {
        if (this instanceof FromFile from) {
            return from.file().toString();
        }
        return this instanceof Shipped ? "shipped" : "none";
    }

    /** What identifies its values: the SHA-256 of the file, or nothing for random values. */
    default String digest() {
        if (this instanceof FromFile from) {
            return from.sha256();
        }
        return this instanceof Shipped shipped ? shipped.sha256() : "";
    }

    /**
     * Sets the weights of a run before its first step.
     *
     * @param part what to load from a file
     * @return every tensor that was loaded or not; empty for random values
     * @throws IOException when the file is damaged, or its network differs; nothing is changed then
     */
    default Optional<ImportReport> apply(TrainingStep step, Transfer.Part part) throws IOException {
        if (this instanceof FromFile from) {
            return Optional.of(new Transfer(from.file(), part).apply(step));
        }
        if (!(this instanceof Shipped)) {
            return Optional.empty();
        }
        Path file = ShippedWeights.copy();
        try {
            return Optional.of(new Transfer(file, part).apply(step));
        } finally {
            Files.delete(file);
        }
    }
}
