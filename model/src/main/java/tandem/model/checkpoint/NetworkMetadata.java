package tandem.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.model.declaration.SettingsJson;
import tandem.model.declaration.StrictJson;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/** What the metadata of a weights file states about its network; a checkpoint is such a file too. */
public final class NetworkMetadata {

    private static final String KEY = "network";
    private static final String QUANTIZATION = "quantization";
    /** Ranges of residuals; files of earlier versions have none. */
    private static final String RESIDUALS = "quantization_residuals";

    private NetworkMetadata() {}

    private record Ranges(Map<String, QuantizedLayers.Range> ranges) {
        Ranges {
            ranges = new QuantizedLayers(ranges, Map.of()).ranges();
        }
    }

    /** Adds the settings to a file; returns its writer. */
    public static SafetensorsWriter put(SafetensorsWriter writer, NetworkSettings settings) {
        return writer.put(KEY, SettingsJson.write(settings));
    }

    /** Adds the layers that multiply bytes in inference. */
    public static SafetensorsWriter put(SafetensorsWriter writer, QuantizedLayers layers) {
        return writer.put(QUANTIZATION, StrictJson.write(new Ranges(layers.ranges())))
                .put(RESIDUALS, StrictJson.write(new Ranges(layers.residuals())));
    }

    /**
     * The layers that multiply bytes in inference; none in most files.
     *
     * @throws WeightsException when the network has no such layers, or the text does not fit
     */
    public static QuantizedLayers quantizedLayers(SafetensorsReader reader, Network network) throws WeightsException {
        QuantizedLayers layers = quantizedLayers(reader);
        for (String name : layers.names()) {
            if (!network.layers().contains(name)) {
                throw new WeightsException(reader.file() + ": " + QUANTIZATION + ": the network has no layer " + name);
            }
        }
        return layers;
    }

    private static QuantizedLayers quantizedLayers(SafetensorsReader reader) throws WeightsException {
        try {
            return new QuantizedLayers(ranges(reader, QUANTIZATION), ranges(reader, RESIDUALS));
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(reader.file() + ": " + problem.getMessage(), problem);
        }
    }

    private static Map<String, QuantizedLayers.Range> ranges(SafetensorsReader reader, String key) {
        String text = reader.metadata().get(key);
        return text == null
                ? Map.of()
                : StrictJson.read(key, text, Ranges.class).ranges();
    }

    /**
     * Lines for a training that starts from the weights of a file: that layers in int8 are not part of them; none for
     * most files.
     */
    public static List<String> trainingNotes(SafetensorsReader reader) throws WeightsException {
        int layers = quantizedLayers(reader).names().size();
        return layers == 0
                ? List.of()
                : List.of(
                        "layers of the file in int8: " + layers + "; training starts from its float32 weights, and the "
                                + "new network has no layers in int8 until 'tandem quantize' is run on it");
    }

    /** Whether a file has settings of a network. */
    public static boolean isIn(SafetensorsReader reader) {
        return reader.metadata().containsKey(KEY);
    }

    /**
     * Reads the settings.
     *
     * @throws WeightsException when there are none, or they do not fit
     */
    public static NetworkSettings read(SafetensorsReader reader) throws WeightsException {
        String text = reader.metadata().get(KEY);
        if (text == null) {
            throw new WeightsException(reader.file() + ": has no network settings; use a checkpoint of a training run");
        }
        try {
            return SettingsJson.read(reader.file().toString(), text, NetworkSettings.class, NetworkSettings.SCHEMA);
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /**
     * The network of a file, whose variables have the shapes that the file states.
     *
     * @throws WeightsException when there are no settings, or they do not fit the file
     */
    public static Network network(SafetensorsReader reader) throws WeightsException {
        NetworkSettings settings = read(reader);
        try {
            Network network = new Network(settings);
            WeightsFile.requireShapes(reader, network.variables());
            return network;
        } catch (IllegalArgumentException | ArithmeticException problem) {
            throw new WeightsException(
                    reader.file() + ": has impossible network settings: " + problem.getMessage(), problem);
        }
    }

    /** Reads those of a file. */
    public static NetworkSettings read(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return read(reader);
        }
    }
}
