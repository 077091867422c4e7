package tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.Inspector.PixelFormat;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.train.TinyNetwork;

/** Inspectors in several threads, on the CPU and on the mock GPU, and calls at the wrong time. */
@Timeout(120)
class InspectorThreadsTest {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final int FRAMES = 4;
    private static final int THREADS = 4;
    private static final NonMaximumSuppression.Settings LOOSE = TinyNetwork.LOOSE;

    /** Little memory, since the mock clears it for every convolution that is planned. */
    private static final CudaDevice.Options OPTIONS = CudaDevice.Options.standard()
            .withWorkspaceLimit(1 << 20)
            .withGraphApi(false)
            .withStagingSlots(4);

    @TempDir
    static Path folder;

    private static Path checkpoint;
    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "test-inspector");
        thread.setDaemon(true);
        return thread;
    });

    @BeforeAll
    static void train() throws IOException {
        checkpoint = TinyNetwork.train(folder, 70, 50, 2).checkpoint();
    }

    @AfterAll
    static void shutDown() {
        WORKERS.shutdownNow();
    }

    @AfterEach
    void stop() {
        MockCuda.stop();
    }

    private static Device open(String kind) {
        if (kind.equals("cpu")) {
            return new CpuDevice(CpuDevice.Options.standard().withThreads(2));
        }
        MockCuda.start();
        return CudaDevice.open(0, OPTIONS);
    }

    private static ByteBuffer frame(int number) {
        byte[] pixels = new byte[3 * WIDTH * HEIGHT];
        new Random(number).nextBytes(pixels);
        return ByteBuffer.wrap(pixels);
    }

    private static String inspect(Inspector inspector, int number, Inspection result) {
        inspector.inspect(frame(number), PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH, result);
        return result + " " + Arrays.hashCode(result.maskBytes());
    }

    private static List<String> expected(Inspector inspector) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            texts.add(inspect(inspector, i, new Inspection()));
        }
        assertEquals(FRAMES, texts.stream().distinct().count());
        return texts;
    }

    @ParameterizedTest
    @CsvSource({"cpu,25,true", "cpu,25,false", "cuda,3,false"})
    void everyFrameGetsItsOwnResult(String kind, int runs, boolean shared) throws Exception {
        try (Device device = open(kind);
                Inspector first = Inspector.load(checkpoint, device, LOOSE)) {
            List<String> expected = expected(first);
            List<Future<?>> tasks = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int offset = t;
                tasks.add(WORKERS.submit(() -> {
                    Inspector inspector = shared ? first : Inspector.load(checkpoint, device, LOOSE);
                    Inspection result = new Inspection();
                    for (int i = 0; i < runs; i++) {
                        int number = (i + offset) % FRAMES;
                        assertEquals(expected.get(number), inspect(inspector, number, result));
                    }
                    if (!shared) {
                        inspector.close();
                    }
                    return null;
                }));
            }
            for (Future<?> task : tasks) {
                task.get();
            }
            assertEquals(expected, expected(first));
        }
    }

    @ParameterizedTest
    @CsvSource({"cpu,true", "cpu,false", "cuda,true"})
    void closeWaitsAndLaterCallsAreRefused(String kind, boolean closeDevice) throws Exception {
        Device device = open(kind);
        Inspector inspector = Inspector.load(checkpoint, device, LOOSE);
        List<String> expected = expected(inspector);
        CountDownLatch running = new CountDownLatch(THREADS);
        List<Future<?>> tasks = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int offset = t;
            tasks.add(WORKERS.submit(() -> {
                Inspection result = new Inspection();
                assertThrows(IllegalStateException.class, () -> {
                    for (int i = offset; ; i++) {
                        assertEquals(expected.get(i % FRAMES), inspect(inspector, i % FRAMES, result));
                        running.countDown();
                    }
                });
                return null;
            }));
        }
        running.await();
        if (closeDevice) {
            device.close();
        } else {
            inspector.close();
        }
        for (Future<?> task : tasks) {
            task.get();
        }
        assertThrows(IllegalStateException.class, () -> inspect(inspector, 0, new Inspection()));
        assertThrows(IllegalStateException.class, inspector::warmUp);
        assertNotNull(inspector.settings());
        if (closeDevice) {
            assertThrows(IllegalStateException.class, () -> Inspector.load(checkpoint, device));
        } else {
            try (Inspector next = Inspector.load(checkpoint, device, LOOSE)) {
                assertEquals(expected, expected(next));
            }
        }
        inspector.close();
        inspector.close();
        device.close();
    }

    @Test
    void wrongArgumentsAreNamedAndHarmless() throws Exception {
        try (Device device = open("cpu");
                Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            List<String> expected = expected(inspector);
            Inspection result = new Inspection();
            ByteBuffer frame = frame(0);
            assertEquals(
                    "frame",
                    assertThrows(
                                    NullPointerException.class,
                                    () -> inspector.inspect(null, PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH, result))
                            .getMessage());
            assertEquals(
                    "format",
                    assertThrows(
                                    NullPointerException.class,
                                    () -> inspector.inspect(frame, null, WIDTH, HEIGHT, 3 * WIDTH, result))
                            .getMessage());
            assertEquals(
                    "result",
                    assertThrows(
                                    NullPointerException.class,
                                    () -> inspector.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH, null))
                            .getMessage());
            assertEquals(
                    "image",
                    assertThrows(NullPointerException.class, () -> inspector.inspect((BufferedImage) null))
                            .getMessage());
            for (int[] size : new int[][] {{0, 5}, {5, -3}, {100_000, 100_000}, {Integer.MAX_VALUE, 1}}) {
                assertThrows(IllegalArgumentException.class, () -> inspector.warmUp(size[0], size[1]));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> inspector.inspect(frame, PixelFormat.GRAY, size[0], size[1], size[0], result));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> inspector.inspect(frame, PixelFormat.RGB, WIDTH, HEIGHT, Integer.MAX_VALUE, result));
            assertEquals(expected, expected(inspector));
        }
    }

    /** The mask of the large frame alone is larger than what the limit leaves. */
    @Test
    void aFrameTooLargeForTheDeviceLeavesTheInspectorUsable() throws Exception {
        MockCuda.start();
        long bytes;
        List<String> expected;
        try (CudaDevice device = CudaDevice.open(0, OPTIONS);
                Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            expected = expected(inspector);
            bytes = device.peakBytes();
        }
        try (CudaDevice device = CudaDevice.open(0, OPTIONS.withMemoryLimit(bytes + (1 << 20)));
                Inspector inspector = Inspector.load(checkpoint, device, LOOSE)) {
            assertEquals(expected, expected(inspector));
            ByteBuffer large = ByteBuffer.allocate(4000 * 3000);
            for (int i = 0; i < 2; i++) {
                assertThrows(
                        DeviceOutOfMemoryException.class,
                        () -> inspector.inspect(large, PixelFormat.GRAY, 4000, 3000, 4000, new Inspection()));
                assertFalse(inspector.isWarm());
                assertEquals(expected, expected(inspector));
            }
            inspector.warmUp(WIDTH, HEIGHT);
            assertTrue(inspector.isWarm());
            assertEquals(expected, expected(inspector));
        }
    }
}
