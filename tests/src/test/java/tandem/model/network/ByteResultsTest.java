package tandem.model.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Quantization;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.network.QuantizedLayers.Range;
import tandem.model.train.TinyData;

class ByteResultsTest {

    private final Network network = new Network(TinyData.network(64));

    private Tensor images(Graph graph) {
        return network.images(graph, 1, network.settings().inputSize());
    }

    private Map<String, Quantization> meanings(QuantizedLayers layers) {
        return ByteResults.of(layers, (graph, form) -> network.inference(graph, images(graph), form));
    }

    private Set<String> results(QuantizedLayers layers) {
        return new TreeSet<>(meanings(layers).keySet());
    }

    /** The results of encoder.conv1 and of the first block are residuals too; sums are not on bytes. */
    @Test
    void resultsThatOnlyConvolutionsReadAreBytes() {
        Set<String> found = results(QuantizedLayers.of(network.layers()));
        assertEquals(
                List.of(
                        "encoder.layer1.0.conv1",
                        "encoder.layer1.1.conv1",
                        "encoder.layer1.1.conv2",
                        "encoder.layer2.0.conv1",
                        "encoder.layer2.1.conv1",
                        "encoder.layer2.1.conv2"),
                found.stream()
                        .filter(name -> name.startsWith("encoder.") && name.compareTo("encoder.layer3") < 0)
                        .toList());
        Set<String> segmentation = new TreeSet<>(
                found.stream().filter(name -> name.startsWith("segmentation.")).toList());
        assertTrue(segmentation.containsAll(List.of(
                "segmentation.fuse.0.conv",
                "segmentation.fuse.2.conv",
                "segmentation.upsample",
                "segmentation.branch.1.0.conv",
                "segmentation.upsample.1.1")));
        assertFalse(segmentation.contains("segmentation.branch.1.1.conv"), "it is added");
        assertEquals(0, found.stream().filter(name -> name.endsWith(".out")).count());
    }

    @Test
    void aLayerInFloat32OrWithAnotherRangeReadsFloat32() {
        List<String> block = List.of("encoder.layer1.1.conv2", "encoder.layer2.0.conv1");
        assertEquals(Set.of(), results(QuantizedLayers.of(block)), "the downsampling convolution reads it too");
        String other = "encoder.layer2.0.downsample.0";
        Map<String, Range> ranges = new HashMap<>(
                QuantizedLayers.of(List.of(block.get(0), block.get(1), other)).ranges());
        assertEquals(Set.of(block.get(0)), results(new QuantizedLayers(ranges, Map.of())));
        ranges.put(other, new Range(0, 2));
        assertEquals(Set.of(), results(new QuantizedLayers(ranges, Map.of())));
        assertEquals(Set.of(), results(QuantizedLayers.of(List.of("encoder.layer1.0.conv2"))));
    }

    /** With residuals in bytes, all results of the encoder are bytes but those that the neck reads otherwise. */
    @Test
    void resultsThatAreResidualsAreBytes() {
        Set<String> found = results(new QuantizedLayers(ranges(), ranges()));
        Set<String> encoder = new TreeSet<>(network.layers().stream()
                .filter(name -> name.startsWith("encoder."))
                .toList());
        Set<String> floats = new TreeSet<>(encoder);
        floats.removeAll(found);
        assertEquals(
                Set.of("encoder.conv1", "encoder.layer4.1.conv2"), floats, "one is pooled, the mean of one is read");
        QuantizedLayers other = new QuantizedLayers(ranges(), Map.of("encoder.layer2.1.conv2", new Range(0, 3)));
        assertFalse(results(other).contains("encoder.layer2.0.conv2"), "it is read with two ranges");
    }

    @Test
    void aResidualOfALayerInFloat32IsRefused() {
        Map<String, Range> one = Map.of("encoder.layer1.0.conv2", new Range(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new QuantizedLayers(Map.of(), one));
    }

    /** The same operations with results in FLOAT32 that are then rounded to bytes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOutputsAreTheSame(boolean residuals) {
        QuantizedLayers layers = new QuantizedLayers(ranges(), residuals ? ranges() : Map.of());
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            float[] expected = segmentation(device, layers, Map.of());
            assertArrayEquals(expected, segmentation(device, layers, meanings(layers)));
        }
    }

    /** Steps of 1/64: that a residual in bytes is added in units of its step then rounds nothing. */
    private Map<String, Range> ranges() {
        Map<String, Range> ranges = new HashMap<>();
        network.layers().forEach(name -> ranges.put(name, new Range(-0.5f, -0.5f + 255 / 64f)));
        return ranges;
    }

    private float[] segmentation(Device device, QuantizedLayers layers, Map<String, Quantization> results) {
        Graph graph = new Graph(new Variables());
        Tensor images = images(graph);
        Outputs outputs = network.inference(graph, images, new QuantizedForm(layers, results));
        graph.keep(outputs.segmentation());
        SplittableRandom random = new SplittableRandom(7);
        try (Weights weights = new Weights(device, graph.variables())) {
            for (Variables.Variable variable : graph.variables().all()) {
                float[] values = new float[(int) variable.tensor().elements()];
                boolean scale = variable.tensor().name().endsWith(".scale");
                for (int i = 0; i < values.length; i++) {
                    values[i] = scale ? 0.25f / 63 : (float) (random.nextDouble() - 0.5) / 2;
                }
                weights.write(variable.tensor(), FloatBuffer.wrap(values));
            }
            try (Program program = Program.frozen(device, graph, weights)) {
                ByteBuffer pixels =
                        ByteBuffer.allocateDirect((int) images.bytes()).order(ByteOrder.nativeOrder());
                while (pixels.hasRemaining()) {
                    pixels.putFloat((float) (random.nextDouble() - 0.5));
                }
                program.upload(images, pixels.flip());
                program.run();
                ByteBuffer bytes = ByteBuffer.allocateDirect(
                                (int) outputs.segmentation().bytes())
                        .order(ByteOrder.nativeOrder());
                program.download(outputs.segmentation(), bytes.duplicate());
                float[] values = new float[(int) outputs.segmentation().elements()];
                bytes.asFloatBuffer().get(values);
                return values;
            }
        }
    }
}
