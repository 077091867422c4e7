package tandem.model.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Quantization;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.LayerObserver;
import tandem.model.network.Network;
import tandem.model.network.QuantizedLayers;
import tandem.model.network.QuantizedLayers.Range;
import tandem.model.train.TinyData;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

class QuantizedNetworkTest {

    private static final String LAST = "segmentation.out";

    @TempDir
    Path folder;

    private final Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
    private ImageCache images;
    private Path file;

    @BeforeEach
    void randomWeights() throws IOException {
        images = TinyData.write(folder.resolve("data"), 2, 70, 50, TinyData.Annotations.BOTH, 12);
        file = write("random.safetensors", Map.of());
    }

    @AfterEach
    void close() {
        MockCuda.stop();
        device.close();
    }

    private Path write(String name, Map<String, String> metadata) throws IOException {
        Path target = folder.resolve(name);
        Network network = new Network(TinyData.network(64));
        Variables variables = network.variables();
        try (Weights weights = new Weights(device, variables)) {
            weights.initialize(5);
            SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), network.settings());
            metadata.forEach(writer::put);
            WeightsFile.add(writer, "", variables, weights);
            writer.write(target);
        }
        return target;
    }

    private void run(FoldedModel model, LayerObserver observer) {
        model.observe(Optional.of(observer));
        DataSetInference.run(model, images.data(), 1, 1, NonMaximumSuppression.Settings.DEFAULT, (sample, found) -> {});
    }

    private static float[] read(tandem.engine.Program program, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes.duplicate());
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static List<float[]> logits(List<float[]> into, FoldedModel model, QuantizedNetworkTest test) {
        test.run(model, (program, layers, outputs) -> into.add(read(program, outputs.segmentation())));
        return into;
    }

    /**
     * The last layer alone on bytes: an input differs from its byte by at most half a step s, a weight by at most half
     * a step t, so a sum over C channels differs by at most C (|w| s / 2 + |x| t / 2 + s t / 4).
     */
    @Test
    void theLastLayerIsWithinTheBoundOfRounding() throws IOException {
        InputRanges inputs = new InputRanges();
        List<float[]> floats = new ArrayList<>();
        List<float[]> maxima = new ArrayList<>();
        List<float[]> bytes = new ArrayList<>();
        try (FoldedModel model = FoldedModel.quantizable(file, device)) {
            run(model, inputs);
            run(model, (program, layers, outputs) -> {
                floats.add(read(program, outputs.segmentation()));
                maxima.add(read(program, layers.get(layers.size() - 1).x()));
            });
            assertEquals(LAST, inputs.layers().get(inputs.layers().size() - 1).name());
            float low = 0;
            float high = 0;
            for (float[] values : maxima) {
                for (float value : values) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
            Range range = new Range(low, high);
            model.quantize(new QuantizedLayers(Map.of(LAST, range), Map.of()));
            logits(bytes, model, this);
            Tensor filter = model.variables().all().stream()
                    .map(Variables.Variable::tensor)
                    .filter(tensor -> tensor.name().equals(LAST + ".weight"))
                    .findFirst()
                    .orElseThrow();
            float[] weights = model.weights().read(filter);
            int classes = filter.shape().dim(0);
            int channels = weights.length / classes;
            double step = Quantization.of(low, high).scale();
            double peak = Math.max(-low, high);
            double[] bound = new double[classes];
            for (int k = 0; k < classes; k++) {
                double largest = 0;
                double sum = 0;
                for (int c = 0; c < channels; c++) {
                    largest = Math.max(largest, Math.abs(weights[k * channels + c]));
                    sum += Math.abs(weights[k * channels + c]);
                }
                double weightStep = largest / device.dnn().maxFilterByte();
                // The zero point is an integer, so that one end of the range may be cut by half a step.
                bound[k] = sum * step + channels * (peak * weightStep / 2 + step * weightStep / 2);
            }
            boolean differs = false;
            for (int image = 0; image < floats.size(); image++) {
                for (int i = 0; i < floats.get(image).length; i++) {
                    double difference = Math.abs(floats.get(image)[i] - bytes.get(image)[i]);
                    assertTrue(difference <= bound[i % classes], "element " + i + ": " + difference);
                    differs |= difference > 0;
                }
            }
            assertTrue(differs, "nothing was quantized");
        }
    }

    @Test
    void allLayersTogetherStayCloseAndTheErrorIsMeasured() throws IOException {
        try (FoldedModel model = FoldedModel.quantizable(file, device)) {
            InputRanges inputs = new InputRanges();
            run(model, inputs);
            RecordedOutputs floats = new RecordedOutputs();
            run(model, floats);
            RecordedOutputs again = new RecordedOutputs();
            run(model, again);
            assertEquals(0, again.error(floats));
            assertEquals(model.network().layers().size(), inputs.layers().size());
            model.quantize(inputs.all());
            RecordedOutputs bytes = new RecordedOutputs();
            run(model, bytes);
            double error = bytes.error(floats);
            assertTrue(error > 0 && error < 0.02, "part of the variance: " + error);
        }
    }

    @Test
    void aFileKeepsLayersAndWeights() throws IOException {
        Path target = folder.resolve("quantized.safetensors");
        QuantizedLayers layers;
        List<float[]> expected = new ArrayList<>();
        try (FoldedModel model = FoldedModel.quantizable(file, device)) {
            InputRanges inputs = new InputRanges();
            run(model, inputs);
            layers = inputs.all();
            assertFalse(layers.residuals().isEmpty());
            model.quantize(layers);
            logits(expected, model, this);
        }
        assertFalse(QuantizedFile.isQuantized(file));
        QuantizedFile.write(file, layers, target, device);
        assertTrue(QuantizedFile.isQuantized(target));
        List<float[]> found = new ArrayList<>();
        try (FoldedModel model = FoldedModel.load(target, device)) {
            assertEquals(layers, model.quantized());
            logits(found, model, this);
        }
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i));
        }
        try (SafetensorsReader before = SafetensorsReader.open(file);
                SafetensorsReader after = SafetensorsReader.open(target)) {
            assertEquals(before.names(), after.names());
            for (String name : before.names()) {
                assertArrayEquals(
                        before.readAnyFloat(name, before.shape(name)), after.readAnyFloat(name, after.shape(name)));
            }
        }
        try (FoldedModel half = FoldedModel.load(target, device, DataType.BFLOAT16)) {
            assertFalse(half.quantized().any());
        }
        MockCuda.start();
        try (Device gpu = CudaDevice.open(
                        0,
                        CudaDevice.Options.standard()
                                .withWorkspaceLimit(1 << 20)
                                .withGraphApi(false));
                FoldedModel model = FoldedModel.load(target, gpu)) {
            assertFalse(model.quantized().any());
            assertEquals(0, gpu.dnn().maxFilterByte());
            assertThrows(UnsupportedOperationException.class, () -> gpu.dnn().quantize(16, Quantization.of(0, 1)));
        }
    }

    /** Files of builds that read residuals in FLOAT32. */
    @Test
    void aFileWithoutRangesOfResidualsHasResidualsInFloat32() throws IOException {
        String text = "{\"ranges\":{\"encoder.layer1.0.conv2\":{\"low\":0,\"high\":2}}}";
        try (FoldedModel model = FoldedModel.load(write("old.safetensors", Map.of("quantization", text)), device)) {
            assertEquals(
                    Map.of("encoder.layer1.0.conv2", new Range(0, 2)),
                    model.quantized().ranges());
            assertEquals(Map.of(), model.quantized().residuals());
        }
        String other = "{\"ranges\":{\"encoder.layer1.1.conv2\":{\"low\":0,\"high\":2}}}";
        Path damaged = write("damaged.safetensors", Map.of("quantization", text, "quantization_residuals", other));
        assertThrows(WeightsException.class, () -> FoldedModel.load(damaged, device));
    }

    @Test
    void damagedListsOfLayersAreRefused() throws IOException {
        for (String text : List.of(
                "",
                "{}",
                "null",
                "{\"ranges\":null}",
                "{\"ranges\":{\"encoder.conv1\":null}}",
                "{\"ranges\":{\"encoder.conv1\":{\"low\":1,\"high\":0}}}",
                "{\"ranges\":{\"encoder.conv1\":{\"low\":0}}}",
                "{\"ranges\":{\"encoder.conv1\":{\"low\":0,\"high\":1e40}}}",
                "{\"ranges\":{\"encoder.conv9\":{\"low\":0,\"high\":1}}}")) {
            Path damaged = write("damaged.safetensors", Map.of("quantization", text));
            WeightsException refused =
                    assertThrows(WeightsException.class, () -> FoldedModel.load(damaged, device), text);
            assertTrue(refused.getMessage().contains("quantization"), refused.getMessage());
        }
    }

    @Test
    void layersWithoutScalesAreRefused() throws IOException {
        try (FoldedModel model = FoldedModel.load(file, device)) {
            assertThrows(
                    IllegalArgumentException.class, () -> model.quantize(QuantizedLayers.of(List.of("encoder.conv1"))));
        }
    }
}
