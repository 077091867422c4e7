package tandem.model.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.TestMemory;
import tandem.model.data.DecodedImage;
import tandem.model.explain.MapName.Part;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.train.TinyData;

class ExplainerTest {

    private static final int SIDE = 64;
    private static final NetworkSettings SETTINGS = TinyData.network(SIDE);
    private static Device device;

    @BeforeAll
    static void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static Tensor variable(Variables variables, String name) {
        return variables.all().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static FoldedModel model(NetworkSettings settings) {
        Network network = new Network(settings);
        Variables variables = network.variables();
        try (Weights weights = new Weights(device, variables)) {
            weights.initialize(4);
            return new FoldedModel(device, network, variables, weights);
        }
    }

    private static DecodedImage image(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (random.nextInt(80) + (i / 3 % width < width / 2 ? 150 : 20));
        }
        return new DecodedImage(width, height, 1, width, height, rgb, null);
    }

    private static void write(FoldedModel model, String name, float[] values) {
        model.weights().write(variable(model.variables(), name), FloatBuffer.wrap(values));
    }

    private static float[] read(FoldedModel model, String name) {
        return model.weights().read(variable(model.variables(), name));
    }

    /** One channel through, the others 0: a 3x3 filter whose middle is 1 where input and output are {@code channel}. */
    private static float[] pass(int channels, int channel) {
        float[] filter = new float[channels * 9 * channels];
        filter[(channel * 9 + 4) * channels + channel] = 1;
        return filter;
    }

    /**
     * The towers of level 0 pass channel 3 on to the logit of class 1 of the first anchor, all other logits are below.
     * So each selected cell has a gradient of 1 in that channel, its mean is their share of all cells, and the heat is
     * that share times the channel.
     */
    @Test
    void handSetWeightsGiveTheExpectedHeatMap() {
        try (FoldedModel model = model(SETTINGS)) {
            for (int level = 0; level < 4; level++) {
                String tower = "detection.confidence." + level;
                write(model, tower + ".0.conv.weight", pass(16, 3));
                write(model, tower + ".1.conv.weight", pass(16, 3));
                write(model, tower + ".0.conv.bias", new float[16]);
                write(model, tower + ".1.conv.bias", new float[16]);
                float[] out = new float[12 * 16];
                float[] bias = new float[12];
                java.util.Arrays.fill(bias, -20);
                if (level == 0) {
                    out[16 + 3] = 1;
                    bias[1] = 0;
                }
                write(model, tower + ".out.weight", out);
                write(model, tower + ".out.bias", bias);
            }
            // The map itself: 1 in the left part of the image, so that logits are positive somewhere.
            float[] lift = read(model, "neck.fpn.0.conv.bias");
            lift[3] += 1;
            write(model, "neck.fpn.0.conv.bias", lift);
            try (Explainer explainer = new Explainer(model, SIDE * SIDE)) {
                explainer.run(image(SIDE, SIDE));
                MapName name = new MapName(Part.NECK, 0);
                Evidence evidence =
                        explainer.box(1, List.of(name, new MapName(Part.NECK, 1), new MapName(Part.NECK, MapName.ALL)));
                MapValues map = explainer.values(name);
                double best = 0;
                double[] logits = new double[64];
                for (int cell = 0; cell < 64; cell++) {
                    double x = map.values()[16 * cell + 3];
                    logits[cell] = x > 0 ? x : 0.01 * x;
                    best = Math.max(best, 1 / (1 + Math.exp(-logits[cell])));
                }
                assertEquals(best, evidence.share(), 1e-6);
                double share = 0;
                for (double logit : logits) {
                    double slope = logit > 0 ? 1 : 0.01;
                    share += 1 / (1 + Math.exp(-logit)) >= best / 2 ? slope / 64 : 0;
                }
                assertTrue(share > 0.2, "share " + share);
                HeatValues heat = evidence.heat().get(name);
                for (int cell = 0; cell < 64; cell++) {
                    assertEquals(Math.max(0, share * map.values()[16 * cell + 3]), heat.values()[cell], 1e-5);
                }
                assertArrayEquals(
                        new float[16],
                        evidence.heat().get(new MapName(Part.NECK, 1)).values());
                assertArrayEquals(
                        heat.values(),
                        evidence.heat().get(new MapName(Part.NECK, MapName.ALL)).values());
            }
        }
    }

    /**
     * A bias of the last layer before a pyramid map moves each cell of one channel by the slope of the activation, so
     * the derivative of the explained sum by it is the sum of the gradient times that slope.
     */
    @Test
    void gradientsOfBothTasksAgreeWithDifferences() {
        try (FoldedModel model = model(SETTINGS);
                Explainer explainer = new Explainer(model, SIDE * SIDE)) {
            // Logits near 0 have the smallest rounding errors.
            for (int level = 0; level < 4; level++) {
                write(model, "detection.confidence." + level + ".out.bias", new float[12]);
            }
            DecodedImage picture = image(SIDE, SIDE);
            explainer.run(picture);
            for (boolean mask : new boolean[] {false, true}) {
                MapName name = new MapName(Part.NECK, mask ? 1 : 0);
                if (mask) {
                    explainer.mask(1, List.of(name));
                } else {
                    explainer.box(0, List.of(name));
                }
                float[] first = mask ? explainer.maskLogits() : explainer.boxLogits();
                ExplainedLogits selection =
                        mask ? ExplainedLogits.pixels(first, 3, 1) : ExplainedLogits.boxes(first, 2, 0);
                MapValues map = explainer.values(name);
                MapValues gradient = mask ? explainer.maskGradient(name) : explainer.boxGradient(name);
                DoubleSupplier explained = () -> {
                    explainer.run(picture);
                    float[] logits = mask ? explainer.maskLogits() : explainer.boxLogits();
                    double sum = 0;
                    for (int i = 0; i < logits.length; i++) {
                        sum += (double) selection.values()[i] * logits[i];
                    }
                    return sum;
                };
                String bias = "neck.fpn." + name.level() + ".conv.bias";
                float[] values = read(model, bias);
                double difference = 0;
                double size = 0;
                for (int channel = 0; channel < 16; channel++) {
                    double expected = 0;
                    for (int i = channel; i < map.values().length; i += 16) {
                        expected += gradient.values()[i] * (map.values()[i] > 0 ? 1 : 0.1);
                    }
                    // Rounding dominates below 2e-3: a tenth of the step has ten times the difference.
                    double step = 1e-2;
                    double[] sums = new double[2];
                    for (int sign = 0; sign < 2; sign++) {
                        float[] moved = values.clone();
                        moved[channel] += (float) (sign == 0 ? step : -step);
                        write(model, bias, moved);
                        sums[sign] = explained.getAsDouble();
                    }
                    write(model, bias, values);
                    double actual = (sums[0] - sums[1]) / (2 * step);
                    difference += Math.pow(actual - expected, 2);
                    size += expected * expected;
                }
                assertTrue(size > 0);
                assertTrue(
                        Math.sqrt(difference / size) < 0.02,
                        (mask ? "mask: " : "boxes: ") + Math.sqrt(difference) + " of " + Math.sqrt(size));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,50", "300,7", "64,64"})
    void imagesOfAnySizeAreExplained(int width, int height) {
        try (FoldedModel model = model(SETTINGS);
                Explainer explainer = new Explainer(model, width * height)) {
            explainer.run(image(width, height));
            List<MapName> wanted = MapName.standard(SETTINGS);
            for (Evidence evidence :
                    List.of(explainer.box(1, wanted), explainer.mask(0, wanted), explainer.mask(2, wanted))) {
                assertTrue(evidence.share() >= 0 && evidence.share() <= 1, evidence.className());
                HeatValues neck = evidence.heat().get(new MapName(Part.NECK, MapName.ALL));
                assertEquals(8, neck.width());
                HeatValues encoder = evidence.heat().get(new MapName(Part.ENCODER, 2));
                assertEquals(2, encoder.height());
                for (HeatValues heat : List.of(neck, encoder)) {
                    for (float value : heat.values()) {
                        assertTrue(value >= 0 && Float.isFinite(value));
                    }
                }
            }
            DecodedImage larger = image(width + 1, height);
            assertThrows(IllegalArgumentException.class, () -> explainer.run(larger));
        }
    }

    /** 60 x 40 pixels with a limit of 1000 are seen as 30 x 20 averages of 2 x 2. */
    @Test
    void anImageAboveTheLimitIsExplainedAsTheNetworkSeesIt() {
        DecodedImage image = image(60, 40);
        byte[] averages = new byte[3 * 30 * 20];
        for (int i = 0; i < averages.length; i++) {
            int at = 3 * (2 * (i / 90) * 60 + 2 * (i / 3 % 30)) + i % 3;
            int sum = 0;
            for (int offset : new int[] {0, 3, 180, 183}) {
                sum += image.rgb()[at + offset] & 0xFF;
            }
            averages[i] = (byte) ((sum + 2) / 4);
        }
        try (FoldedModel limited = model(SETTINGS.with(change -> change.maxPixels(1000)));
                FoldedModel model = model(SETTINGS);
                Explainer explainer = new Explainer(limited, 60 * 40);
                Explainer small = new Explainer(model, 30 * 20)) {
            explainer.run(image);
            small.run(new DecodedImage(30, 20, 1, 30, 20, averages, null));
            assertArrayEquals(small.boxLogits(), explainer.boxLogits());
            assertArrayEquals(small.maskLogits(), explainer.maskLogits());
        }
    }

    private static List<float[]> outputs(FoldedModel model, boolean differentiable) {
        Graph graph = new Graph(model.variables());
        Tensor images = model.network().images(graph, 2, SIDE);
        Outputs outputs = differentiable
                ? model.network().differentiableInference(graph, images)
                : model.network().inference(graph, images);
        List<Tensor> tensors =
                new ArrayList<>(List.of(outputs.location(), outputs.confidence(), outputs.segmentation()));
        tensors.addAll(outputs.encoder());
        tensors.addAll(outputs.pyramid());
        tensors.forEach(graph::keep);
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[(int) images.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        try (Program program = Program.of(device, graph, model.weights(), null)) {
            program.upload(images, TestMemory.floats(values));
            program.run();
            return tensors.stream()
                    .map(tensor -> TestMemory.floats(program, tensor))
                    .toList();
        }
    }

    @Test
    void theDifferentiableNetworkHasTheOutputsOfTheFusedOne() {
        try (FoldedModel model = model(SETTINGS)) {
            List<float[]> expected = outputs(model, false);
            List<float[]> actual = outputs(model, true);
            assertEquals(3 + 3 + 4, actual.size());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), 1e-4f);
            }
        }
    }

    @Test
    void mapsAreNamed() {
        assertEquals(
                List.of("neck", "encoder.2"),
                MapName.standard(SETTINGS).stream().map(MapName::toString).toList());
        assertEquals(new MapName(Part.ENCODER, 0), MapName.parse("encoder.0", SETTINGS));
        String message = assertThrows(IllegalArgumentException.class, () -> MapName.parse("neck.7", SETTINGS))
                .getMessage();
        assertEquals(
                "there is no map neck.7; this network has encoder, encoder.0, encoder.1, encoder.2, neck, neck.0, neck.1, neck.2, neck.3",
                message);
    }
}
