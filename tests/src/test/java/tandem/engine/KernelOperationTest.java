package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.Elementwise;

/** What operations reject at the line that is at fault, and who closes their commands. */
class KernelOperationTest {

    private final Graph graph = new Graph(new Variables());
    private final Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(4));
    private final Tensor y = graph.activation("y", x.shape());

    private record Pair(Tensor from, Tensor[] to) implements KernelArguments {}

    private static void refused(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    @Test
    void tensorsMustBeListedAlsoInsideOfRecords() {
        KernelOperation operation = KernelOperation.named("mine").reads(x);
        String expected = "mine passes y FLOAT32(4) to elementwise_add but does not list it as read or written";
        refused(expected, () -> operation.launch("elementwise_add", 1, x, y));
        refused(expected, () -> operation.launch("elementwise_add", 1, new Pair(x, new Tensor[] {x, y})));
        refused(
                "product passes y FLOAT32(4) to the device's library but does not list it as read or written",
                () -> LibraryOperation.of("product", dnn -> null, x, y).reads(x).appendTo(graph));
    }

    @Test
    void nullIsRejectedWhereItIsPassed() {
        refused(
                "mine reads null: tensor 2 of 2 is not there",
                () -> KernelOperation.named("mine").reads(x, null));
        refused(
                "mine writes null: tensor 1 of 1 is not there",
                () -> KernelOperation.named("mine").writes((Tensor) null));
        refused(
                "mine: argument 2 (to[0]) of kernel elementwise_add is null; pass Memory.NONE for memory that is not there",
                () -> KernelOperation.named("mine").reads(x).launch("elementwise_add", 1, new Pair(x, new Tensor[] {null
                })));
        assertEquals(
                List.of(x),
                LibraryOperation.of("product", dnn -> null, x, null)
                        .reads(x, null)
                        .inputs());
    }

    @Test
    void aLaunchNeedsABlock() {
        refused(
                "mine: a launch of kernel elementwise_add needs at least 1 block, not 0",
                () -> KernelOperation.named("mine").launchBlocks("elementwise_add", 0));
        refused(
                "mine: a launch of kernel elementwise_add cannot have -1 threads",
                () -> KernelOperation.named("mine").launch("elementwise_add", -1));
    }

    /** A command that records when it is closed. */
    private record Closing(String name, List<String> closed) implements Command {
        @Override
        public void run() {}

        @Override
        public void requireBuffers() {}

        @Override
        public void close() {
            closed.add(name);
        }
    }

    /** Binds to one such command, or fails to. */
    private record Bound(Tensor source, Tensor result, List<String> closed, boolean fails) implements Operation {
        @Override
        public String name() {
            return result.name();
        }

        @Override
        public List<Tensor> inputs() {
            return List.of(source);
        }

        @Override
        public List<Tensor> outputs() {
            return List.of(result);
        }

        @Override
        public Lowered lower(Device device) {
            return new Lowered() {
                @Override
                public List<Command> bind(Binding binding, Memory workspace) {
                    if (fails) {
                        throw new IllegalArgumentException("cannot bind");
                    }
                    return List.of(new Closing(name(), closed));
                }
            };
        }
    }

    @Test
    void commandsMadeBeforeAFailureAreClosed() {
        List<String> closed = new ArrayList<>();
        Tensor z = graph.activation("z", x.shape());
        Tensor last = graph.activation("last", x.shape());
        graph.add(new Bound(x, y, closed, false));
        graph.add(new Bound(y, z, closed, false));
        graph.add(new Bound(z, last, closed, true));
        try (CpuDevice device = new CpuDevice()) {
            refused("operation 2, last: cannot bind", () -> Program.of(device, graph, null, null));
            assertEquals(List.of("z", "y"), closed);
            assertEquals(java.util.Map.of(), device.census());
        }
    }

    @Test
    void aProgramThatRunsIsClosedWithItsCommands() {
        graph.keep(Elementwise.add(graph, x, x));
        try (CpuDevice device = new CpuDevice()) {
            Program program = Program.of(device, graph, null, null);
            program.run();
            program.close();
            assertEquals(java.util.Map.of(), device.census());
        }
    }
}
