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

    /**
     * Copies it to a temporary file, which the caller deletes.
     *
     * @throws IOException when there is none, or the file cannot be written
     */
    public static Path copy() throws IOException {
        try (InputStream stream = ShippedWeights.class.getResourceAsStream(NAME)) {
            if (stream == null) {
                throw new IOException("this build contains no pretrained encoder; make one with 'tandem pretrain'");
            }
            Path file = Files.createTempFile("tandem-pretrained", ".safetensors");
            Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}
