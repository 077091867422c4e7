package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.ConvolutionAlgorithm;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.image.RgbRows;
import tandem.model.train.TinyNetwork;

/** A model gives the memory of its filters back once a program has them in its own layout. */
class FoldedModelTest {

    @TempDir
    Path folder;

    private static RgbRows rows(byte[] rgb, int width) {
        return (y, row, at) -> System.arraycopy(rgb, 3 * width * y, row, at, 3 * width);
    }

    private static List<String> found(FrameInference inference, List<DecodedImage> images) {
        List<String> found = new ArrayList<>();
        for (DecodedImage image : images) {
            Inspection result = inference.inspect(
                    rows(image.rgb(), image.width()), image.width(), image.height(), new Inspection());
            found.add(result.detections() + " " + java.util.Arrays.hashCode(result.maskBytes()));
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource(
            value = ConvolutionAlgorithm.class,
            names = {"DIRECT", "WINOGRAD2", "WINOGRAD4"})
    void oneCopyOfTheFiltersIsInMemory(ConvolutionAlgorithm algorithm) throws IOException {
        TinyNetwork network = TinyNetwork.train(folder, 70, 50, 2);
        List<DecodedImage> images = network.images().data().samples().stream()
                .map(sample -> ImageDecoder.decode(sample.image()))
                .toList();
        Path copy = Files.copy(network.checkpoint(), folder.resolve("copy.safetensors"));
        CpuDevice.Options options =
                CpuDevice.Options.standard().withThreads(1).withConvolutions(new ConvolutionPolicy.Forced(algorithm));
        try (CpuDevice device = new CpuDevice(options);
                FoldedModel model = FoldedModel.load(copy, device);
                FoldedModel other = FoldedModel.load(network.checkpoint(), device)) {
            long all = other.variables().all().stream()
                    .mapToLong(variable -> variable.tensor().bytes())
                    .sum();
            List<String> expected = new ArrayList<>();
            try (InferenceProgram whole = new InferenceProgram(other, 1, 70 * 50, TinyNetwork.LOOSE)) {
                InputImages input = new InputImages(
                        1, 70 * 50, other.network().settings().conversion().placement());
                for (DecodedImage image : images) {
                    input.put(0, image);
                    whole.run(input);
                    Inspection result = new Inspection();
                    whole.read(0, image.width(), image.height(), result);
                    expected.add(result.detections() + " " + java.util.Arrays.hashCode(result.maskBytes()));
                }
            }
            long before = device.census().get("weights");
            try (WholeInference first = new WholeInference(model, TinyNetwork.LOOSE)) {
                assertEquals(expected, found(first, images));
                long released = before - device.census().get("weights");
                assertTrue(released > 0.8 * all, released + " of " + all + " bytes");
                // The filters of a second program come from the file, which is open.
                Files.delete(copy);
                try (WholeInference second = new WholeInference(model, TinyNetwork.LOOSE)) {
                    assertEquals(expected, found(second, images));
                    assertEquals(expected, found(first, images));
                }
            }
            for (Variables.Variable variable : model.variables().all()) {
                Tensor tensor = variable.tensor();
                Tensor same = other.variables().all().stream()
                        .map(Variables.Variable::tensor)
                        .filter(one -> one.name().equals(tensor.name()))
                        .findFirst()
                        .orElseThrow();
                assertArrayEquals(other.weights().read(same), model.weights().read(tensor), tensor.name());
            }
        }
    }

    /** Filters of two networks must never be mixed: the other network has the same shapes and other values. */
    @Test
    void aFileThatWasOverwrittenInPlaceIsNotReadAgain() throws IOException {
        Path checkpoint = TinyNetwork.train(folder, 70, 50, 2).checkpoint();
        for (boolean inPlace : new boolean[] {true, false}) {
            Path file = Files.copy(checkpoint, folder.resolve("line-" + inPlace + ".safetensors"));
            try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                    FoldedModel model = FoldedModel.load(file, device);
                    WholeInference inference = new WholeInference(model, TinyNetwork.LOOSE)) {
                inference.inspect(rows(new byte[3 * 32 * 32], 32), 32, 32, new Inspection());
                if (inPlace) {
                    Files.write(file, Files.readAllBytes(checkpoint));
                    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
                    String message = assertThrows(UncheckedIOException.class, model::weights)
                            .getMessage();
                    assertTrue(message.contains(file + ": was overwritten while it was open"), message);
                    inference.inspect(rows(new byte[3 * 32 * 32], 32), 32, 32, new Inspection());
                } else {
                    Path other = Files.copy(checkpoint, folder.resolve("other.safetensors"));
                    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
                    model.weights();
                }
            }
        }
    }

    /** A larger frame than the first needs no new program, and so no new arrangement of filters. */
    @Test
    void framesOfAllSizesShareAProgram() throws IOException {
        TinyNetwork network = TinyNetwork.train(folder, 70, 50, 2);
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                FoldedModel model = FoldedModel.load(network.checkpoint(), device);
                WholeInference inference = new WholeInference(model, TinyNetwork.LOOSE)) {
            byte[] rgb = new byte[3 * 640 * 480];
            inference.inspect(rows(rgb, 32), 32, 32, new Inspection());
            long prepared = device.census().get("prepared filters");
            long inputs = device.census().get("inputs and constants");
            inference.inspect(rows(rgb, 640), 640, 480, new Inspection());
            assertEquals(prepared, device.census().get("prepared filters"));
            assertEquals(inputs, device.census().get("inputs and constants"));
            assertEquals(2, inference.allocations());
        }
    }
}
