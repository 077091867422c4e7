package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.RgbRows;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;

class TiledInferenceTest {

    private static final NonMaximumSuppression.Settings SETTINGS =
            new NonMaximumSuppression.Settings(0.3f, 0.5f, 1000, 20, false);

    @TempDir
    static Path folder;

    private static Device device;
    private static ImageCache images;
    private static Path checkpoint;
    private static FoldedModel model;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        images = TinyData.write(folder.resolve("data"), 30, 64, 64, TinyData.Annotations.BOTH, 12);
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(64),
                TinyData.training(40, 3),
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(folder.resolve("run")))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
        model = FoldedModel.load(checkpoint, device);
    }

    @AfterAll
    static void close() {
        model.close();
        device.close();
    }

    /** Gray noise with a red rectangle. */
    private static BufferedImage sheet(int width, int height, int left, int top, int columns, int rows) {
        SplittableRandom random = new SplittableRandom(9);
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int gray = 90 + random.nextInt(40);
                boolean inside = x >= left && x < left + columns && y >= top && y < top + rows;
                sheet.setRGB(x, y, inside ? 220 << 16 | gray << 8 | 40 : gray << 16 | gray << 8 | gray);
            }
        }
        return sheet;
    }

    private static Inspection tiled(BufferedImage image, Tiling tiling) {
        try (TiledInference tiles = new TiledInference(model, tiling, 3, SETTINGS)) {
            return tiles.inspect(RgbRows.of(image), image.getWidth(), image.getHeight(), new Inspection());
        }
    }

    @Test
    void anImageOfTheSizeOfATileIsInspectedAsAWhole() throws IOException {
        try (Inspector inspector = Inspector.load(checkpoint, device, SETTINGS);
                TiledInference tiles = new TiledInference(model, Tiling.of(64), 1, SETTINGS)) {
            for (int i = 0; i < 6; i++) {
                DecodedImage image =
                        ImageDecoder.decode(images.data().samples().get(i).image());
                Inspection whole =
                        inspector.inspect(ByteBuffer.wrap(image.rgb()), Inspector.PixelFormat.RGB, 64, 64, 192);
                Inspection found = tiles.inspect(image.rows(), 64, 64, new Inspection());
                assertEquals(whole.toString(), found.toString());
                assertTrue(different(whole.maskBytes(), found.maskBytes()) <= 2, "image " + i);
            }
        }
    }

    private static long different(byte[] a, byte[] b) {
        return IntStream.range(0, a.length).filter(i -> a[i] != b[i]).count();
    }

    @ParameterizedTest
    @CsvSource({"20, 10", "150, 100", "53, 41", "230, 140", "113, 97"})
    void aRectangleIsFoundWhereverItIs(int left, int top) {
        Inspection found = tiled(sheet(260, 170, left, top, 24, 20), new Tiling(64, 64, 0.5));
        assertEquals(
                1,
                IntStream.range(0, found.boxes())
                        .filter(i -> found.score(i) > 0.5)
                        .count(),
                found.toString());
        assertEquals("red", found.className(0));
        assertTrue(iou(found, left, top, left + 24, top + 20) > 0.5, found.toString());
        assertEquals(1, found.maskAt(left + 12, top + 10));
        assertTrue(found.maskBytes().length == 260 * 170);
    }

    private static double iou(Inspection found, int left, int top, int right, int bottom) {
        double width = Math.min(found.right(0), right) - Math.max(found.left(0), left);
        double height = Math.min(found.bottom(0), bottom) - Math.max(found.top(0), top);
        double common = Math.max(0, width) * Math.max(0, height);
        double area = (found.right(0) - found.left(0)) * (found.bottom(0) - found.top(0));
        return common / (area + (right - left) * (double) (bottom - top) - common);
    }

    @ParameterizedTest
    @CsvSource({"30, 20", "64, 1", "1, 200", "65, 65"})
    void anyShapeOfImageIsInspected(int width, int height) {
        Inspection found = tiled(sheet(width, height, 0, 0, 0, 0), Tiling.of(64));
        assertEquals(width, found.width());
        assertEquals(width * height, found.maskBytes().length);
        for (int i = 0; i < found.boxes(); i++) {
            assertTrue(found.left(i) >= 0 && found.right(i) <= width && found.bottom(i) <= height);
        }
    }

    @Test
    void tilesAreRoundedToCellsOfTheLogits() {
        try (TiledInference tiles = new TiledInference(model, new Tiling(100, 10, 0.25), 1, SETTINGS)) {
            assertEquals(96, tiles.tileWidth());
            assertEquals(16, tiles.tileHeight());
        }
    }

    @Test
    void aLongStripIsReadInTwoRowsOfTiles() {
        int width = 1024;
        int height = 8192;
        BufferedImage pattern = sheet(width, 512, 300, 200, 60, 50);
        RgbRows rows = RgbRows.of(pattern);
        ByteBuffer row = ByteBuffer.allocate(3 * width);
        int[] finished = {0};
        int[] waiting = {0};
        long[] red = {0};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        Inspection boxes;
        try (TiledInference tiles = new TiledInference(model, Tiling.of(128), 4, SETTINGS)) {
            tiles.begin(width, (first, classes) -> {
                assertEquals(finished[0], first);
                finished[0] += classes.remaining() / width;
                while (classes.hasRemaining()) {
                    red[0] += classes.get() == 1 ? 1 : 0;
                }
            });
            for (int y = 0; y < height; y++) {
                if (y == height / 8) {
                    allocated = threads.getCurrentThreadAllocatedBytes();
                }
                rows.read(y % 512, row.array(), 0);
                tiles.add(row);
                waiting[0] = Math.max(waiting[0], y + 1 - finished[0]);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
            boxes = tiles.end(new Inspection());
        }
        assertTrue(allocated < 1 << 20, allocated + " bytes for the later " + 7 * (height / 8) + " rows");
        assertEquals(height, finished[0]);
        assertTrue(waiting[0] <= 2 * 128, waiting[0] + " rows were waiting");
        assertEquals(null, boxes.mask());
        long found = IntStream.range(0, boxes.boxes())
                .filter(i -> boxes.className(i).equals("red") && Math.abs(boxes.left(i) - 300) < 20)
                .count();
        assertEquals(16, found, boxes.toString());
        assertTrue(red[0] > 16 * 60 * 50 / 2, red[0] + " pixels are red");
    }

    @Test
    void anInspectorInspectsFramesInTiles() throws IOException {
        BufferedImage image = sheet(200, 130, 90, 60, 24, 20);
        Inspection expected = tiled(image, Tiling.of(64));
        try (Inspector inspector = Inspector.load(checkpoint, device, SETTINGS).tiled(Tiling.of(64), 3)) {
            inspector.warmUp(200, 130);
            Inspection found = inspector.inspect(image);
            assertEquals(expected.toString(), found.toString());
            assertArrayEquals(expected.maskBytes(), found.maskBytes());
            ByteBuffer gray = ByteBuffer.allocate(200 * 130);
            byte[] rgb = new byte[600];
            for (int y = 0; y < 130; y++) {
                RgbRows.of(image).read(y, rgb, 0);
                for (int x = 0; x < 200; x++) {
                    gray.put(rgb[3 * x + 1]);
                }
            }
            BufferedImage repeated = new BufferedImage(200, 130, BufferedImage.TYPE_BYTE_GRAY);
            repeated.getRaster().setDataElements(0, 0, 200, 130, gray.array());
            assertEquals(
                    inspector.inspect(repeated).toString(),
                    inspector
                            .inspect(gray.flip(), Inspector.PixelFormat.GRAY, 200, 130, 200)
                            .toString());
        }
    }

    @Test
    void framesOfOneSizeAllocateNothing() throws IOException {
        ByteBuffer frame = ByteBuffer.allocateDirect(200 * 130);
        for (int i = 0; i < frame.capacity(); i++) {
            frame.put(i, (byte) (i * 31));
        }
        Inspection result = new Inspection();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Inspector inspector = Inspector.load(checkpoint, device).tiled(Tiling.of(64), 3)) {
            long[] bytes = new long[60];
            for (int i = 0; i < bytes.length; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                inspector.inspect(frame, Inspector.PixelFormat.GRAY, 200, 130, 200, result);
                bytes[i] = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, Arrays.stream(bytes).skip(30).min().orElseThrow(), Arrays.toString(bytes));
        }
    }

    @Test
    void otherTilesAndCallsInAnotherOrderAreRefused() {
        for (double overlap : new double[] {-0.1, 0.6, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new Tiling(64, 64, overlap));
        }
        assertThrows(IllegalArgumentException.class, () -> Tiling.of(0));
        IllegalArgumentException large = assertThrows(
                IllegalArgumentException.class, () -> new TiledInference(model, Tiling.of(2000), 1, SETTINGS));
        assertTrue(large.getMessage().contains("use smaller tiles"), large.getMessage());
        try (TiledInference tiles = new TiledInference(model, Tiling.of(64), 1, SETTINGS)) {
            assertThrows(IllegalStateException.class, () -> tiles.add(ByteBuffer.allocate(30)));
            assertThrows(IllegalStateException.class, () -> tiles.end(new Inspection()));
            assertThrows(IllegalArgumentException.class, () -> tiles.begin(0, MaskRows.NONE));
            tiles.begin(10, MaskRows.NONE);
            assertThrows(IllegalArgumentException.class, () -> tiles.add(ByteBuffer.allocate(29)));
            assertThrows(IllegalArgumentException.class, () -> tiles.end(new Inspection()));
        }
    }

    @Test
    void aDataSetIsEvaluatedInTiles() {
        List<String> whole = Arrays.asList(new String[30]);
        List<String> inTiles = Arrays.asList(new String[30]);
        int[] at = {0, 0};
        DataSetInference.run(
                model, images.data(), 1, 1, SETTINGS, (sample, found) -> whole.set(at[0]++, found.toString()));
        DataSetInference.runTiled(
                model,
                images.data(),
                Tiling.of(64),
                1,
                SETTINGS,
                (sample, found) -> inTiles.set(at[1]++, found.toString()));
        assertEquals(whole, inTiles);
    }
}
