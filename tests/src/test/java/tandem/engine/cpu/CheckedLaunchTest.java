package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.CheckFailure;

class CheckedLaunchTest {

    @Test
    void aKernelMayTouchItsArgumentsOnly() {
        KernelEntry decode = Catalogue.find("box_decode");
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withChecked(true)); Buffer buffer = device.allocate(4096, "test")) {
            Memory all = buffer.memory();
            Memory loc = all.slice(0, 64);
            Memory boxes = all.slice(64, 64);
            Memory anchors = all.slice(128, 64);
            device.launch(decode, Grid.of(1, 256), loc, anchors, boxes, 4, 4).run();
            // The buffer goes on behind the anchors, but they do not; loc and boxes may be one memory.
            device.launch(decode, Grid.of(1, 256), loc, anchors, loc, 4, 4).run();
            Command beyond = device.launch(decode, Grid.of(1, 256), loc, anchors.slice(0, 48), boxes, 4, 4);
            String message = assertThrows(CheckFailure.class, beyond::run).getMessage();
            assertTrue(message.contains("box_decode") && message.contains("argument 2"), message);
            Command misaligned = device.launch(decode, Grid.of(1, 256), all.slice(4, 64), anchors, boxes, 4, 4);
            assertThrows(CheckFailure.class, misaligned::run);
        }
    }
}
