package tandem.model.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.data.DecodedImage;
import tandem.model.image.PixelSize;
import tandem.model.settings.AugmentationSettings;

/** The augmentation kernels against {@link ReferenceWarp} and against results known beforehand. */
class AugmentTest {

    private static final int CAPACITY = 64 * 50;
    private static final int ROOM = 4;

    /** An image with the parameters and the boxes that go with it; boxes are xyxy and a label. */
    private record Case(DecodedImage image, ImageParameters parameters, double[]... boxes) {}

    /** What the kernels made of a batch. */
    private record Result(float[] images, byte[] masks, float[] boxes, int[] labels, int[] counts) {}

    private static Result run(int side, List<Case> cases) {
        int n = cases.size();
        ByteBuffer pixels = buffer(n * CAPACITY * 3);
        ByteBuffer masks = buffer(n * CAPACITY);
        ByteBuffer parameters = buffer(n * ImageParameters.COUNT * 4);
        ByteBuffer boxes = buffer(n * ROOM * 16);
        ByteBuffer labels = buffer(n * ROOM * 4);
        ByteBuffer counts = buffer(n * 4);
        for (int i = 0; i < n; i++) {
            Case one = cases.get(i);
            pixels.put(i * CAPACITY * 3, one.image.rgb());
            if (one.image.mask() != null) {
                masks.put(i * CAPACITY, one.image.mask());
            }
            one.parameters.write(parameters.asFloatBuffer(), i * ImageParameters.COUNT);
            counts.putInt(4 * i, one.boxes.length);
            for (int j = 0; j < one.boxes.length; j++) {
                for (int k = 0; k < 4; k++) {
                    boxes.putFloat(((i * ROOM + j) * 4 + k) * 4, (float) one.boxes[j][k]);
                }
                labels.putInt((i * ROOM + j) * 4, (int) one.boxes[j][4]);
            }
        }
        try (CpuDevice device = new CpuDevice()) {
            Graph graph = new Graph(new Variables());
            BatchInputs inputs = BatchInputs.declare(graph, n, CAPACITY, ROOM);
            Augmented out = Augment.apply(graph, inputs, PixelSize.square(side));
            for (var tensor : List.of(out.images(), out.masks(), out.boxes(), out.labels(), out.counts())) {
                graph.keep(tensor);
            }
            try (Program program = Program.of(device, graph, null, null)) {
                program.upload(inputs.pixels(), pixels);
                program.upload(inputs.masks(), masks);
                program.upload(inputs.parameters(), parameters);
                program.upload(inputs.boxes(), boxes);
                program.upload(inputs.labels(), labels);
                program.upload(inputs.counts(), counts);
                program.run();
                Result result = new Result(
                        new float[n * side * side * 3],
                        new byte[n * side * side],
                        new float[n * ROOM * 4],
                        new int[n * ROOM],
                        new int[n]);
                ByteBuffer read = buffer(result.images.length * 4);
                program.download(out.images(), read);
                read.clear().asFloatBuffer().get(result.images);
                read = buffer(result.masks.length);
                program.download(out.masks(), read);
                read.get(0, result.masks);
                read = buffer(result.boxes.length * 4);
                program.download(out.boxes(), read);
                read.clear().asFloatBuffer().get(result.boxes);
                read = buffer(result.labels.length * 4);
                program.download(out.labels(), read);
                read.clear().asIntBuffer().get(result.labels);
                read = buffer(result.counts.length * 4);
                program.download(out.counts(), read);
                read.clear().asIntBuffer().get(result.counts);
                return result;
            }
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static DecodedImage noise(int width, int height, boolean masked, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] rgb = new byte[width * height * 3];
        byte[] mask = new byte[width * height];
        random.nextBytes(rgb);
        random.nextBytes(mask);
        return new DecodedImage(width, height, 1, width, height, rgb, masked ? mask : null);
    }

    private static Case evaluation(DecodedImage image, double[]... boxes) {
        return new Case(
                image,
                ImageParameters.evaluation(image.contentWidth(), image.contentHeight(), image.mask() != null),
                boxes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 24, 33})
    void agreesWithTheReferenceInDoublePrecision(int side) {
        AugmentationSampler sampler = new AugmentationSampler(AugmentationSettings.standard());
        List<Case> cases = new ArrayList<>();
        int[][] sizes = {{64, 50}, {1, 1}, {17, 3}, {2, 45}, {40, 40}, {33, 50}, {50, 64}, {5, 5}};
        for (int i = 0; i < sizes.length; i++) {
            DecodedImage image = noise(sizes[i][0], sizes[i][1], i % 3 != 1, i);
            for (int draw = 0; draw < 3; draw++) {
                cases.add(new Case(
                        image,
                        sampler.draw(
                                new DecodedImage(
                                        image.width(),
                                        image.height(),
                                        1,
                                        image.width(),
                                        image.height(),
                                        image.rgb(),
                                        null),
                                List.of(),
                                100 * side + 10 * i + draw)));
            }
            cases.add(evaluation(image));
        }
        // An image of 61 x 47 shrunk by 3: its last column and row are partly filled.
        DecodedImage shrunk = noise(21, 16, true, 99);
        DecodedImage partial = new DecodedImage(21, 16, 3, 61 / 3f, 47 / 3f, shrunk.rgb(), shrunk.mask());
        cases.add(new Case(
                partial,
                new ImageParameters(
                        61 / 3f,
                        47 / 3f,
                        true,
                        Geometry.window(61 / 3f, 47 / 3f, 0.31, -0.17, 1.21, 1.13, true),
                        new Photometric(20, 0.7, -33, 1.4))));

        Result result = run(side, cases);
        int compared = 0;
        for (int i = 0; i < cases.size(); i++) {
            ReferenceWarp reference =
                    new ReferenceWarp(cases.get(i).image, cases.get(i).parameters, PixelSize.square(side));
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int at = (i * side + y) * side + x;
                    double[] expected = reference.pixel(x, y);
                    for (int c = 0; expected != null && c < 3; c++) {
                        // Coordinates of up to 100 are off by 1e-5, a gray value then by 255 times as much.
                        assertEquals(
                                expected[c],
                                result.images[3 * at + c],
                                5e-4,
                                "image " + i + ", pixel (" + x + ", " + y + "), channel " + c);
                        compared++;
                    }
                    assertTrue(
                            reference.allows(x, y, result.masks[at] & 255),
                            "image " + i + ", mask (" + x + ", " + y + ") is " + result.masks[at]);
                }
            }
        }
        assertTrue(compared > 0.9 * cases.size() * side * side * 3, compared + " values compared");
    }

    @Test
    void anImageOfTheSizeOfTheCanvasIsOnlyNormalized() {
        DecodedImage image = noise(16, 16, true, 4);
        Result result = run(16, List.of(evaluation(image)));
        double[] mean = {0.485, 0.456, 0.406};
        double[] deviation = {0.229, 0.224, 0.225};
        for (int i = 0; i < 16 * 16 * 3; i++) {
            assertEquals(((image.rgb()[i] & 255) / 255.0 - mean[i % 3]) / deviation[i % 3], result.images[i], 1e-5);
        }
        assertArrayEquals(image.mask(), result.masks);
    }

    @Test
    void aFlipReversesEveryRow() {
        DecodedImage image = noise(16, 16, true, 4);
        ImageParameters flip =
                new ImageParameters(16, 16, true, Geometry.window(16, 16, 0, 0, 1, 1, true), Photometric.NONE);
        Result plain = run(16, List.of(evaluation(image)));
        Result flipped = run(16, List.of(new Case(image, flip)));
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                assertEquals(plain.masks[y * 16 + x], flipped.masks[y * 16 + 15 - x]);
                assertEquals(plain.images[(y * 16 + x) * 3 + 1], flipped.images[(y * 16 + 15 - x) * 3 + 1]);
            }
        }
    }

    @Test
    void outsideIsGrayAndIgnored() {
        DecodedImage image = noise(20, 20, true, 5);
        ImageParameters away = new ImageParameters(
                20, 20, true, Geometry.window(20, 20, 2, 2, 3, 3, false), new Photometric(30, 1.4, 20, 1.4));
        Result result = run(8, List.of(new Case(image, away, new double[] {2, 2, 9, 9, 0})));
        for (int i = 0; i < 64; i++) {
            assertEquals((114 / 255.0 - 0.485) / 0.229, result.images[3 * i], 1e-6);
            assertEquals((byte) 255, result.masks[i]);
        }
        assertEquals(0, result.counts[0]);
    }

    @Test
    void anImageWithoutMaskIsIgnoredEverywhere() {
        Result result = run(8, List.of(evaluation(noise(20, 20, false, 6))));
        for (byte label : result.masks) {
            assertEquals((byte) 255, label);
        }
    }

    @Test
    void boxesMoveWithTheImageAndKeepTheirOrder() {
        DecodedImage image = noise(40, 20, false, 7);
        Geometry window = Geometry.window(40, 20, 0.25, 0, 0.75, 1, true); // x from 10 to 30, flipped
        Case cut = new Case(
                image,
                new ImageParameters(40, 20, false, window, Photometric.NONE),
                new double[] {0, 0, 12, 10, 1}, // its center, 6, is outside
                new double[] {8, 5, 20, 15, 2}, // clipped at 10
                new double[] {28, 2, 34, 4, 3}, // its center, 31, is outside
                new double[] {12, 0, 28, 20, 0});
        Case empty = new Case(image, new ImageParameters(40, 20, false, window, Photometric.NONE));
        Case whole = evaluation(image, new double[] {0, 0, 40, 20, 5}, new double[] {39, 19, 40, 20, 6});
        Result result = run(4, List.of(cut, empty, whole));
        assertArrayEquals(new int[] {2, 0, 2}, result.counts);
        assertArrayEquals(new int[] {2, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0}, result.labels);
        float[] expected = new float[3 * ROOM * 4];
        System.arraycopy(new float[] {0.5f, 0.25f, 1, 0.75f, 0.1f, 0, 0.9f, 1}, 0, expected, 0, 8);
        System.arraycopy(new float[] {0, 0, 1, 1, 0.975f, 0.95f, 1, 1}, 0, expected, 2 * ROOM * 4, 8);
        assertArrayEquals(expected, result.boxes, 1e-6f);
    }

    /** A square painted into image and mask lands where its box lands. */
    @Test
    void imageMaskAndBoxesMoveTogether() {
        byte[] rgb = new byte[60 * 40 * 3];
        byte[] mask = new byte[60 * 40];
        for (int y = 12; y < 28; y++) {
            Arrays.fill(rgb, (y * 60 + 20) * 3, (y * 60 + 44) * 3, (byte) 255);
            Arrays.fill(mask, y * 60 + 20, y * 60 + 44, (byte) 3);
        }
        DecodedImage image = new DecodedImage(60, 40, 1, 60, 40, rgb, mask);
        int side = 80;
        AugmentationSampler sampler = new AugmentationSampler(AugmentationSettings.none()
                .with(change -> change.crop(1).minWindow(0.6).maxWindow(1.7).flip(0.5)));
        List<Case> cases = new ArrayList<>();
        for (int seed = 0; seed < 12; seed++) {
            cases.add(new Case(image, sampler.draw(image, List.of(), seed), new double[] {20, 12, 44, 28, 2}));
        }
        Result result = run(side, cases);
        for (int i = 0; i < cases.size(); i++) {
            assertEquals(1, result.counts[i]);
            double[] seen = {side, side, 0, 0};
            for (int at = 0; at < side * side; at++) {
                boolean white = result.images[(i * side * side + at) * 3] > 1;
                boolean marked = result.masks[i * side * side + at] == 3;
                if (white != marked) {
                    continue; // on the square's outline
                }
                if (marked) {
                    seen = new double[] {
                        Math.min(seen[0], at % side),
                        Math.min(seen[1], at / side),
                        Math.max(seen[2], at % side + 1),
                        Math.max(seen[3], at / side + 1)
                    };
                }
            }
            for (int k = 0; k < 4; k++) {
                assertEquals(result.boxes[i * ROOM * 4 + k] * side, seen[k], 2, "image " + i + ", edge " + k);
            }
        }
    }

    @Test
    void tensorsOfAnotherKindAreRefused() {
        Graph graph = new Graph(new Variables());
        BatchInputs inputs = BatchInputs.declare(graph, 2, 10, 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> Augment.images(graph, inputs.masks(), inputs.parameters(), PixelSize.square(4)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Augment.images(graph, inputs.pixels(), inputs.boxes(), PixelSize.square(4)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Augment.images(graph, inputs.pixels(), inputs.parameters(), PixelSize.square(0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Augment.images(graph, inputs.pixels(), inputs.parameters(), PixelSize.square(40_000)));
        var three = graph.input("three", DataType.FLOAT32, Shape.of(3, ImageParameters.COUNT));
        assertThrows(
                IllegalArgumentException.class, () -> Augment.masks(graph, inputs.masks(), three, PixelSize.square(4)));
        assertThrows(IllegalArgumentException.class, () -> BatchInputs.declare(new Graph(new Variables()), 0, 10, 1));
    }
}
