package tandem.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.inference.NonFiniteOutputException;
import tandem.model.inference.PartThresholds;
import tandem.model.network.QuantizedLayers;
import tandem.model.quantization.QuantizedFile;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.TinyNetwork;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

class InspectorTest {

    private static final int WIDTH = 70;
    private static final int HEIGHT = 50;
    private static final NonMaximumSuppression.Settings LOOSE = TinyNetwork.LOOSE;

    @TempDir
    static Path folder;

    private static Device device;
    private static ImageCache images;
    private static Path checkpoint;
    /** Of a run with a limit of 1000 pixels. */
    private static Path limited;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        TinyNetwork trained = TinyNetwork.train(folder, WIDTH, HEIGHT, 6);
        images = trained.images();
        checkpoint = trained.checkpoint();
        Path run = folder.resolve("limited");
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(64).with(change -> change.maxPixels(1000)),
                TinyData.training(1, 3),
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        limited = run.resolve(CheckpointStore.CURRENT);
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static void assertSame(Inspection expected, Inspection actual) {
        assertEquals(expected.boxes(), actual.boxes());
        for (int i = 0; i < expected.boxes(); i++) {
            assertEquals(expected.className(i), actual.className(i));
            assertEquals(expected.score(i), actual.score(i));
            assertArrayEquals(
                    new float[] {expected.left(i), expected.top(i), expected.right(i), expected.bottom(i)},
                    new float[] {actual.left(i), actual.top(i), actual.right(i), actual.bottom(i)});
        }
        assertArrayEquals(expected.maskBytes(), actual.maskBytes());
    }

    private static ByteBuffer rgb(BufferedImage picture, int stride, int offset) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(offset + stride * picture.getHeight());
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int value = picture.getRGB(x, y);
                bytes.put(offset + y * stride + 3 * x, (byte) (value >> 16));
                bytes.put(offset + y * stride + 3 * x + 1, (byte) (value >> 8));
                bytes.put(offset + y * stride + 3 * x + 2, (byte) value);
            }
        }
        return bytes.position(offset);
    }

    @Test
    void imagesBuffersAndDataSetsGiveTheSame() throws IOException {
        List<Inspection> expected = new ArrayList<>();
        try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
            // Batches of one, as batches of another size may run other convolution algorithms.
            DataSetInference.run(model, images.data(), 1, 1, LOOSE, (sample, found) -> {
                Inspection copy = new Inspection();
                expected.add(copy);
                try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
                    BufferedImage picture = ImageIO.read(sample.image().toFile());
                    Inspection direct = inspector.inspect(picture);
                    assertSame(found, direct);
                    int stride = 3 * WIDTH + 5;
                    ByteBuffer frame = rgb(picture, stride, 11);
                    assertSame(found, inspector.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, stride));
                    assertEquals(11, frame.position());
                    assertSame(found, inspector.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, stride, copy));
                } catch (IOException problem) {
                    throw new java.io.UncheckedIOException(problem);
                }
                assertTrue(found.boxes() > 0);
                assertEquals(WIDTH * HEIGHT, found.maskBytes().length);
            });
        }
        assertEquals(6, expected.size());
    }

    @Test
    void grayIsThreeEqualChannels() throws IOException {
        BufferedImage gray = new BufferedImage(40, 90, BufferedImage.TYPE_BYTE_GRAY);
        ByteBuffer bytes = ByteBuffer.allocate(40 * 90);
        for (int y = 0; y < 90; y++) {
            for (int x = 0; x < 40; x++) {
                int value = (x * 5 + y * 2) % 256;
                gray.getRaster().setSample(x, y, 0, value);
                bytes.put(y * 40 + x, (byte) value);
            }
        }
        ByteBuffer rgb = ByteBuffer.allocateDirect(3 * 40 * 90);
        for (int i = 0; i < 40 * 90; i++) {
            rgb.put(bytes.get(i)).put(bytes.get(i)).put(bytes.get(i));
        }
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            Inspection expected = inspector.inspect(rgb.flip(), PixelFormat.RGB, 40, 90, 120);
            assertSame(expected, inspector.inspect(bytes, PixelFormat.GRAY, 40, 90, 40));
            assertSame(expected, inspector.inspect(gray));
            assertEquals(40, expected.width());
            assertEquals(90, expected.height());
        }
    }

    @Test
    void aWarmInspectorAllocatesNothing() throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            ByteBuffer frame =
                    rgb(ImageIO.read(images.data().samples().get(0).image().toFile()), 3 * WIDTH, 0);
            assertAllocatesNothing(inspector, frame, PixelFormat.RGB, WIDTH, HEIGHT);
        }
    }

    @Test
    void neitherDoesOneWithLayersInInt8() throws IOException {
        Path quantized = folder.resolve("quantized.safetensors");
        QuantizedFile.write(
                checkpoint,
                QuantizedLayers.of(List.of("encoder.conv1", "encoder.layer1.0.conv2", "segmentation.out")),
                quantized,
                device);
        try (Inspector inspector = Inspector.load(quantized, device, LOOSE)) {
            ByteBuffer frame = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
            assertAllocatesNothing(inspector, frame, PixelFormat.RGB, WIDTH, HEIGHT);
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void neitherDoesOneThatMakesFramesSmaller(PixelFormat format) throws IOException {
        try (Inspector inspector = Inspector.load(limited, device, LOOSE)) {
            ByteBuffer frame = ByteBuffer.allocateDirect(WIDTH * HEIGHT * format.bytes());
            assertAllocatesNothing(inspector, frame, format, WIDTH, HEIGHT);
        }
    }

    private static void assertAllocatesNothing(
            Inspector inspector, ByteBuffer frame, PixelFormat format, int width, int height) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertFalse(inspector.isWarm());
        inspector.warmUp(width, height);
        assertTrue(inspector.isWarm());
        int stride = width * format.bytes();
        Inspection result = new Inspection();
        for (int i = 0; i < 20; i++) {
            inspector.inspect(frame, format, width, height, stride, result);
        }
        // The median: now and then the virtual machine itself allocates, when it compiles a method again.
        long[] bytes = new long[21];
        for (int i = 0; i < bytes.length; i++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            inspector.inspect(frame, format, width, height, stride, result);
            bytes[i] = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }
        java.util.Arrays.sort(bytes);
        long each = bytes[bytes.length / 2];
        assertEquals(0, each, "bytes per frame");
    }

    /** 70 x 50 pixels with a limit of 1000 become 35 x 25 averages of 2 x 2. */
    @Test
    void theLimitOfPixelsIsKeptWithTheNetwork() throws IOException {
        Trainer.resume(device, images, Trainer.Options.in(limited.getParent())).close();
        BufferedImage image =
                ImageIO.read(images.data().samples().get(0).image().toFile());
        ByteBuffer averages = ByteBuffer.allocate(3 * 35 * 25);
        for (int y = 0; y < HEIGHT; y += 2) {
            for (int x = 0; x < WIDTH; x += 2) {
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int sum = 0;
                    for (int i = 0; i < 4; i++) {
                        sum += image.getRGB(x + i % 2, y + i / 2) >> shift & 0xFF;
                    }
                    averages.put((byte) ((sum + 2) / 4));
                }
            }
        }
        List<Inspection> evaluated = new ArrayList<>();
        try (Inspector inspector = Inspector.load(limited, device, LOOSE);
                FoldedModel model = FoldedModel.load(limited, device)) {
            assertEquals(1000, inspector.settings().maxPixels());
            Inspection whole = inspector.inspect(image);
            Inspection small = inspector.inspect(averages.flip(), PixelFormat.RGB, 35, 25, 3 * 35);
            assertTrue(whole.boxes() > 0);
            assertEquals(small.boxes(), whole.boxes());
            for (int i = 0; i < whole.boxes(); i++) {
                assertEquals(small.score(i), whole.score(i));
                assertEquals(2 * small.left(i), whole.left(i), 1e-4);
                assertEquals(2 * small.bottom(i), whole.bottom(i), 1e-4);
            }
            assertEquals(WIDTH * HEIGHT, whole.maskBytes().length);
            DataSetInference.run(model, images.data(), 1, 1, LOOSE, (sample, found) -> {
                if (evaluated.isEmpty()) {
                    assertSame(found, whole);
                }
                evaluated.add(found);
            });
        }
        assertEquals(6, evaluated.size());
    }

    @Test
    void framesOfAnySizeFollowEachOther() throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            ByteBuffer frame = ByteBuffer.allocateDirect(200 * 200);
            Inspection result = new Inspection();
            for (int side : new int[] {1, 200, 3, 64, 200}) {
                inspector.inspect(frame, PixelFormat.GRAY, side, side, side, result);
                assertEquals(side * side, result.maskBytes().length);
                for (int i = 0; i < result.boxes(); i++) {
                    assertTrue(result.left(i) >= 0 && result.right(i) <= side && result.left(i) < result.right(i));
                }
            }
        }
    }

    @Test
    void badFramesAndFilesAreNamed() throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device)) {
            ByteBuffer frame = ByteBuffer.allocateDirect(100);
            String tooShort = assertThrows(
                            IllegalArgumentException.class, () -> inspector.inspect(frame, PixelFormat.RGB, 10, 10, 30))
                    .getMessage();
            assertTrue(tooShort.contains("100 bytes") && tooShort.contains("300"), tooShort);
            assertThrows(IllegalArgumentException.class, () -> inspector.inspect(frame, PixelFormat.GRAY, 10, 10, 9));
            assertThrows(IllegalArgumentException.class, () -> inspector.inspect(frame, PixelFormat.GRAY, 0, 10, 10));
        }
        byte[] whole = Files.readAllBytes(checkpoint);
        Path cut = Files.write(folder.resolve("cut.safetensors"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertTrue(assertThrows(WeightsException.class, () -> Inspector.load(cut, device))
                .getMessage()
                .contains("cut short"));
    }

    /** The first convolution is scaled until a white image overflows, when one of about the mean color does not yet. */
    @Test
    void aFrameWhoseOutputsAreNotFiniteHasNoResultAndOthersHave() throws IOException {
        ByteBuffer white = ByteBuffer.allocateDirect(3 * 64 * 64);
        ByteBuffer mean = ByteBuffer.allocateDirect(3 * 64 * 64);
        for (int i = 0; i < 64 * 64; i++) {
            white.put(new byte[] {-1, -1, -1});
            mean.put(new byte[] {124, 116, 104}); // ImageNet means
        }
        white.flip();
        mean.flip();
        boolean overflowed = false;
        for (float factor = 1e15f; !overflowed; factor *= 10) {
            Path scaled = scaledStem(factor);
            try (Inspector inspector = Inspector.load(scaled, device, LOOSE)) {
                try {
                    inspector.inspect(white, PixelFormat.RGB, 64, 64, 3 * 64);
                } catch (NonFiniteOutputException problem) {
                    overflowed = true;
                    assertTrue(problem.getMessage().contains("not finite numbers"), problem.getMessage());
                    Inspection found = inspector.inspect(mean, PixelFormat.RGB, 64, 64, 3 * 64);
                    assertEquals(64 * 64, found.maskBytes().length);
                    assertThrows(
                            NonFiniteOutputException.class,
                            () -> inspector.inspect(white, PixelFormat.RGB, 64, 64, 3 * 64));
                }
            }
        }
    }

    private static Path scaledStem(float factor) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsReader reader = SafetensorsReader.open(checkpoint)) {
            reader.metadata().forEach(writer::put);
            for (String name : reader.names()) {
                float[] values = reader.readAnyFloat(name, reader.shape(name));
                for (int i = 0; i < values.length && name.endsWith("encoder.conv1.weight"); i++) {
                    values[i] *= factor;
                }
                writer.add(name, reader.shape(name), () -> values);
            }
        }
        Path scaled = folder.resolve("scaled.safetensors");
        writer.write(scaled);
        return scaled;
    }

    @Test
    void theThresholdsBesideTheWeightsDecide() throws IOException {
        Path copy = Files.copy(checkpoint, folder.resolve("copy.safetensors"));
        BufferedImage image =
                ImageIO.read(images.data().samples().get(0).image().toFile());
        try (Inspector inspector = Inspector.load(copy, device, LOOSE)) {
            assertFalse(inspector.inspect(image).isDecided());
        }
        Files.writeString(
                PartThresholds.file(copy),
                PartThresholds.of(0.9999, -1).toJson().toString());
        try (Inspector inspector = Inspector.load(copy, device, LOOSE)) {
            Inspection found = inspector.inspect(image);
            assertTrue(found.decision().pass());
            assertEquals(found.score(0), found.decision().score());
            assertAllocatesNothing(inspector, rgb(image, 3 * WIDTH, 0), PixelFormat.RGB, WIDTH, HEIGHT);
        }
        InspectorOptions options = InspectorOptions.standard()
                .with(change -> change.suppression(LOOSE)
                        .thresholds(Optional.of(PartThresholds.of(0, 1)))
                        .millimetersPerPixel(0.1));
        try (Inspector inspector = Inspector.load(copy, device, options)) {
            Inspection found = inspector.inspect(image);
            assertFalse(found.decision().pass());
            assertEquals(
                    WIDTH * HEIGHT * 0.01,
                    found.squareMillimeters(0) + found.squareMillimeters(1) + found.squareMillimeters(2),
                    1e-9);
            assertAllocatesNothing(inspector, rgb(image, 3 * WIDTH, 0), PixelFormat.RGB, WIDTH, HEIGHT);
        }
    }
}
