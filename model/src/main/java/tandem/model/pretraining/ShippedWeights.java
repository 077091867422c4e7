package tandem.model.pretraining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The encoder that this build contains: ResNet-18 of half width, pretrained on {@link PretrainingImages} by
 * {@code tandem pretrain}. It is the resource {@link #NAME} beside this class; a build without it has no such encoder.
 */
public final class ShippedWeights {

    /** Name of the resource. */
    public static final String NAME = "pretrained.safetensors";

    private ShippedWeights() {}

    /** Whether this build contains it. */
    public static boolean exist() {
        return ShippedWeights.class.getResource(NAME) != null;
    }

    /** Reads from a file. */
    @FunctionalInterface
    public interface FileReading<T> {
        /** Reads from {@code file}, which exists only during the call. */
        T read(Path file) throws IOException;
    }

    /**
     * Reads from a temporary copy.
     *
     * @throws IOException when there is none, or the file cannot be written
     */
    public static <T> T read(FileReading<T> reading) throws IOException {
        Path file = Files.createTempFile("tandem-pretrained", ".safetensors");
        try (InputStream stream = ShippedWeights.class.getResourceAsStream(NAME)) {
            if (stream == null) {
                throw new IOException("this build contains no pretrained encoder; make one with 'tandem pretrain'");
            }
            Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
            return reading.read(file);
        } finally {
            Files.delete(file);
        }
    }
}
