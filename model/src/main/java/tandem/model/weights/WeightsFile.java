package tandem.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/** Moves {@link Weights} to and from safetensors files, one tensor per variable; filters stay (K, R, S, C). */
public final class WeightsFile {

    private WeightsFile() {}

    /** Adds every variable to {@code writer} as {@code prefix + name}. */
    public static void add(SafetensorsWriter writer, String prefix, Variables variables, Weights weights) {
        add(writer, prefix, variables, weights, name -> true);
    }

    /** The same only for variables whose name passes {@code selected}. */
    public static void add(
            SafetensorsWriter writer, String prefix, Variables variables, Weights weights, Predicate<String> selected) {
        for (Variables.Variable variable : variables.all()) {
            Tensor tensor = variable.tensor();
            if (selected.test(tensor.name())) {
                writer.add(prefix + tensor.name(), tensor.shape().toArray(), () -> weights.read(tensor));
            }
        }
    }

    /**
     * Sets every variable of {@code weights} from the tensor {@code prefix + name}. All tensors are read before the
     * first is written.
     *
     * @throws WeightsException when one is missing, has integers, another shape, or a value that is not finite
     */
    public static void load(SafetensorsReader reader, String prefix, Variables variables, Weights weights)
            throws IOException {
        load(reader, prefix, variables, weights, name -> true);
    }

    /**
     * Compares the shapes of all variables with those in the file, before memory is allocated for them.
     *
     * @throws WeightsException when one is missing or has another shape
     */
    public static void requireShapes(SafetensorsReader reader, Variables variables) throws WeightsException {
        for (Variables.Variable variable : variables.all()) {
            Tensor tensor = variable.tensor();
            int[] found = reader.shape(tensor.name());
            if (!Arrays.equals(found, tensor.shape().toArray())) {
                throw new WeightsException(reader.file() + ": tensor " + tensor.name() + " has shape "
                        + Arrays.toString(found) + ", its network settings need " + tensor.shape()
                        + "; the file is damaged");
            }
        }
    }

    /** The same only for variables whose name passes {@code selected}. */
    public static void load(
            SafetensorsReader reader, String prefix, Variables variables, Weights weights, Predicate<String> selected)
            throws IOException {
        List<Tensor> tensors = variables.all().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> selected.test(tensor.name()))
                .toList();
        List<float[]> values = new ArrayList<>();
        for (Tensor tensor : tensors) {
            String name = prefix + tensor.name();
            float[] read = reader.readAnyFloat(name, tensor.shape().toArray());
            values.add(TensorFile.requireFinite(reader.file(), name, read));
        }
        for (int i = 0; i < values.size(); i++) {
            weights.write(tensors.get(i), FloatBuffer.wrap(values.get(i)));
        }
    }
}
