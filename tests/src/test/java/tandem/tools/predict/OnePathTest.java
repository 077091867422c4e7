package tandem.tools.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.ImageTypes;
import tandem.model.image.ImageTypes.Case;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.train.TinyData;
import tandem.model.train.TinyNetwork;
import tandem.tools.CommandRun;

/** An image takes the same path into the network wherever it comes from: the same boxes, scores and masks. */
class OnePathTest {

    private static final int WIDTH = 70;
    private static final int HEIGHT = 50;
    private static final NonMaximumSuppression.Settings LOOSE = TinyNetwork.LOOSE;

    @TempDir
    static Path folder;

    private static Device device;
    private static Path checkpoint;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        checkpoint = TinyNetwork.train(folder, WIDTH, HEIGHT, 60).checkpoint();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    static List<Case> types() {
        return ImageTypes.all();
    }

    /** What the data path finds in one file. */
    private static Inspection fromFile(Path file, int width, int height, NonMaximumSuppression.Settings settings)
            throws IOException {
        Sample sample = new Sample("one", file, width, height, Optional.empty(), Optional.empty());
        Inspection[] result = new Inspection[1];
        try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
            DataSetInference.run(
                    model,
                    new DataSet("one", TinyData.CLASSES, TinyData.CLASSES, List.of(sample)),
                    1,
                    1,
                    settings,
                    (one, found) -> result[0] = found);
        }
        return result[0];
    }

    private static void assertSame(Inspection expected, Inspection actual, String what) {
        assertTrue(expected.boxes() > 0, what);
        assertEquals(expected.toString(), actual.toString(), what);
        assertArrayEquals(expected.maskBytes(), actual.maskBytes(), what);
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeIsInspectedAsItsRgbBytes(Case type) throws IOException {
        Case one = ImageTypes.patterned(type, WIDTH, HEIGHT);
        assertEquals(type.image().getType(), one.image().getType());
        ByteBuffer rgb = ByteBuffer.allocateDirect(one.rgb().length);
        Arrays.stream(one.rgb()).forEach(value -> rgb.put((byte) value));
        Path file = folder.resolve("type.png");
        // Other types are converted by the writer of PNG files, lose their color space, or are refused.
        boolean kept = !one.name()
                        .matches("custom: (float|signed|packed|12-bit|4-bit).*|.*(PRE|multiplied|linear).*|USHORT_5.*")
                && ImageIO.write(one.image(), "png", file.toFile());
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection expected = inspector.inspect(rgb.flip(), PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH);
            assertSame(expected, inspector.inspect(one.image()), one.name());
            if (kept) {
                assertSame(expected, inspector.inspect(ImageIO.read(file.toFile())), one.name() + " from a file");
                assertSame(expected, fromFile(file, WIDTH, HEIGHT, LOOSE), one.name() + " in a data set");
            }
        }
    }

    @Test
    void anImageAboveTheLimitIsTheSameEverywhere() throws IOException {
        int width = 2000;
        int height = 1500;
        Path data = folder.resolve("large");
        TinyData.write(data, 1, width, height, TinyData.Annotations.BOTH, 3);
        Path file = data.resolve("image0.png");
        Inspection expected = fromFile(file, width, height, NonMaximumSuppression.Settings.DEFAULT);
        assertEquals(width * height, expected.maskBytes().length);
        byte[] rgb = ImageDecoder.decode(file).rgb();
        int stride = 3 * width + 7;
        ByteBuffer padded = ByteBuffer.allocateDirect(5 + stride * height).position(5);
        for (int y = 0; y < height; y++) {
            padded.put(5 + y * stride, rgb, y * 3 * width, 3 * width);
        }
        try (Inspector inspector = Inspector.load(checkpoint, device)) {
            BufferedImage image = ImageIO.read(file.toFile());
            assertSame(expected, inspector.inspect(image), "BufferedImage");
            assertSame(
                    expected,
                    inspector.inspect(ByteBuffer.wrap(rgb), PixelFormat.RGB, width, height, 3 * width),
                    "bytes");
            assertSame(expected, inspector.inspect(padded, PixelFormat.RGB, width, height, stride), "padded bytes");
        }
        Path output = folder.resolve("found");
        // As the device of this test: measured algorithms may differ in the last digit.
        CommandRun run = CommandRun.direct(
                "predict",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                checkpoint.toString(),
                "--output",
                output.toString(),
                file.toString());
        assertEquals(0, run.code(), run.err());
        JsonNode results = new ObjectMapper().readTree(Files.readAllBytes(output.resolve("results.json")));
        assertEquals(expected.boxes(), results.size());
        for (int i = 0; i < expected.boxes(); i++) {
            JsonNode box = results.get(i);
            assertEquals(expected.label(i) + 1, box.get("category_id").asInt());
            assertEquals((double) expected.score(i), box.get("score").asDouble());
            assertEquals((double) expected.left(i), box.get("bbox").get(0).asDouble());
            assertEquals((double) expected.top(i), box.get("bbox").get(1).asDouble());
            assertEquals(
                    (double) expected.right(i) - expected.left(i),
                    box.get("bbox").get(2).asDouble());
        }
        BufferedImage mask =
                ImageIO.read(output.resolve("masks").resolve("image0.png").toFile());
        byte[] indices = (byte[]) mask.getRaster().getDataElements(0, 0, width, height, null);
        assertArrayEquals(expected.maskBytes(), indices);
    }

    @Test
    void aGrayFrameAboveTheLimitIsTheSameAsItsThreeChannels() throws IOException {
        int width = 1500;
        int height = 1001;
        byte[] gray = new byte[width * height];
        byte[] rgb = new byte[3 * gray.length];
        for (int i = 0; i < gray.length; i++) {
            gray[i] = (byte) ((i % width / 7 + i / width / 5) % 256);
            Arrays.fill(rgb, 3 * i, 3 * i + 3, gray[i]);
        }
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection expected = inspector.inspect(ByteBuffer.wrap(rgb), PixelFormat.RGB, width, height, 3 * width);
            assertSame(
                    expected, inspector.inspect(ByteBuffer.wrap(gray), PixelFormat.GRAY, width, height, width), "gray");
            assertEquals(width, expected.width());
            assertEquals(width * height, expected.maskBytes().length);
        }
    }
}
