package tandem.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.declaration.SettingsJson;
import tandem.model.declaration.StrictJson;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/** Files whose weights or settings cannot be those of a network. */
class DamagedNetworkTest {

    private static final NetworkSettings SETTINGS = NetworkSettings.small(List.of("a"), List.of("a"), 64)
            .with(change -> change.encoderChannels(4).neckChannels(8).segmentationChannels(8));

    record Numbers(int count, List<Integer> values) {}

    @TempDir
    Path root;

    private WeightsException refused(SafetensorsWriter writer) throws IOException {
        Path file = root.resolve("network.safetensors");
        writer.write(file);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            return assertThrows(
                    WeightsException.class, () -> FoldedModel.load(file, device).close());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "[]",
                "{\"encoder\": null}",
                "{\"encoder\": \"resnet18\", \"encoder\": \"resnet34\"}",
                "CHANNELS 2147483647",
                "CHANNELS 1.9",
                "CHANNELS 99999999999",
                "CHANNELS null",
                "CHANNELS 2000000",
                "CLASSES [null]",
                "CLASSES null",
                "CLASSES [[]]"
            })
    @Timeout(20)
    void impossibleSettingsAreRefusedBeforeMemoryIsAllocated(String text) throws IOException {
        String good = SettingsJson.write(SETTINGS);
        String settings = text.startsWith("CHANNELS ")
                ? good.replace("\"encoderChannels\":4", "\"encoderChannels\":" + text.substring(9))
                : text.startsWith("CLASSES ")
                        ? good.replace("\"boxClasses\":[\"a\"]", "\"boxClasses\":" + text.substring(8))
                        : text;
        assertTrue(!settings.equals(good));
        WeightsException refused = refused(new SafetensorsWriter().put("network", settings));
        assertTrue(refused.getMessage().contains("network.safetensors"), refused.getMessage());
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() throws IOException {
        Variables variables = new Network(SETTINGS).variables();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables)) {
            SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), SETTINGS);
            WeightsFile.add(writer, "", variables, weights, name -> !name.endsWith("conv1.weight"));
            int[] place = {0};
            variables.all().stream()
                    .map(variable -> variable.tensor())
                    .filter(tensor -> tensor.name().endsWith("conv1.weight"))
                    .forEach(tensor -> writer.add(tensor.name(), tensor.shape().toArray(), () -> {
                        float[] values = weights.read(tensor);
                        if (place[0]++ == 0) {
                            values[5] = Float.NaN;
                        }
                        return values;
                    }));
            assertTrue(refused(writer).getMessage().contains("has the value NaN at element 5"));
            Path file = root.resolve("network.safetensors");
            assertThrows(WeightsException.class, () -> Inspector.load(file, device));
        }
    }

    @Test
    void stateIsReadStrictly() {
        assertEquals(new Numbers(3, List.of(1)), StrictJson.read("x", "{\"count\":3,\"values\":[1]}", Numbers.class));
        for (String text : List.of(
                "null",
                "{\"count\":1.9,\"values\":[1]}",
                "{\"count\":3,\"values\":[1.9]}",
                "{\"count\":3,\"count\":4,\"values\":[1]}",
                "{\"count\":99999999999,\"values\":[1]}")) {
            assertThrows(IllegalArgumentException.class, () -> StrictJson.read("x", text, Numbers.class), text);
        }
    }
}
