package tandem.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.FloatFormat;
import tandem.model.weights.SafetensorsWriter;

/**
 * A small file of pretrained weights, to start other runs from: filters in 16 bits, everything else in F32, under the
 * names of the variables, with the settings of the network and facts about its training as metadata.
 */
public final class InitialWeights {

    private static final String FORMAT = "tandem initial weights 1";

    private InitialWeights() {}

    /**
     * Writes some variables of a network.
     *
     * @param facts further strings of the metadata
     * @param selected which variables
     */
    public static void write(
            Path file,
            NetworkSettings network,
            Map<String, String> facts,
            Variables variables,
            Weights weights,
            Predicate<String> selected)
            throws IOException {
        SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter().put("format", FORMAT), network);
        facts.forEach(writer::put);
        for (Variables.Variable variable : variables.all()) {
            Tensor tensor = variable.tensor();
            if (selected.test(tensor.name())) {
                FloatFormat format = tensor.shape().rank() == 4 ? FloatFormat.F16 : FloatFormat.F32;
                writer.add(tensor.name(), tensor.shape().toArray(), format, () -> weights.read(tensor));
            }
        }
        writer.write(file);
    }
}
