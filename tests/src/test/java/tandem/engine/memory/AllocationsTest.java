package tandem.engine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.DeviceLock;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.Memory;

/** The table of allocations and the commands that check it, over a source that only counts. */
class AllocationsTest {

    /** Blocks at 4096, 8192, ... of which the last freed is used again. */
    private static final class Source implements MemorySource {
        private final List<Long> freed = new ArrayList<>();
        private long next = 4096;

        @Override
        public String device() {
            return "test:7";
        }

        @Override
        public long limit() {
            return 1000;
        }

        @Override
        public Block allocate(long bytes) {
            if (bytes == 666) {
                throw new DeviceOutOfMemoryException("5 of 9 bytes are free");
            }
            Block block = new Block(next + 1, next);
            next += 4096;
            return block;
        }

        @Override
        public void free(Block block) {
            freed.add(block.handle());
        }

        @Override
        public String advice() {
            return ", or buy more";
        }
    }

    private final Source source = new Source();
    private final Allocations allocations = new Allocations(source, new DeviceLock("test"));
    private final List<String> events = new ArrayList<>();

    private final class Recorder extends BufferCommand {
        Recorder(String name, Memory... memories) {
            super(name, allocations, List.of(memories));
        }

        @Override
        protected void enter() {
            events.add(name() + " enters");
        }

        @Override
        protected void execute() {
            events.add(name() + " runs");
        }

        @Override
        protected void release() {
            events.add(name() + " releases");
            if (name().equals("faulty")) {
                throw new IllegalStateException("cannot release");
            }
        }
    }

    @Test
    void findsTheAllocationOfAnyRangeInside() {
        Allocation first = allocations.allocate(100, "first");
        Allocation second = allocations.allocate(50, "second");
        assertSame(first, allocations.of(new Memory(4096 + 60, 40), "reader"));
        assertSame(second, allocations.of(new Memory(8192, 50), "reader"));
        for (Memory wrong : List.of(new Memory(4095, 1), new Memory(4096 + 60, 41), new Memory(8192 + 51, 0))) {
            String message = assertThrows(IllegalStateException.class, () -> allocations.of(wrong, "reader"))
                    .getMessage();
            assertTrue(
                    message.startsWith("reader: " + wrong.bytes() + " bytes at 0x" + Long.toHexString(wrong.address())),
                    message);
        }
    }

    @Test
    void countsBytesByPurposeAndTheirPeak() {
        Buffer a = allocations.buffer(300, "weights");
        allocations.buffer(200, "weights");
        allocations.buffer(400, "inputs");
        a.close();
        a.close();
        allocations.buffer(100, "inputs");
        assertEquals(Map.of("weights", 200L, "inputs", 500L), allocations.census());
        assertEquals(900, allocations.peak());
        assertEquals(1, allocations.frees());
        assertEquals(List.of(4097L), source.freed);
        allocations.freeAll();
        assertEquals(List.of(4097L, 16385L, 12289L, 8193L), source.freed);
        assertEquals(Map.of(), allocations.census());
    }

    @Test
    void anAllocationBeyondTheLimitOrTheDeviceNamesWhatIsTaken() {
        allocations.buffer(300, "weights");
        String limit = assertThrows(DeviceOutOfMemoryException.class, () -> allocations.buffer(701, "inputs"))
                .getMessage();
        assertEquals(
                "no room for 701 bytes (inputs) on test:7: the limit is 1000 bytes, and 300 are taken by this run: "
                        + "{weights=300}; use a smaller batch or image size (`tandem plan` shows what each takes), or buy more",
                limit);
        String device = assertThrows(DeviceOutOfMemoryException.class, () -> allocations.buffer(666, "inputs"))
                .getMessage();
        assertTrue(device.contains("on test:7: 5 of 9 bytes are free, and 300 are taken"), device);
        assertThrows(IllegalArgumentException.class, () -> allocations.buffer(-1, "inputs"));
        assertEquals(300, allocations.peak());
    }

    @Test
    void aClosedBufferHasNoMemory() {
        Buffer buffer = allocations.buffer(8, "weights");
        assertEquals(new Memory(4096, 8), buffer.memory());
        buffer.close();
        assertEquals(
                "the buffer 'weights' (8 bytes) is closed",
                assertThrows(IllegalStateException.class, buffer::memory).getMessage());
    }

    @Test
    void aCommandFailsOnceABufferItUsesIsClosed() {
        Buffer used = allocations.buffer(8, "weights");
        Buffer other = allocations.buffer(8, "inputs");
        Recorder command = new Recorder("scale", used.memory(), Memory.NONE);
        command.run();
        other.close();
        command.run();
        used.close();
        assertEquals(
                "scale uses the buffer 'weights' (8 bytes), which is closed",
                assertThrows(IllegalStateException.class, command::run).getMessage());
        assertThrows(IllegalStateException.class, command::requireBuffers);
        assertEquals(List.of("scale enters", "scale runs", "scale enters", "scale runs", "scale enters"), events);
    }

    @Test
    void aCommandIsReleasedOnceAndFailsAfterwards() {
        Recorder command = new Recorder("scale");
        command.close();
        command.close();
        assertEquals(List.of("scale releases"), events);
        assertEquals(
                "scale belongs to a recording or device that is closed",
                assertThrows(IllegalStateException.class, command::run).getMessage());
    }

    @Test
    void aSequenceClosesAllCommandsAlsoWhenOneFailsTo() {
        CommandSequence three =
                new CommandSequence("norm", List.of(new Recorder("a"), new Recorder("faulty"), new Recorder("c")));
        assertEquals(
                "cannot release",
                assertThrows(IllegalStateException.class, three::close).getMessage());
        assertEquals(List.of("c releases", "faulty releases", "a releases"), events);
    }

    @Test
    void aSequenceRunsChecksAndClosesItsCommandsInOrder() {
        Buffer used = allocations.buffer(8, "weights");
        CommandSequence both =
                new CommandSequence("norm", List.of(new Recorder("sums"), new Recorder("apply", used.memory())));
        both.run();
        assertEquals(List.of("sums enters", "sums runs", "apply enters", "apply runs"), events);
        events.clear();
        used.close();
        assertTrue(assertThrows(IllegalStateException.class, both::requireBuffers)
                .getMessage()
                .startsWith("apply uses the buffer 'weights'"));
        both.close();
        both.close();
        assertEquals(List.of("apply releases", "sums releases"), events);
        assertTrue(assertThrows(IllegalStateException.class, both::run)
                .getMessage()
                .startsWith("norm belongs to a recording or device that is closed"));
    }
}
