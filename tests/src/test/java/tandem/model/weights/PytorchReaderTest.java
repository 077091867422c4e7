package tandem.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;

/** Files of real PyTorch, made by {@code tests/src/test/python/pytorch_files.py}. */
class PytorchReaderTest {

    @TempDir
    Path folder;

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream stream = PytorchReaderTest.class.getResourceAsStream(name)) {
            Files.copy(stream, file);
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"views.pth", "views-protocol4.pth"})
    void typesStridesOffsetsAndSharedStorages(String name) throws IOException {
        try (TensorFile file = TensorFile.open(resource(name))) {
            assertInstanceOf(PytorchReader.class, file);
            assertEquals(13, file.names().size());
            float[] six = {0, 0.5f, 1, 1.5f, 2, 2.5f};
            for (String type : List.of("plain", "double", "half", "bfloat16")) {
                assertArrayEquals(six, file.readAnyFloat(type, 2, 3), type);
            }
            assertArrayEquals(new float[] {2.5f}, file.readAnyFloat("scalar"));
            assertArrayEquals(new float[0], file.readAnyFloat("empty", 0, 4));
            assertArrayEquals(new float[] {20, 20.5f, 21, 21.5f, 22, 22.5f}, file.readAnyFloat("offset", 6));
            assertArrayEquals(new float[] {0, 1.5f, 0.5f, 2, 1, 2.5f}, file.readAnyFloat("transposed", 3, 2));
            assertArrayEquals(new float[] {0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f}, file.readAnyFloat("every_second", 6));
            assertArrayEquals(new float[] {1.5f, 1.5f, 1.5f, 2, 2, 2}, file.readAnyFloat("expanded", 2, 3));
            float[] all = new float[48];
            for (int i = 0; i < all.length; i++) {
                all[i] = i / 2f;
            }
            assertArrayEquals(all, file.readAnyFloat("channels_last", 2, 3, 2, 4));
            String integer = assertThrows(WeightsException.class, () -> file.readAnyFloat("integer", 3))
                    .getMessage();
            assertTrue(integer.contains("tensor integer is of type LongStorage"), integer);
            String shape = assertThrows(WeightsException.class, () -> file.readAnyFloat("plain", 3, 2))
                    .getMessage();
            assertTrue(shape.contains("has shape [2, 3], expected [3, 2]"), shape);
            String none = assertThrows(WeightsException.class, () -> file.shape("nothing"))
                    .getMessage();
            assertTrue(none.contains("there is no tensor nothing; the file has 13 tensors"), none);
        }
    }

    @Test
    void dictionaryInsideAnother() throws IOException {
        try (TensorFile file = TensorFile.open(resource("wrapped.pth"))) {
            assertEquals(List.of("module.weight", "module.bias"), List.copyOf(file.names()));
            assertArrayEquals(new float[] {0, 0.5f, 1, 1.5f}, file.readAnyFloat("module.weight", 4));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "legacy.pth|written in PyTorch's old format, before version 1.6; write it again",
                "namespace.pth|holds more than tensors: argparse.Namespace (nothing of the file was executed)",
                "tensor.pth|not a dictionary of tensors",
                "script.pth|a TorchScript program"
            })
    void otherContentIsOneClearError(String name, String expected) throws IOException {
        Path file = resource(name);
        String message = assertThrows(WeightsException.class, () -> TensorFile.open(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(expected), message);
    }

    @Test
    void nothingIsExecuted() throws IOException {
        byte[] pickle = "\u0080\2cposix\nsystem\n(X\3\0\0\0trutR.".getBytes(StandardCharsets.ISO_8859_1);
        String message = assertThrows(WeightsException.class, () -> TensorFile.open(archive(pickle)))
                .getMessage();
        assertTrue(message.contains("holds more than tensors: posix.system"), message);
        byte[] instance = "\u0080\2(iposix\nsystem\n.".getBytes(StandardCharsets.ISO_8859_1);
        String code = assertThrows(WeightsException.class, () -> TensorFile.open(archive(instance)))
                .getMessage();
        assertTrue(code.contains("pickle instruction 0x69 at byte 3"), code);
    }

    private Path archive(byte[] pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(pickle);
        }
        Path file = folder.resolve("made.pth");
        Files.write(file, bytes.toByteArray());
        return file;
    }

    @Test
    void aFileThatIsCutShortIsOneClearError() throws IOException {
        byte[] bytes = Files.readAllBytes(resource("views.pth"));
        Path cut = folder.resolve("cut.pth");
        for (int length = 0; length < bytes.length; length += 97) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            WeightsException problem = assertThrows(WeightsException.class, () -> TensorFile.open(cut));
            assertTrue(length < 4 || problem.getMessage().contains("cut short"), problem.getMessage());
        }
    }

    /** Damaged bytes give an error of ours or other tensors, never another exception and never much memory. */
    @Test
    void damagedListsOfTensors() throws IOException {
        byte[] pickle;
        try (ZipFile zip = new ZipFile(resource("views.pth").toFile())) {
            pickle = zip.getInputStream(zip.getEntry("views/data.pkl")).readAllBytes();
        }
        SplittableRandom random = new SplittableRandom(1);
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] damaged = pickle.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try (TensorFile file = TensorFile.open(archive(damaged))) {
                for (String name : file.names()) {
                    file.readAnyFloat(name, 2, 3);
                }
            } catch (WeightsException expected) {
                refused++;
            }
        }
        assertTrue(refused > 500, "refused: " + refused);
    }

    /** The file has ResNet-18 with one channel, as views of one storage whose elements are (index mod 251) / 16. */
    @Test
    void encoderIsImportedWithItsPrefix() throws IOException {
        Path path = resource("encoder.pth");
        NetworkSettings settings = NetworkSettings.small(List.of("a"), List.of(), 64)
                .with(change -> change.encoderChannels(1).neckChannels(4));
        Variables variables = new Network(settings).variables();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables);
                TensorFile file = TensorFile.open(path)) {
            ImportReport report = TorchvisionImport.importEncoder(path, variables, weights);
            assertEquals(100, report.loaded().size());
            assertEquals(22, report.unused().size());
            assertTrue(report.complete() && report.notes().isEmpty());
            assertEquals("loaded: 100 tensors", report.lines().get(0));
            int at = 0;
            for (String name : file.names()) {
                int[] shape = file.shape(name);
                int count = 1;
                for (int dim : shape) {
                    count *= dim;
                }
                if (report.loaded().contains(name)) {
                    Tensor tensor = variables.all().stream()
                            .map(Variables.Variable::tensor)
                            .filter(t -> t.name().equals("encoder." + name.substring("module.".length())))
                            .findFirst()
                            .orElseThrow();
                    float[] found = weights.read(tensor);
                    int area = shape.length == 4 ? shape[2] * shape[3] : 1;
                    int inputs = shape.length == 4 ? shape[1] : 1;
                    for (int i = 0; i < count; i++) {
                        int k = i / (inputs * area);
                        int channel = i / area % inputs;
                        assertEquals((at + i) % 251 / 16f, found[(k * area + i % area) * inputs + channel], name);
                    }
                }
                at += count;
            }
        }
    }

    @Test
    void anotherWidthOrDepthSaysWhatToDo() throws IOException {
        Path path = resource("encoder.pth");
        NetworkSettings wide = NetworkSettings.small(List.of("a"), List.of(), 64)
                .with(change -> change.encoderChannels(2).neckChannels(4));
        Variables variables = new Network(wide).variables();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables)) {
            String message = assertThrows(
                            WeightsException.class, () -> TorchvisionImport.importEncoder(path, variables, weights))
                    .getMessage();
            assertTrue(
                    message.contains("the file has 1 channels after the first convolution, the network 2; "
                            + "train with --encoder resnet18 --encoder-channels 1"),
                    message);
        }
    }

    @Test
    void stemForGrayImagesIsRepeated() throws IOException {
        NetworkSettings settings = NetworkSettings.small(List.of("a"), List.of(), 64)
                .with(change -> change.encoderChannels(1).neckChannels(4));
        Variables variables = new Network(settings).variables();
        SafetensorsWriter writer = new SafetensorsWriter();
        for (Variables.Variable variable : variables.all()) {
            Tensor tensor = variable.tensor();
            if (tensor.name().startsWith("encoder.")) {
                int[] shape = tensor.shape().toArray();
                int[] stored = shape.length == 4 ? new int[] {shape[0], shape[3], shape[1], shape[2]} : shape;
                boolean stem = tensor.name().equals("encoder.conv1.weight");
                if (stem) {
                    stored[1] = 1;
                }
                int count = Arrays.stream(stored).reduce(1, (a, b) -> a * b);
                writer.add(tensor.name().substring("encoder.".length()), stored, () -> {
                    float[] values = new float[count];
                    for (int i = 0; i < count; i++) {
                        values[i] = stem ? 3 * i : 1;
                    }
                    return values;
                });
            }
        }
        Path path = folder.resolve("gray.safetensors");
        writer.write(path);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                Weights weights = new Weights(device, variables)) {
            ImportReport report = TorchvisionImport.importEncoder(path, variables, weights);
            assertTrue(report.notes().get(0).contains("for gray images"), report.notes()::toString);
            float[] stem = weights.read(variables.all().get(0).tensor());
            for (int i = 0; i < stem.length; i++) {
                assertEquals(i / 3, stem[i]);
            }
        }
    }
}
