package tandem.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * Loads an encoder from a safetensors file with torchvision's names: filters are transposed from (K, C, R, S) into (K,
 * R, S, C), the classifier {@code fc} is left out. The names are those of the variables without {@link #PREFIX}.
 */
public final class TorchvisionImport {

    /** Prefix of the encoder's variables before torchvision's names. */
    public static final String PREFIX = "encoder.";

    private TorchvisionImport() {}

    /**
     * Sets every encoder variable of {@code weights} from {@code file}.
     *
     * @return names in the file that were not used, {@code fc} and the batch counters included
     * @throws WeightsException when a variable is missing in the file or has another shape; nothing is written then
     */
    public static List<String> load(Path file, Variables variables, Weights weights) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            List<Tensor> tensors = new ArrayList<>();
            List<float[]> values = new ArrayList<>();
            List<String> unused = new ArrayList<>(reader.names());
            for (Variables.Variable variable : variables.all()) {
                Tensor tensor = variable.tensor();
                if (tensor.name().startsWith(PREFIX)) {
                    String name = tensor.name().substring(PREFIX.length());
                    tensors.add(tensor);
                    values.add(read(reader, name, tensor.shape()));
                    unused.remove(name);
                }
            }
            if (tensors.isEmpty()) {
                throw new IllegalArgumentException("no variable's name starts with " + PREFIX);
            }
            for (int i = 0; i < tensors.size(); i++) {
                weights.write(tensors.get(i), FloatBuffer.wrap(values.get(i)));
            }
            return unused;
        }
    }

    private static float[] read(SafetensorsReader reader, String name, Shape shape) throws IOException {
        if (shape.rank() != 4) {
            return reader.read(name, shape.toArray());
        }
        int k = shape.dim(0);
        int r = shape.dim(1);
        int s = shape.dim(2);
        int c = shape.dim(3);
        return channelsLast(reader.read(name, k, c, r, s), k, c, r * s);
    }

    /** (K, C, area) to (K, area, C). */
    static float[] channelsLast(float[] filter, int k, int c, int area) {
        float[] result = new float[filter.length];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < c; j++) {
                for (int p = 0; p < area; p++) {
                    result[(i * area + p) * c + j] = filter[(i * c + j) * area + p];
                }
            }
        }
        return result;
    }
}
