package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.Move;

class ProgramTest {

    private static ByteBuffer bytes(long count) {
        return ByteBuffer.allocateDirect(Math.toIntExact(count)).order(ByteOrder.nativeOrder());
    }

    @Test
    void runsTheRecordedCommandsAndKeepsRequestedTensors() {
        try (CpuDevice device = new CpuDevice()) {
            Graph graph = new Graph(new Variables());
            Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(2, 3));
            Tensor constant = graph.constant("c", Shape.of(2), 5, 6);
            Tensor passing = Move.copy(graph, x);
            Tensor kept = graph.keep(Move.copy(graph, Move.view(graph, passing, Shape.of(6))));
            Tensor keptConstant = graph.keep(Move.copy(graph, constant));
            try (Program program = Program.of(device, graph, null, null)) {
                ByteBuffer values = bytes(24);
                for (int i = 0; i < 6; i++) {
                    values.putFloat(i * 4, i + 0.5f);
                }
                program.upload(x, values);
                program.run();
                ByteBuffer read = bytes(24);
                program.download(kept, read);
                for (int i = 0; i < 6; i++) {
                    assertEquals(i + 0.5f, read.getFloat(i * 4));
                }
                ByteBuffer two = bytes(8);
                program.download(keptConstant, two);
                assertEquals(6, two.getFloat(4));
                assertTrue(assertThrows(IllegalArgumentException.class, () -> program.download(passing, read))
                        .getMessage()
                        .contains("keep"));
                assertThrows(IllegalArgumentException.class, () -> program.upload(x, bytes(20)));
                assertThrows(IllegalArgumentException.class, () -> program.upload(kept, values));
                program.profile().enable(true);
                program.run();
                program.run();
                Profile.Line copies = program.profile().byName().get(0);
                assertEquals("copy", copies.name());
                assertEquals(6, copies.calls());
                assertTrue(copies.nanoseconds() > 0);
                program.close();
                program.close();
                assertThrows(IllegalStateException.class, program::run);
            }
            assertTrue(device.census().isEmpty(), device.census().toString());
        }
    }

    @Test
    void programsShareAnArena() {
        try (CpuDevice device = new CpuDevice()) {
            Variables variables = new Variables();
            Tensor weight = variables.parameter("w", Shape.of(4), Variables.Initializer.constant(3));
            Graph small = new Graph(variables);
            Tensor smallCopy = small.keep(Move.copy(small, weight));
            Graph large = new Graph(variables);
            Tensor input = large.input("x", DataType.UINT8, Shape.of(1000));
            large.keep(Move.copy(large, input));
            Plan smallPlan = Plan.of(small, device);
            Plan largePlan = Plan.of(large, device);
            try (Weights weights = new Weights(device, variables);
                    Program.Arena arena = new Program.Arena(device, smallPlan, largePlan);
                    Program one = new Program(device, smallPlan, weights, null, arena);
                    Program two = new Program(device, largePlan, weights, null, arena)) {
                assertEquals(1024, device.census().get("activations"));
                weights.initialize(0);
                two.run();
                one.run();
                ByteBuffer read = bytes(16);
                one.download(smallCopy, read);
                assertEquals(3, read.getFloat(12));
                try (Program.Arena tooSmall = new Program.Arena(device, smallPlan)) {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new Program(device, largePlan, weights, null, tooSmall));
                }
                weights.close();
                assertTrue(assertThrows(IllegalStateException.class, one::run)
                        .getMessage()
                        .contains("weights"));
                two.run();
            }
        }
    }
}
