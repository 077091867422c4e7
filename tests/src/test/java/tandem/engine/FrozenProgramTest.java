package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.MatrixProduct;
import tandem.engine.operation.Move;

class FrozenProgramTest {

    private final Variables variables = new Variables();
    private final Tensor first = variables.parameter("first", Shape.of(32, 3, 3, 16), Variables.Initializer.heFanOut());
    private final Tensor second =
            variables.parameter("second", Shape.of(16, 1, 1, 32), Variables.Initializer.heFanOut());
    private final Graph graph = new Graph(variables);
    private final Tensor y = graph.keep(convolutions());

    private Tensor convolutions() {
        Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(2, 6, 6, 16));
        Tensor middle = Convolution.fused(graph, x, first, null, null, Activation.RELU, 1, 1);
        return Convolution.fused(graph, middle, second, null, x, Activation.leaky(0.1f), 1, 0);
    }

    private float[] run(Program program) {
        ByteBuffer image = ByteBuffer.allocateDirect(2 * 6 * 6 * 16 * 4).order(ByteOrder.nativeOrder());
        for (int i = 0; i < image.capacity(); i += 4) {
            image.putFloat(i, (float) Math.sin(i));
        }
        program.upload(graph.inputs().get("x"), image);
        program.run();
        program.download(y, image);
        float[] values = new float[(int) y.elements()];
        image.asFloatBuffer().get(values);
        return values;
    }

    @Test
    void aFrozenProgramComputesWhatAnOrdinaryOneDoes() {
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, variables);
                Program ordinary = Program.of(device, graph, weights, null);
                Program frozen = Program.frozen(device, graph, weights)) {
            weights.initialize(1);
            float[] before = run(ordinary);
            assertArrayEquals(before, run(frozen));
            assertArrayEquals(before, run(frozen));
            assertEquals(0, ordinary.plan().preparedBytes());
            assertTrue(frozen.plan().preparedBytes() >= (first.bytes() + second.bytes()));
            long saved = ordinary.plan().workspaceBytes() - frozen.plan().workspaceBytes();
            assertTrue(saved >= second.bytes(), "prepared filters take no workspace");
            weights.initialize(2);
            float[] after = run(ordinary);
            frozen.refresh();
            assertArrayEquals(after, run(frozen));
            assertTrue(before[0] != after[0]);
        }
    }

    @Test
    void variablesAreReleasedOneByOneAsTheirFiltersAreStored() {
        try (CpuDevice device = new CpuDevice();
                Weights weights = Weights.separate(device, variables);
                Program frozen = Program.frozen(device, graph, weights)) {
            weights.initialize(1);
            float[] expected = run(frozen);
            long peak = device.peakBytes();
            long before = device.census().get("weights");
            try (Program releasing = Program.releasing(device, graph, weights)) {
                assertEquals(
                        before - Memory.aligned(first.bytes()) - Memory.aligned(second.bytes()),
                        device.census().getOrDefault("weights", 0L));
                assertArrayEquals(expected, run(releasing));
                assertArrayEquals(expected, run(releasing));
                assertThrows(IllegalStateException.class, releasing::refresh);
            }
            assertEquals(List.of(first, second), weights.released());
            assertTrue(device.peakBytes()
                    < peak + frozen.plan().peakBytes() - frozen.plan().weightBytes());
        }
    }

    @Test
    void aFilterThatIsComputedIsPreparedInEveryRun() {
        Tensor column = variables.parameter("column", Shape.of(16, 1), Variables.Initializer.normal(1));
        Tensor row = variables.parameter("row", Shape.of(1, 16), Variables.Initializer.normal(1));
        Graph computed = new Graph(variables);
        Tensor x = computed.input("x", DataType.FLOAT32, Shape.of(1, 4, 4, 16));
        Tensor filter = Move.view(computed, MatrixProduct.apply(computed, column, row), Shape.of(16, 1, 1, 16));
        computed.keep(Convolution.fused(computed, x, filter, null, null, Activation.NONE, 1, 0));
        try (CpuDevice device = new CpuDevice()) {
            assertEquals(0, Plan.frozen(computed, device).preparedBytes());
        }
    }

    @Test
    void aTrainingGraphCannotBeFrozen() {
        Graph training = new Graph(variables);
        Tensor scalar = variables.parameter("scalar", Shape.of(1, 1), Variables.Initializer.constant(1));
        BackwardPass.append(
                training,
                Move.view(training, MatrixProduct.apply(training, scalar, scalar), Shape.of()),
                List.of(scalar));
        try (CpuDevice device = new CpuDevice()) {
            assertThrows(IllegalArgumentException.class, () -> Plan.frozen(training, device));
        }
    }
}
