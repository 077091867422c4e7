package tandem.bench.gpu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * Writes the weights of a network, an input and its outputs to one safetensors file, so that a peer can be compared:
 * the tensors {@code check.images}, {@code check.location}, {@code check.confidence} and {@code check.segmentation}
 * beside the variables.
 */
final class ReferencePart {

    private ReferencePart() {}

    static void run(Settings settings) throws IOException {
        Path file = Path.of(settings.text("file", "reference.safetensors"));
        NetworkSettings described = settings.network();
        try (Device device = settings.open()) {
            settings.requireAllRead();
            Network network = new Network(described);
            Variables variables = network.variables();
            Graph graph = new Graph(variables);
            Tensor images = network.images(graph, 1, described.inputSize());
            Outputs outputs = network.evaluation(graph, images);
            Map<String, Tensor> checked = new LinkedHashMap<>();
            checked.put("check.images", images);
            checked.put("check.location", graph.keep(outputs.location()));
            checked.put("check.confidence", graph.keep(outputs.confidence()));
            checked.put("check.segmentation", graph.keep(outputs.segmentation()));
            try (Weights weights = new Weights(device, variables);
                    Program program = Program.of(device, graph, weights, null)) {
                weights.initialize(1);
                program.upload(images, noise(images));
                program.run();
                SafetensorsWriter writer = new SafetensorsWriter();
                WeightsFile.add(writer, "", variables, weights);
                checked.forEach(
                        (name, tensor) -> writer.add(name, tensor.shape().toArray(), () -> read(program, tensor)));
                writer.write(file);
            }
            GpuCheck.print(GpuCheck.line()
                    .put("file", file.toString())
                    .put("parameters", variables.parameterElements())
                    .put("device", device.description()));
        }
    }

    private static ByteBuffer noise(Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        SplittableRandom random = new SplittableRandom(2);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) random.nextDouble(-2, 2));
        }
        return bytes.flip();
    }

    private static float[] read(Program program, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes.duplicate());
        float[] values = new float[Math.toIntExact(tensor.elements())];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
