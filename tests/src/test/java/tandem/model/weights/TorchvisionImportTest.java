package tandem.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;

class TorchvisionImportTest {

    private static final NetworkSettings SETTINGS = NetworkSettings.small(List.of("pit"), List.of("pit"), 64);

    @TempDir
    Path folder;

    /** The value of element (k, c, r, s) of a filter, or of element k of a vector, in a file of torchvision. */
    private static float value(String name, int k, int c, int r, int s) {
        return name.hashCode() % 97 + 0.5f * k - 0.25f * c + 0.125f * r + 0.0625f * s;
    }

    /**
     * A file as torchvision's state dictionary becomes one: filters (K, C, R, S), the classifier, no batch counters.
     */
    private SafetensorsWriter file(Variables variables, int extraChannels) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (Variables.Variable variable : variables.all()) {
            String name = variable.tensor().name();
            Shape shape = variable.tensor().shape();
            if (!name.startsWith("encoder.")) {
                continue;
            }
            String plain = name.substring("encoder.".length());
            int k = shape.dim(0);
            int c = shape.rank() == 4 ? shape.dim(3) + extraChannels : 1;
            int r = shape.rank() == 4 ? shape.dim(1) : 1;
            int s = shape.rank() == 4 ? shape.dim(2) : 1;
            float[] values = new float[k * c * r * s];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(plain, i / (c * r * s), i / (r * s) % c, i / s % r, i % s);
            }
            writer.add(plain, shape.rank() == 4 ? new int[] {k, c, r, s} : new int[] {k}, () -> values);
        }
        return writer.add("fc.weight", new int[] {2, 3}, () -> new float[6])
                .add("fc.bias", new int[] {2}, () -> new float[2]);
    }

    @Test
    void everyEncoderVariableIsSetAndNothingElse() throws IOException {
        Path path = folder.resolve("resnet18.safetensors");
        Variables variables = new Network(SETTINGS).variables();
        file(variables, 0).write(path);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables)) {
            weights.initialize(1);
            Tensor neck = variables.all().stream()
                    .map(Variables.Variable::tensor)
                    .filter(t -> t.name().equals("neck.fpn.0.conv.weight"))
                    .findFirst()
                    .orElseThrow();
            float[] before = weights.read(neck);
            assertEquals(List.of("fc.weight", "fc.bias"), TorchvisionImport.load(path, variables, weights));
            assertArrayEquals(before, weights.read(neck));
            for (Variables.Variable variable : variables.all()) {
                Tensor tensor = variable.tensor();
                if (tensor.name().startsWith("encoder.")) {
                    String plain = tensor.name().substring("encoder.".length());
                    float[] values = weights.read(tensor);
                    boolean filter = tensor.shape().rank() == 4;
                    int r = filter ? tensor.shape().dim(1) : 1;
                    int s = filter ? tensor.shape().dim(2) : 1;
                    int c = filter ? tensor.shape().dim(3) : 1;
                    for (int i = 0; i < values.length; i++) {
                        assertEquals(
                                value(plain, i / (r * s * c), i % c, i / (s * c) % r, i / c % s),
                                values[i],
                                tensor.name());
                    }
                }
            }
        }
    }

    @Test
    void anotherNetworkIsNamedAndNothingIsWritten() throws IOException {
        Path path = folder.resolve("wide.safetensors");
        Variables variables = new Network(SETTINGS).variables();
        file(variables, 1).write(path);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables)) {
            String message = assertThrows(
                            WeightsException.class, () -> TorchvisionImport.load(path, variables, weights))
                    .getMessage();
            assertTrue(
                    message.contains("tensor conv1.weight has shape [32, 4, 7, 7], expected [32, 3, 7, 7]"), message);
            for (float value : weights.read(variables.all().get(0).tensor())) {
                assertEquals(0, value);
            }
        }
    }

    @Test
    void aWeightsFileOfAnotherNetworkNamesTheTensorAndBothShapes() throws IOException {
        Path path = folder.resolve("weights.safetensors");
        Variables small = new Network(SETTINGS).variables();
        Variables other = new Network(SETTINGS.withClasses(List.of("pit", "dent"), List.of("pit"))).variables();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights from = new Weights(device, small);
                Weights same = new Weights(device, small);
                Weights to = new Weights(device, other)) {
            from.initialize(3);
            SafetensorsWriter writer = new SafetensorsWriter();
            WeightsFile.add(writer, "", small, from);
            writer.write(path);
            try (SafetensorsReader reader = SafetensorsReader.open(path)) {
                WeightsFile.load(reader, "", small, same);
                for (Variables.Variable variable : small.all()) {
                    assertArrayEquals(from.read(variable.tensor()), same.read(variable.tensor()));
                }
                String message = assertThrows(WeightsException.class, () -> WeightsFile.load(reader, "", other, to))
                        .getMessage();
                assertTrue(
                        message.contains(
                                "detection.confidence.0.out.weight has shape [6, 1, 1, 64], expected [12, 1, 1, 64]"),
                        message);
            }
        }
    }
}
