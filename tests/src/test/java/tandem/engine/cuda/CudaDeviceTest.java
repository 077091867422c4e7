package tandem.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Recording;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/** Memory, copies, launches and recordings on the mock GPU. */
class CudaDeviceTest {

    private CudaDevice device;

    @BeforeEach
    void open() {
        MockCuda.start();
        device = CudaDevice.open(0, CudaDevice.Options.standard());
    }

    @AfterEach
    void nothingIsLeft() {
        if (device != null) {
            device.close();
            device.close();
            assertEquals("", MockCuda.census());
            assertEquals("", MockCuda.complaints());
        }
        MockCuda.stop();
    }

    static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    }

    static ByteBuffer noise(int count, long seed) {
        ByteBuffer buffer = bytes(count);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            buffer.put(i, (byte) random.nextInt());
        }
        return buffer;
    }

    private static Command add(CudaDevice device, Buffer a, Buffer b, Buffer y, int n) {
        KernelEntry kernel = Catalogue.find("elementwise_add");
        return device.launch(kernel, kernel.elements((n + 3) / 4), a.memory(), b.memory(), y.memory(), n);
    }

    @Test
    void profileTakesAnEventAfterEachOperation() {
        tandem.engine.Graph graph = new tandem.engine.Graph(new tandem.engine.Variables());
        tandem.engine.Tensor x = graph.input("x", tandem.engine.DataType.FLOAT32, tandem.engine.Shape.of(1000));
        tandem.engine.Tensor y = tandem.engine.operation.Elementwise.scale(graph, x, 3);
        graph.keep(tandem.engine.operation.Elementwise.add(graph, y, y));
        try (tandem.engine.Program program = tandem.engine.Program.of(device, graph, null, null)) {
            program.profile().enable(true);
            long before = MockCuda.calls("cuEventRecord");
            program.run();
            program.run();
            assertEquals(2 * 3, MockCuda.calls("cuEventRecord") - before);
            assertEquals(2, program.profile().runs());
            assertEquals(
                    java.util.Set.of("scale", "add"),
                    program.profile().byName().stream()
                            .map(tandem.engine.Profile.Line::name)
                            .collect(java.util.stream.Collectors.toSet()));
            assertTrue(
                    program.profile().byName().stream().allMatch(line -> line.nanoseconds() > 0),
                    program.profile().toString());
        }
    }

    @Test
    void namesTheGpuAndItsLibraries() {
        assertTrue(
                device.description().startsWith("cuda:0 (Mock GPU, sm_90, 1024 MiB; driver for CUDA 12.4"),
                device.description());
    }

    @Test
    void freshMemoryIsZero() {
        try (Buffer buffer = device.allocate(1000, "test")) {
            ByteBuffer read = noise(1000, 1);
            device.download(buffer.memory(), read);
            for (int i = 0; i < 1000; i++) {
                assertEquals(0, read.get(i));
            }
        }
    }

    @Test
    void uploadsOfAnySizeArriveWhole() {
        for (int size :
                new int[] {1, 1000, 64 << 10, (64 << 10) + 1, Staging.SLOT, 5 * Staging.SLOT + 17, 40 * Staging.SLOT}) {
            try (Buffer buffer = device.allocate(size, "test")) {
                ByteBuffer source = noise(size, size);
                device.upload(source, buffer.memory());
                ByteBuffer read = bytes(size);
                device.download(buffer.memory(), read);
                assertEquals(source, read);
            }
        }
    }

    @Test
    void uploadKeepsItsOrderAmongCommandsAndLeavesTheSourceFree() {
        int n = 300_000;
        try (Buffer a = device.allocate(4L * n, "a");
                Buffer b = device.allocate(4L * n, "b");
                Buffer y = device.allocate(4L * n, "y");
                Buffer sum = device.allocate(4L * n, "sum")) {
            Command accumulate = add(device, sum, a, y, n);
            Command keep = device.copy(y.memory(), sum.memory());
            ByteBuffer source = bytes(4 * n);
            float expected = 0;
            for (int round = 1; round <= 20; round++) {
                for (int i = 0; i < n; i++) {
                    source.putFloat(4 * i, round);
                }
                expected += round;
                device.upload(source, a.memory());
                accumulate.run();
                keep.run();
            }
            ByteBuffer read = bytes(4 * n);
            device.download(sum.memory(), read);
            for (int i = 0; i < n; i++) {
                assertEquals(expected, read.getFloat(4 * i));
            }
        }
    }

    @Test
    void launchesRunTheKernelOfTheCatalogue() {
        int n = 1003;
        try (Buffer a = device.allocate(4L * n, "a");
                Buffer b = device.allocate(4L * n, "b");
                Buffer y = device.allocate(4L * n, "y")) {
            ByteBuffer x = bytes(4 * n);
            for (int i = 0; i < n; i++) {
                x.putFloat(4 * i, i * 0.5f);
            }
            device.upload(x, a.memory());
            device.upload(x, b.memory());
            Command command = add(device, a, b, y, n);
            assertEquals("elementwise_add", command.name());
            command.run();
            ByteBuffer read = bytes(4 * n);
            device.download(y.memory(), read);
            for (int i = 0; i < n; i++) {
                assertEquals(i, read.getFloat(4 * i));
            }
        }
    }

    @Test
    void wrongArgumentsNameTheKernel() {
        try (Buffer a = device.allocate(16, "a")) {
            KernelEntry kernel = Catalogue.find("elementwise_add");
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> device.launch(kernel, kernel.blocks(1), a.memory(), 3))
                    .getMessage();
            assertTrue(message.contains("elementwise_add"), message);
        }
    }

    @Test
    void blocksOfAnotherSizeAreRefusedBeforeTheDriverSeesThem() {
        try (Buffer a = device.allocate(16, "a")) {
            KernelEntry kernel = Catalogue.find("elementwise_add");
            long loaded = MockCuda.calls("cuModuleLoadDataEx");
            long found = MockCuda.calls("cuModuleGetFunction");
            assertEquals(
                    "kernel elementwise_add: a block of 512 x 1 x 1 threads is larger than the limit of 256 (.maxntid 256, 1, 1)"
                            + "; KernelEntry.blocks and KernelEntry.elements make a grid with the right blocks",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> device.launch(kernel, Grid.of(1, 512), a.memory(), a.memory(), a.memory(), 4))
                            .getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> device.launch(kernel, Grid.of(1, 128), a.memory(), a.memory(), a.memory(), 4));
            assertEquals(loaded, MockCuda.calls("cuModuleLoadDataEx"));
            assertEquals(found, MockCuda.calls("cuModuleGetFunction"));
            add(device, a, a, a, 4);
            assertEquals(loaded + 1, MockCuda.calls("cuModuleLoadDataEx"));
            assertEquals(found + 1, MockCuda.calls("cuModuleGetFunction"));
        }
    }

    @Test
    void closingARecordingClosesItsCommands() {
        for (boolean graphs : new boolean[] {true, false}) {
            try (CudaDevice own =
                            CudaDevice.open(0, CudaDevice.Options.standard().withGraphs(graphs));
                    Buffer a = own.allocate(64, "a")) {
                Command clear = own.clear(a.memory());
                clear.run();
                own.record(List.of(clear)).close();
                assertTrue(assertThrows(IllegalStateException.class, clear::run)
                        .getMessage()
                        .endsWith("belongs to a recording or device that is closed"));
            }
        }
    }

    @Test
    void outOfMemoryAdvisesToEndOtherPrograms() {
        String message = assertThrows(
                        tandem.engine.DeviceOutOfMemoryException.class, () -> device.allocate(2L << 30, "too much"))
                .getMessage();
        assertTrue(
                message.endsWith("; use a smaller batch or image size (`tandem plan` shows what each takes)"
                        + ", or end other programs on this GPU"),
                message);
    }

    @Test
    void recordingIsOneGraphAndReplaysWithoutAllocating() {
        int n = 512;
        try (Buffer a = device.allocate(4L * n, "a");
                Buffer y = device.allocate(4L * n, "y")) {
            ByteBuffer ones = bytes(4 * n);
            for (int i = 0; i < n; i++) {
                ones.putFloat(4 * i, 1);
            }
            device.upload(ones, a.memory());
            Recording recording = device.record(List.of(add(device, a, a, y, n), device.copy(y.memory(), a.memory())));
            ByteBuffer read = bytes(4 * n);
            device.download(a.memory(), read);
            assertEquals(1, read.getFloat(0), "capturing must not run anything");
            long launches = MockCuda.calls("cuLaunchKernel");
            long allocations = MockCuda.calls("cuMemAlloc_v2") + MockCuda.calls("cuMemHostAlloc");
            for (int i = 0; i < 10; i++) {
                recording.replay();
            }
            device.download(a.memory(), read);
            assertEquals(1024, read.getFloat(4 * (n - 1)));
            assertEquals(launches, MockCuda.calls("cuLaunchKernel"));
            assertEquals(allocations, MockCuda.calls("cuMemAlloc_v2") + MockCuda.calls("cuMemHostAlloc"));
            assertEquals(10, MockCuda.calls("cuGraphLaunch"));
            assertEquals(2, recording.commands().size());
            y.close();
            assertTrue(assertThrows(IllegalStateException.class, recording::replay)
                    .getMessage()
                    .contains("'y'"));
            recording.close();
            recording.close();
            assertThrows(IllegalStateException.class, recording::replay);
        }
    }

    @Test
    void withoutGraphsARecordingRunsItsCommands() {
        device.close();
        device = CudaDevice.open(0, CudaDevice.Options.standard().withGraphs(false));
        try (Buffer a = device.allocate(64, "a");
                Buffer b = device.allocate(64, "b")) {
            device.upload(noise(64, 5), a.memory());
            try (Recording recording = device.record(List.of(device.copy(a.memory(), b.memory())));
                    Recording empty = device.record(List.of())) {
                recording.replay();
                empty.replay();
            }
            ByteBuffer read = bytes(64);
            device.download(b.memory(), read);
            assertEquals(noise(64, 5), read);
            assertEquals(0, MockCuda.calls("cuGraphLaunch"));
        }
    }

    @Test
    void buffersLeftOpenAreFreedWithTheDevice() {
        Buffer open = device.allocate(100, "left open");
        device.record(List.of(device.clear(open.memory())));
        device.close();
        assertThrows(IllegalStateException.class, () -> device.allocate(1, "late"));
        assertThrows(IllegalStateException.class, open::memory);
        open.close();
    }

    @Test
    void memoryOfAnotherKindIsRefused() {
        try (Buffer a = device.allocate(64, "a")) {
            tandem.engine.Memory foreign = new tandem.engine.Memory(4096, 64);
            assertThrows(IllegalStateException.class, () -> device.copy(foreign, a.memory()));
            assertThrows(IllegalStateException.class, () -> device.upload(bytes(64), foreign));
            assertThrows(IllegalArgumentException.class, () -> device.upload(bytes(65), a.memory()));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> device.copy(a.memory().slice(0, 40), a.memory().slice(24, 40)));
        }
    }
}
