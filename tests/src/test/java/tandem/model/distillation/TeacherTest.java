package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.quantization.QuantizedFile;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.TeacherSettings;
import tandem.model.train.TinyData;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

class TeacherTest {

    @Test
    void anotherMaximumOfPixelsIsReported() {
        NetworkSettings student = NetworkSettings.small(List.of("a"), List.of("a"), 64);
        Path file = Path.of("t.safetensors");
        assertEquals(Optional.empty(), Teacher.otherPixels(file, student.withEncoderChannels(8), student));
        assertEquals(
                Optional.of(
                        "t.safetensors: this teacher was trained with images of at most 5000 pixels; it runs on the "
                                + "student's images, of at most 1048576 pixels"),
                Teacher.otherPixels(file, student.withMaxPixels(5000), student));
    }

    /** A file with layers in int8 is a teacher in float32, and the log states it. */
    @Test
    void layersInInt8AreReported(@TempDir Path folder) throws IOException {
        NetworkSettings settings = TinyData.network(64);
        Path floats = folder.resolve("floats.safetensors");
        Path bytes = folder.resolve("bytes.safetensors");
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            Variables variables = new Network(settings).variables();
            try (Weights weights = new Weights(device, variables)) {
                weights.initialize(3);
                SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), settings);
                WeightsFile.add(writer, "", variables, weights);
                writer.write(floats);
            }
            QuantizedFile.write(
                    floats, QuantizedLayers.of(List.of("encoder.conv1", "segmentation.out")), bytes, device);
            assertEquals(List.of(), notices(device, floats, settings));
            assertEquals(
                    List.of(
                            "WARN " + bytes
                                    + ": this teacher has 2 layers in int8; it runs in float32, from the float32 weights of the file"),
                    notices(device, bytes, settings));
        }
    }

    private static List<String> notices(CpuDevice device, Path file, NetworkSettings student) throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Teacher.load(device, Task.SEGMENTATION, TeacherSettings.of(file), FeatureLossType.NONE, student)
                    .model()
                    .close();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
