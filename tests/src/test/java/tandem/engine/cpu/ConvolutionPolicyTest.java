package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Activation;
import tandem.engine.AlgorithmFile;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.dnn.AlgorithmCache;
import tandem.engine.operation.Convolution;

class ConvolutionPolicyTest {

    @TempDir
    Path folder;

    private Path file;
    private String before;

    @BeforeEach
    void ownFile() {
        file = folder.resolve("choices.tsv");
        before = AlgorithmFile.use(file);
    }

    @AfterEach
    void standardFile() {
        AlgorithmFile.restore(before);
    }

    private static CpuDevice device(ConvolutionPolicy policy) {
        return new CpuDevice(CpuDevice.Options.standard().withThreads(1).withConvolutions(policy));
    }

    /** The output of a 3x3 convolution with a constant filter; its key and choice go to {@code choices}. */
    private static float[] convolve(CpuDevice device, Map<String, String> choices, float... filters) {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(1, 8, 8, 4));
        Tensor filter = variables.parameter("filter", Shape.of(4, 3, 3, 4), Variables.Initializer.constant(1));
        Tensor y = graph.keep(Convolution.apply(graph, x, filter, null, 1, 1));
        float[] values = new float[(int) y.elements()];
        try (Weights weights = new Weights(device, variables);
                Program program = Program.of(device, graph, weights, null)) {
            weights.initialize(1);
            program.upload(x, floats(x.bytes(), 1));
            for (float value : filters) {
                device.upload(floats(filter.bytes(), value), weights.of(filter));
                program.run();
            }
            ByteBuffer result = floats(y.bytes(), 0);
            program.download(y, result);
            result.asFloatBuffer().get(values);
            choices.putAll(device.convolutionChoices().algorithms());
        }
        return values;
    }

    private static ByteBuffer floats(long bytes, float value) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i += Float.BYTES) {
            buffer.putFloat(i, value);
        }
        return buffer;
    }

    private static ConvolutionAlgorithm chosen(boolean inference, int channels, double direct, double winograd) {
        return CpuConvolutionSearch.choice(
                        new CpuConvolution(
                                ConvolutionKind.FORWARD,
                                new ConvolutionShape(1, 20, 20, channels, channels, 3, 3, 1, 1),
                                true,
                                false,
                                inference ? Activation.RELU : Activation.NONE),
                        Map.of(ConvolutionAlgorithm.DIRECT, direct, ConvolutionAlgorithm.WINOGRAD4, winograd),
                        2)
                .algorithm();
    }

    @Test
    void largerFiltersOfInferenceMustSaveTime() {
        assertEquals(ConvolutionAlgorithm.DIRECT, chosen(false, 64, 1, 0.98));
        assertEquals(ConvolutionAlgorithm.WINOGRAD4, chosen(false, 64, 1, 0.95));
        assertEquals(ConvolutionAlgorithm.DIRECT, chosen(true, 64, 1, 0.95));
        assertEquals(ConvolutionAlgorithm.WINOGRAD4, chosen(true, 64, 1, 0.85));
        // 24 MiB more must save 2.4 ms, and 10 % beyond that
        assertEquals(ConvolutionAlgorithm.DIRECT, chosen(true, 480, 8, 4.9));
        assertEquals(ConvolutionAlgorithm.WINOGRAD4, chosen(true, 480, 8, 4.7));
        // Blocks of 64 are transformed in each run, so that no larger filters are stored.
        assertEquals(ConvolutionAlgorithm.WINOGRAD4, chosen(true, 512, 8, 4.9));
    }

    @Test
    void choicesAreStoredAndRead() throws IOException {
        Map<String, String> first = new TreeMap<>();
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            convolve(device, first, 1);
        }
        assertEquals(1, first.size());
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size());
        String key = first.keySet().iterator().next();
        assertTrue(lines.get(0).startsWith(key + "\t" + first.get(key) + "\t"));
        Files.writeString(file, key + "\twinograd4\t1.0\t2.0\n");
        Map<String, String> second = new TreeMap<>();
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            convolve(device, second, 1);
        }
        assertEquals(Map.of(key, "winograd4"), second);
    }

    @Test
    void earlierChoicesComeBeforeStoredOnes() throws IOException {
        Map<String, String> first = new TreeMap<>();
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            convolve(device, first, 1);
        }
        String key = first.keySet().iterator().next();
        Map<String, String> second = new TreeMap<>();
        try (CpuDevice device = device(new ConvolutionPolicy.Measured(Map.of(key, "winograd2", "other", "blocked")))) {
            convolve(device, second, 1);
        }
        assertEquals(Map.of(key, "winograd2"), second);
    }

    @Test
    void linesThatAreCutShortOrOfAnotherProcessorAreMeasuredAnew() throws IOException {
        Map<String, String> first = new TreeMap<>();
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            convolve(device, first, 1);
        }
        String key = first.keySet().iterator().next();
        for (String broken : List.of(
                "",
                key,
                key + "\t",
                key + "\twinogr",
                key + "\twinograd4\t1.0",
                "another processor\twinograd4\t1\t2")) {
            Files.writeString(file, broken);
            Map<String, String> again = new TreeMap<>();
            try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
                convolve(device, again, 1);
            }
            assertEquals(first.keySet(), again.keySet());
            assertTrue(Files.readString(file).contains(key + "\t" + again.get(key) + "\t"));
        }
    }

    private static final CpuConvolution SMALL =
            CpuConvolution.of(ConvolutionKind.FORWARD, new ConvolutionShape(1, 8, 8, 4, 4, 3, 3, 1, 1), false);

    private CpuConvolutionSearch search(CpuDevice device, boolean free) {
        return new CpuConvolutionSearch(device, new AlgorithmCache(file), Map.of(), 2, () -> free);
    }

    private Map<String, CpuConvolutionSearch.Choice> stored() {
        return search(null, true).stored();
    }

    /** The choice of a new process with two threads, which have their cores to themselves or not. */
    private ConvolutionAlgorithm choice(boolean free) {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(2))) {
            CpuConvolutionSearch search = search(device, free);
            ConvolutionAlgorithm chosen = search.choose(SMALL).algorithm();
            search.save();
            return chosen;
        }
    }

    @Test
    void choicesAreStoredForTheNumberOfThreadsThatMeasured() throws IOException {
        choice(false);
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size());
        String ofOne = lines.get(0).substring(0, lines.get(0).indexOf('\t'));
        assertTrue(ofOne.endsWith(" threads 1 " + SMALL), ofOne);
        assertEquals(1, stored().get(SMALL.toString()).threads());

        Files.writeString(file, ofOne + "\twinograd4\t1.0\t2.0\n");
        assertEquals(ConvolutionAlgorithm.WINOGRAD4, choice(false), "it serves until the cores are free");
        assertEquals(1, Files.readAllLines(file).size());

        choice(true);
        String ofTwo = ofOne.replace(" threads 1 ", " threads 2 ");
        assertEquals(2, Files.readAllLines(file).size());
        assertTrue(Files.readString(file).contains(ofTwo + "\t"));
        assertEquals(2, stored().get(SMALL.toString()).threads());

        Files.writeString(file, ofOne + "\twinograd4\t1.0\t2.0\n" + ofTwo + "\twinograd2\t1.0\t2.0\n");
        assertEquals(ConvolutionAlgorithm.WINOGRAD2, choice(false));
    }

    @Test
    void aFolderThatCannotBeWrittenCostsTheMeasurementOnly() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        AlgorithmFile.use(folder.resolve("file").resolve("choices.tsv"));
        Map<String, String> choices = new TreeMap<>();
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            assertEquals(36, convolve(device, choices, 1)[4 * 9], 1e-4);
        }
        assertFalse(choices.isEmpty());
    }

    @Test
    void aMeasurementLeavesNoMemoryBehind() {
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED)) {
            convolve(device, new TreeMap<>(), 1);
            assertTrue(device.census().isEmpty(), device.census().toString());
        }
    }

    @Test
    void filtersAreUpToDateAfterAChangeOfTheWeights() {
        for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
            try (CpuDevice device = device(new ConvolutionPolicy.Forced(algorithm))) {
                float[] expected = convolve(device, new TreeMap<>(), 3);
                assertArrayEquals(expected, convolve(device, new TreeMap<>(), 1, 3), algorithm.text());
                assertEquals(3 * 36, expected[4 * 9], 1e-3);
            }
        }
    }
}
