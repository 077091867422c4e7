package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.engine.operation.Elementwise;

/** Several threads on one device: each waits for the others, and nothing is freed while a command uses it. */
@Timeout(60)
class DeviceLockTest {

    private static final int N = 50_000;
    private static final int THREADS = 4;

    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "test-device-lock");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void stop() {
        MockCuda.stop();
    }

    @AfterAll
    static void shutDown() {
        WORKERS.shutdownNow();
    }

    private static Device open(String kind) {
        if (kind.equals("cpu")) {
            return new CpuDevice(CpuDevice.Options.standard().withThreads(2));
        }
        MockCuda.start();
        return CudaDevice.open(0, CudaDevice.Options.standard().withStagingSlots(4));
    }

    private static ByteBuffer floats() {
        return ByteBuffer.allocateDirect(N * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /** x to factor * x, kept. */
    private record Scaling(Program program, Tensor input, Tensor output, int factor) implements AutoCloseable {

        static Scaling of(Device device, int factor) {
            Graph graph = new Graph(new Variables());
            Tensor input = graph.input("x", DataType.FLOAT32, Shape.of(N));
            Tensor output = graph.keep(Elementwise.scale(graph, input, factor));
            return new Scaling(Program.of(device, graph, null, null), input, output, factor);
        }

        void check(ByteBuffer values, int value) {
            for (int i = 0; i < N; i++) {
                values.putFloat(4 * i, value + i);
            }
            program.upload(input, values);
            program.run();
            program.download(output, values);
            for (int i = 0; i < N; i++) {
                assertEquals((float) factor * (value + i), values.getFloat(4 * i));
            }
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private static void join(List<Future<?>> tasks) throws Exception {
        for (Future<?> task : tasks) {
            task.get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void programsOfSeveralThreadsDoNotDisturbEachOther(String kind) throws Exception {
        try (Device device = open(kind)) {
            List<Future<?>> tasks = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int factor = t + 2;
                tasks.add(WORKERS.submit(() -> {
                    ByteBuffer values = floats();
                    for (int made = 0; made < 3; made++) {
                        try (Scaling scaling = Scaling.of(device, factor)) {
                            for (int i = 0; i < 10; i++) {
                                scaling.check(values, i);
                            }
                        }
                    }
                }));
            }
            join(tasks);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void oneProgramIsSharedWithTheLock(String kind) throws Exception {
        try (Device device = open(kind);
                Scaling scaling = Scaling.of(device, 3)) {
            List<Future<?>> tasks = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int base = 100 * t;
                tasks.add(WORKERS.submit(() -> {
                    ByteBuffer values = floats();
                    for (int i = 0; i < 20; i++) {
                        device.lock().enter();
                        try {
                            scaling.check(values, base + i);
                        } finally {
                            device.lock().exit();
                        }
                    }
                }));
            }
            join(tasks);
        }
    }

    /** Without the lock around the three calls the results are mixed, but every call is safe. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void misuseIsAnExceptionOrAMixedResult(String kind) throws Exception {
        try (Device device = open(kind)) {
            Scaling scaling = Scaling.of(device, 3);
            List<Future<?>> tasks = new ArrayList<>();
            CountDownLatch running = new CountDownLatch(THREADS);
            for (int t = 0; t < THREADS; t++) {
                tasks.add(WORKERS.submit(() -> {
                    ByteBuffer values = floats();
                    String message = assertThrows(IllegalStateException.class, () -> {
                                for (int i = 0; ; i++) {
                                    scaling.program().upload(scaling.input(), values);
                                    scaling.program().run();
                                    scaling.program().download(scaling.output(), values);
                                    running.countDown();
                                }
                            })
                            .getMessage();
                    assertEquals("this program is closed", message);
                }));
            }
            running.await();
            scaling.close();
            join(tasks);
            try (Scaling other = Scaling.of(device, 5)) {
                other.check(floats(), 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void closingTheDeviceEndsOtherThreadsWithAnException(String kind) throws Exception {
        Device device = open(kind);
        List<Scaling> programs = new ArrayList<>();
        List<Future<?>> tasks = new ArrayList<>();
        CountDownLatch running = new CountDownLatch(THREADS);
        for (int t = 0; t < THREADS; t++) {
            Scaling scaling = Scaling.of(device, t + 2);
            programs.add(scaling);
            tasks.add(WORKERS.submit(() -> {
                ByteBuffer values = floats();
                String message = assertThrows(IllegalStateException.class, () -> {
                            for (int i = 0; ; i++) {
                                scaling.check(values, i);
                                running.countDown();
                            }
                        })
                        .getMessage();
                assertTrue(message.endsWith("device is closed"), message);
            }));
        }
        running.await();
        device.close();
        join(tasks);
        for (Scaling scaling : programs) {
            assertThrows(IllegalStateException.class, scaling.program()::run);
            scaling.close();
        }
        assertThrows(IllegalStateException.class, () -> device.allocate(1, "late"));
        assertThrows(IllegalStateException.class, device::synchronize);
        assertThrows(IllegalStateException.class, device::dnn);
        device.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void closingABufferWaitsForTheLock(String kind) throws Exception {
        try (Device device = open(kind)) {
            Buffer buffer = device.allocate(1000, "held");
            device.lock().enter();
            Future<?> closing;
            try {
                closing = WORKERS.submit(buffer::close);
                assertThrows(java.util.concurrent.TimeoutException.class, () -> closing.get(50, TimeUnit.MILLISECONDS));
                device.upload(floats().limit(1000), buffer.memory());
            } finally {
                device.lock().exit();
            }
            closing.get();
            assertThrows(IllegalStateException.class, buffer::memory);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void threadsFollowInTheOrderOfTheirCalls(String kind) throws Exception {
        try (Device device = open(kind)) {
            List<Integer> order = new ArrayList<>();
            List<Future<?>> tasks = new ArrayList<>();
            device.lock().enter();
            try {
                for (int t = 0; t < THREADS; t++) {
                    int number = t;
                    Thread[] waiting = new Thread[1];
                    CountDownLatch started = new CountDownLatch(1);
                    tasks.add(WORKERS.submit(() -> {
                        waiting[0] = Thread.currentThread();
                        started.countDown();
                        device.lock().call(() -> order.add(number));
                    }));
                    started.await();
                    while (waiting[0].getState() != Thread.State.WAITING) {
                        Thread.sleep(1);
                    }
                }
                assertEquals(List.of(), order);
            } finally {
                device.lock().exit();
            }
            join(tasks);
            assertEquals(List.of(0, 1, 2, 3), order);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void anExitTooManyIsAnException(String kind) {
        try (Device device = open(kind)) {
            device.lock().enter();
            device.lock().enter();
            assertTrue(device.lock().isHeld());
            device.lock().exit();
            assertTrue(device.lock().isHeld());
            device.lock().exit();
            assertFalse(device.lock().isHeld());
            assertThrows(IllegalMonitorStateException.class, device.lock()::exit);
        }
    }

    @org.junit.jupiter.api.Test
    void aFreeLockAllocatesNothing() {
        DeviceLock lock = new DeviceLock("test device");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long min = Long.MAX_VALUE;
        for (int batch = 0; batch < 20; batch++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < 1000; i++) {
                lock.enter();
                lock.exit();
            }
            min = Math.min(min, threads.getThreadAllocatedBytes(self) - before);
        }
        assertEquals(0, min);
    }
}
