package tandem.model.pretraining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tandem.model.settings.TeacherSettings;
import tandem.model.weights.SafetensorsReader;

/**
 * The encoder that this build contains: ResNet-18 of half width, pretrained on {@link PretrainingImages} by
 * {@code tandem pretrain}. It is the resource {@link #NAME} beside this class, which is read once into memory; a build
 * without it has no such encoder.
 */
public final class ShippedWeights {

    /** Name of the resource. */
    public static final String NAME = "pretrained.safetensors";

    private final byte[] content;
    private String digest;

    /** @param content the bytes of a safetensors file; not copied */
    public ShippedWeights(byte[] content) {
        this.content = content;
    }

    /** Whether this build contains it. */
    public static boolean exist() {
        return ShippedWeights.class.getResource(NAME) != null;
    }

    /**
     * Reads the resource.
     *
     * @throws IOException when there is none
     */
    public static ShippedWeights read() throws IOException {
        try (InputStream stream = ShippedWeights.class.getResourceAsStream(NAME)) {
            if (stream == null) {
                throw new IOException("this build contains no pretrained encoder; make one with 'tandem pretrain'");
            }
            return new ShippedWeights(stream.readAllBytes());
        }
    }

    /** Its tensors and settings. */
    public SafetensorsReader open() throws IOException {
        return SafetensorsReader.of(Path.of(NAME), ByteBuffer.wrap(content));
    }

    /** SHA-256 of its content, in hexadecimal digits. */
    public synchronized String digest() {
        if (digest == null) {
            digest = TeacherSettings.digest(content);
        }
        return digest;
    }
}
