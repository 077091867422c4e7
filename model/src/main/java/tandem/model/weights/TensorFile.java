package tandem.model.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/** An open file of named tensors: safetensors, or PyTorch's zip format. Tensors are read on demand. */
public sealed interface TensorFile extends AutoCloseable permits SafetensorsReader, PytorchReader {

    /**
     * Opens a file; its format is recognized by its first bytes.
     *
     * @throws WeightsException when it is absent, cut short or of another format
     */
    static TensorFile open(Path file) throws IOException {
        byte[] start;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new WeightsException(file + ": is not a regular file");
        }
        try (var stream = Files.newInputStream(file)) {
            start = stream.readNBytes(262);
        } catch (NoSuchFileException absent) {
            throw new WeightsException(file + ": no such file", absent);
        }
        if (start.length >= 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4) {
            return PytorchReader.open(file);
        }
        boolean tar = start.length == 262 && new String(start, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
        if (tar || start.length >= 2 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
            throw new WeightsException(file
                    + ": written in PyTorch's old format, before version 1.6; write it again with "
                    + "PyTorch: torch.save(torch.load('" + file.getFileName() + "', weights_only=True), 'new.pth')");
        }
        return SafetensorsReader.open(file);
    }

    /** The file. */
    Path file();

    /** Names of all tensors. */
    Set<String> names();

    /** Whether there is a tensor of that name. */
    boolean contains(String name);

    /** A tensor's dimensions, outermost first. */
    int[] shape(String name) throws WeightsException;

    /**
     * The values of a tensor in any format of floating-point numbers, row-major.
     *
     * @throws WeightsException when there is no tensor of that name, it has integers, or its shape is not {@code shape}
     */
    float[] readAnyFloat(String name, int... shape) throws IOException;

    /**
     * Rejects weights that are not numbers: a network with them answers 'nothing found' for every image.
     *
     * @return {@code values}
     */
    static float[] requireFinite(Path file, String name, float[] values) throws WeightsException {
        requireFinite(file, name, values, 0, values.length);
        return values;
    }

    /** The same for the first {@code count} of {@code values}, those of the tensor from {@code first} on. */
    static void requireFinite(Path file, String name, float[] values, int first, int count) throws WeightsException {
        int sign = 0;
        for (int i = 0; i < count; i++) {
            // The exponent of what is not finite has only ones, and one more reaches the sign.
            sign |= (Float.floatToRawIntBits(values[i]) & 0x7FFFFFFF) + 0x00800000;
        }
        for (int i = 0; i < count && sign < 0; i++) {
            if (!Float.isFinite(values[i])) {
                throw new WeightsException(file + ": tensor " + name + " has the value " + values[i] + " at element "
                        + (first + i) + "; the training diverged or the file is damaged; use an earlier checkpoint");
            }
        }
    }

    @Override
    void close() throws IOException;
}
