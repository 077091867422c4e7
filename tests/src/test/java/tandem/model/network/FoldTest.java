package tandem.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;

/** The folded network against the one whose normalization is an operation of its own. */
class FoldTest {

    @ParameterizedTest
    @CsvSource({"RESNET18, true, FPN, LIGHT, 96", "RESNET50, false, PAFPN, PUBLISHED, 64"})
    void foldedAndUnfoldedAgree(EncoderType encoder, boolean pooling, NeckType neck, SegmentationType head, int side) {
        Network network = new Network(NetworkSettings.standard(List.of("a", "b"), List.of("c"), side)
                .with(change -> change.encoder(encoder)
                        .encoderChannels(8)
                        .stemPooling(pooling)
                        .neck(neck)
                        .neckChannels(16)
                        .segmentation(head)
                        .segmentationChannels(8)));
        SplittableRandom random = new SplittableRandom(3);
        Variables variables = network.variables();
        Variables folded = network.foldedVariables();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables);
                Weights target = new Weights(device, folded)) {
            weights.initialize(5);
            for (Variables.Variable variable : variables.all()) {
                Tensor tensor = variable.tensor();
                if (tensor.shape().rank() == 1) {
                    float[] values = weights.read(tensor);
                    for (int i = 0; i < values.length; i++) {
                        values[i] += (float)
                                ((random.nextDouble() - 0.5) * (tensor.name().endsWith("running_var") ? 1.5 : 0.4));
                    }
                    weights.write(tensor, FloatBuffer.wrap(values));
                }
            }
            new Fold(network, folded).apply(variables, weights, target);
            List<float[]> expected = run(device, network, variables, weights, side, true);
            List<float[]> actual = run(device, network, folded, target, side, false);
            for (int output = 0; output < 3; output++) {
                double largest = 0;
                double difference = 0;
                for (int i = 0; i < expected.get(output).length; i++) {
                    largest = Math.max(largest, Math.abs(expected.get(output)[i]));
                    difference = Math.max(difference, Math.abs(expected.get(output)[i] - actual.get(output)[i]));
                }
                assertTrue(largest > 1e-3, "output " + output + " is all zero");
                assertEquals(0, difference, 1e-4 * Math.max(1, largest));
            }
        }
    }

    private static List<float[]> run(
            Device device, Network network, Variables variables, Weights weights, int side, boolean normalized) {
        Graph graph = new Graph(variables);
        Tensor images = network.images(graph, 2, side);
        Outputs outputs = normalized ? network.evaluation(graph, images) : network.inference(graph, images);
        List<Tensor> kept = List.of(outputs.location(), outputs.confidence(), outputs.segmentation());
        kept.forEach(graph::keep);
        try (Program program = Program.of(device, graph, weights, null)) {
            SplittableRandom random = new SplittableRandom(9);
            ByteBuffer pixels = direct(images);
            while (pixels.hasRemaining()) {
                pixels.putFloat((float) (4 * random.nextDouble() - 2));
            }
            program.upload(images, pixels.flip());
            program.run();
            List<float[]> values = new ArrayList<>();
            for (Tensor tensor : kept) {
                ByteBuffer bytes = direct(tensor);
                program.download(tensor, bytes.duplicate());
                float[] array = new float[(int) tensor.elements()];
                bytes.asFloatBuffer().get(array);
                values.add(array);
            }
            return values;
        }
    }

    private static ByteBuffer direct(Tensor tensor) {
        return ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
    }
}
