package tandem.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.declaration.SettingsJson;
import tandem.model.network.NetworkSettings;
import tandem.model.train.TinyData;
import tandem.model.weights.FloatFormat;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/** Weights and settings. */
final class WeightsFuzzTargets {

    private WeightsFuzzTargets() {}

    static List<FuzzTarget> all(Path folder) throws IOException {
        Path weights = folder.resolve("fuzzed.safetensors");
        List<byte[]> settings =
                List.of(text(SettingsJson.write(TinyData.network(64))), text(SettingsJson.write(TinyData.network(96))));
        return List.of(
                new FuzzTarget("safetensors", weights(folder), WeightsException.class, input -> {
                    Files.write(weights, input);
                    try (SafetensorsReader reader = SafetensorsReader.open(weights)) {
                        if (NetworkMetadata.isIn(reader)) {
                            NetworkMetadata.read(reader);
                        }
                        for (String name : reader.names()) {
                            reader.readAnyFloat(name, reader.shape(name));
                        }
                    }
                }),
                new FuzzTarget(
                        "settings",
                        settings,
                        IllegalArgumentException.class,
                        input -> SettingsJson.read(
                                "settings", new String(input, StandardCharsets.UTF_8), NetworkSettings.class)));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> weights(Path folder) throws IOException {
        Path small = folder.resolve("small.safetensors");
        new SafetensorsWriter()
                .put("format", "pt")
                .add("conv.weight", new int[] {2, 3, 1, 1}, () -> new float[] {1, 2, 3, 4, 5, 6})
                .add("conv.bias", new int[] {2}, () -> new float[] {-1, Float.MIN_VALUE})
                .add("scalar", new int[] {}, () -> new float[] {7})
                .write(small);
        Path other = folder.resolve("other.safetensors");
        NetworkMetadata.put(new SafetensorsWriter(), TinyData.network(64))
                .add("half", new int[] {4}, FloatFormat.F16, () -> new float[] {1, 2, 3, 4})
                .write(other);
        return List.of(Files.readAllBytes(small), Files.readAllBytes(other));
    }
}
