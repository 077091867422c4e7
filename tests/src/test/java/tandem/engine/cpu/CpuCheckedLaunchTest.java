package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.operation.TestMemory;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.CheckFailure;

class CpuCheckedLaunchTest {

    private static final KernelEntry ADD = Catalogue.find("elementwise_add");

    @Test
    void accessBeyondATensorIsFoundInsideItsBuffer() {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
                Buffer buffer = device.allocate(4096, "arena")) {
            Memory a = buffer.memory().slice(0, 32);
            Memory b = buffer.memory().slice(256, 32);
            Memory y = buffer.memory().slice(512, 32);
            device.launch(ADD, Grid.of(1, 256), a, b, y, 8).run();
            CheckFailure failure = assertThrows(
                    CheckFailure.class,
                    () -> device.launch(ADD, Grid.of(1, 256), a, b, y, 9).run());
            assertTrue(failure.getMessage().contains("memory argument"), failure.getMessage());
            assertTrue(
                    failure.getMessage().contains("elementwise.ptx")
                            || failure.getMessage().contains("elementwise_add"),
                    failure.getMessage());
        }
    }

    @Test
    void argumentsMayOverlap() {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
                Buffer buffer = device.allocate(256, "numbers")) {
            device.upload(TestMemory.floats(1, 2, 3, 4, 5, 6, 7, 8), buffer.memory());
            Memory whole = buffer.memory().slice(0, 32);
            Memory tail = buffer.memory().slice(16, 16);
            device.launch(ADD, Grid.of(1, 256), whole, tail, whole, 4).run();
            float[] found = TestMemory.floats(device, whole);
            assertEquals(6, found[0]);
            assertEquals(12, found[3]);
            assertEquals(5, found[4]);
        }
    }

    @Test
    void aKernelMayTouchItsArgumentsOnly() {
        KernelEntry decode = Catalogue.find("box_decode");
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
                Buffer buffer = device.allocate(4096, "test")) {
            Memory all = buffer.memory();
            Memory loc = all.slice(0, 64);
            Memory boxes = all.slice(64, 64);
            Memory anchors = all.slice(128, 64);
            device.launch(decode, Grid.of(1, 256), loc, anchors, boxes, 4, 4).run();
            // The buffer continues after the anchors; loc and boxes may be the same memory.
            device.launch(decode, Grid.of(1, 256), loc, anchors, loc, 4, 4).run();
            Command beyond = device.launch(decode, Grid.of(1, 256), loc, anchors.slice(0, 48), boxes, 4, 4);
            String message = assertThrows(CheckFailure.class, beyond::run).getMessage();
            assertTrue(message.contains("box_decode") && message.contains("argument 2"), message);
            Command misaligned = device.launch(decode, Grid.of(1, 256), all.slice(4, 64), anchors, boxes, 4, 4);
            assertThrows(CheckFailure.class, misaligned::run);
        }
    }
}
