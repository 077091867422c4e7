package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.CheckFailure;

class CpuDeviceTest {

    @Test
    void copiesAndClearsLargeAndOddRanges() {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(3))) {
            for (int bytes : new int[] {1, 255, 262_145, 3_000_001}) {
                try (Buffer a = device.allocate(bytes, "a");
                        Buffer b = device.allocate(bytes, "b")) {
                    assertEquals(0, a.memory().address() % 256);
                    ByteBuffer values = ByteBuffer.allocate(bytes);
                    for (int i = 0; i < bytes; i++) {
                        values.put(i, (byte) (i * 31));
                    }
                    device.upload(values.asReadOnlyBuffer(), a.memory());
                    device.copy(a.memory(), b.memory()).run();
                    device.clear(a.memory()).run();
                    ByteBuffer read = ByteBuffer.allocate(bytes);
                    device.download(b.memory(), read);
                    assertEquals(values, read);
                    device.download(a.memory(), read);
                    for (int i = 0; i < bytes; i++) {
                        assertEquals(0, read.get(i));
                    }
                }
            }
        }
    }

    @Test
    void closingARecordingClosesItsCommands() {
        try (CpuDevice device = new CpuDevice();
                Buffer a = device.allocate(64, "a")) {
            Command clear = device.clear(a.memory());
            clear.run();
            Recording recording = device.record(java.util.List.of(clear));
            recording.close();
            assertTrue(assertThrows(IllegalStateException.class, clear::run)
                    .getMessage()
                    .endsWith("belongs to a recording or device that is closed"));
            assertEquals(
                    "this recording of 1 commands is closed",
                    assertThrows(IllegalStateException.class, recording::replay).getMessage());
        }
    }

    @Test
    void aPrimitiveRejectsAnotherNumberOfArguments() {
        try (CpuDevice device = new CpuDevice()) {
            tandem.engine.Dnn.Primitive product =
                    device.dnn().matrixProduct(new tandem.engine.Dnn.ProductShape(2, 2, 2, false, false));
            assertEquals(
                    "matrix_product takes 3 arguments, not 2",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> product.bind(Memory.NONE, Memory.NONE, Memory.NONE))
                            .getMessage());
            tandem.engine.Dnn.Primitive pool =
                    device.dnn().globalAveragePoolForward(1, 2, 2, 4, tandem.engine.DataType.BFLOAT16);
            assertEquals(
                    "global_average_pool_forward takes 2 arguments, not 1",
                    assertThrows(IllegalArgumentException.class, () -> pool.bind(Memory.NONE, Memory.NONE))
                            .getMessage());
        }
    }

    @Test
    void aClosedBufferIsNeverTouched() {
        CpuDevice device = new CpuDevice();
        Buffer a = device.allocate(64, "first");
        Buffer b = device.allocate(64, "second");
        assertEquals(Map.of("first", 64L, "second", 64L), device.census());
        Command copy = device.copy(a.memory(), b.memory());
        Recording recording = device.record(java.util.List.of(copy));
        recording.replay();
        Memory memory = b.memory();
        b.close();
        b.close();
        Buffer other = device.allocate(64, "third");
        assertThrows(IllegalStateException.class, b::memory);
        assertTrue(assertThrows(IllegalStateException.class, recording::replay)
                .getMessage()
                .contains("second"));
        assertThrows(IllegalArgumentException.class, () -> device.upload(ByteBuffer.allocate(65), a.memory()));
        assertThrows(IllegalStateException.class, () -> device.copy(a.memory(), new Memory(8, 64)));
        assertThrows(
                IllegalStateException.class,
                () -> device.clear(new Memory(a.memory().address(), 65)));
        assertEquals(64, memory.bytes());
        recording.close();
        recording.close();
        device.close();
        device.close();
        assertThrows(IllegalStateException.class, a::memory);
        assertThrows(IllegalStateException.class, other::memory);
        assertThrows(IllegalStateException.class, () -> device.allocate(1, "late"));
        assertTrue(device.census().isEmpty());
    }

    @Test
    void anAllocationBeyondTheLimitIsAnErrorWithTheAllocatedMemory() {
        try (CpuDevice device = new CpuDevice();
                Buffer taken = device.allocate(1024, "weights")) {
            String message = assertThrows(
                            DeviceOutOfMemoryException.class, () -> device.allocate(1L << 50, "activations"))
                    .getMessage();
            assertTrue(
                    message.contains("activations")
                            && message.contains("weights=" + taken.memory().bytes()),
                    message);
        }
    }

    @Test
    void checkedModeStopsALaunchThatLeavesItsArguments() {
        KernelEntry fill = Catalogue.find("elementwise_fill");
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
                Buffer buffer = device.allocate(4096, "y")) {
            Memory first = buffer.memory().slice(0, 400);
            device.launch(fill, Grid.forElements(25, 256), first, 2f, 100).run();
            ByteBuffer values = ByteBuffer.allocate(404).order(ByteOrder.nativeOrder());
            device.download(buffer.memory(), values);
            assertEquals(2f, values.getFloat(396));
            assertEquals(0f, values.getFloat(400));
            Command beyond = device.launch(fill, Grid.forElements(26, 256), first, 3f, 104);
            assertEquals(
                    CheckFailure.Problem.OUT_OF_BOUNDS,
                    assertThrows(CheckFailure.class, beyond::run).problem());
            device.download(buffer.memory(), values);
            assertEquals(0f, values.getFloat(400));
        }
    }

    @Test
    void aLaunchIsCheckedBeforeItIsMade() {
        KernelEntry fill = Catalogue.find("elementwise_fill");
        try (CpuDevice device = new CpuDevice();
                Buffer buffer = device.allocate(400, "y")) {
            Memory y = buffer.memory();
            assertEquals(
                    "kernel elementwise_fill: a block of 128 x 1 x 1 threads is too small, the kernel is written for"
                            + " blocks of 256 (.maxntid 256, 1, 1)"
                            + "; KernelEntry.blocks and KernelEntry.elements make a grid with the right blocks",
                    assertThrows(IllegalArgumentException.class, () -> device.launch(fill, Grid.of(1, 128), y, 2f, 100))
                            .getMessage());
            for (Grid grid : List.of(Grid.of(1, 512), new Grid(1, 1, 1, 64, 4, 2))) {
                String block = grid.threadsX() + " x " + grid.threadsY() + " x " + grid.threadsZ();
                assertEquals(
                        "kernel elementwise_fill: a block of " + block
                                + " threads is larger than the limit of 256 (.maxntid 256, 1, 1)"
                                + "; KernelEntry.blocks and KernelEntry.elements make a grid with the right blocks",
                        assertThrows(IllegalArgumentException.class, () -> device.launch(fill, grid, y, 2f, 100))
                                .getMessage());
            }
            assertThrows(IllegalArgumentException.class, () -> device.launch(fill, Grid.of(1, 256), y, 2f));
            assertThrows(
                    IllegalStateException.class,
                    () -> device.launch(fill, Grid.of(1, 256), new Memory(4096, 400), 2f, 100));
        }
    }

    @Test
    void everyBlockOfATaskRunsOnce() {
        try (WorkerPool pool = new WorkerPool(4)) {
            for (int round = 0; round < 3000; round++) {
                int blocks = 1 + round % 97;
                AtomicIntegerArray runs = new AtomicIntegerArray(blocks);
                pool.run(
                        (first, end) -> {
                            for (int i = first; i < end; i++) {
                                runs.incrementAndGet(i);
                            }
                        },
                        blocks);
                for (int i = 0; i < blocks; i++) {
                    assertEquals(1, runs.get(i));
                }
            }
            assertThrows(
                    IllegalStateException.class,
                    () -> pool.run(
                            (first, end) -> {
                                if (first <= 500 && 500 < end) {
                                    throw new IllegalStateException("block 500");
                                }
                            },
                            1000));
            pool.run((first, end) -> {}, 10);
        }
    }
}
