package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Path;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/** Files of random weights. */
public final class TinyWeights {

    private TinyWeights() {}

    /** Writes a file whose metadata describes the network by {@code text}. */
    public static Path write(Path file, NetworkSettings settings, String text) throws IOException {
        Variables variables = new Network(settings).variables();
        try (Device device = new CpuDevice();
                Weights weights = new Weights(device, variables)) {
            weights.initialize(1);
            SafetensorsWriter writer = new SafetensorsWriter().put("network", text);
            WeightsFile.add(writer, "", variables, weights);
            writer.write(file);
        }
        return file;
    }
}
