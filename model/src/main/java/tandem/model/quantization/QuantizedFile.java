package tandem.model.quantization;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.Network;
import tandem.model.network.QuantizedLayers;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * Files of networks with layers on bytes. They keep the weights in FLOAT32, from which filters are rounded on loading.
 */
public final class QuantizedFile {

    private QuantizedFile() {}

    /** Whether a file has layers on bytes. */
    public static boolean isQuantized(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return NetworkMetadata.quantizedLayers(reader, NetworkMetadata.network(reader))
                    .any();
        }
    }

    /**
     * Writes the weights of a network, without the state of its training, with these layers on bytes; replaces
     * {@code target}, which may be {@code source}.
     */
    public static void write(Path source, QuantizedLayers layers, Path target, Device device) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (SafetensorsReader reader = SafetensorsReader.open(source)) {
            Network network = NetworkMetadata.network(reader);
            Variables variables = network.variables();
            try (Weights weights = new Weights(device, variables)) {
                WeightsFile.load(reader, "", variables, weights);
                SafetensorsWriter writer =
                        NetworkMetadata.put(NetworkMetadata.put(new SafetensorsWriter(), network.settings()), layers);
                WeightsFile.add(writer, "", variables, weights);
                writer.write(part);
            }
        } catch (IOException | RuntimeException | Error problem) {
            Files.deleteIfExists(part);
            throw problem;
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
