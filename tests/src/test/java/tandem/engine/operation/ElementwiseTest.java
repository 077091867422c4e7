package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;

/** Cases outside of the table of operations: values beyond numbers, empty tensors, and errors. */
class ElementwiseTest {

    /** relu(x) and its derivative. */
    private static double[] relu(double x) {
        Graph graph = new Graph(new Variables());
        Tensor input = graph.input("x", DataType.FLOAT32, Shape.of());
        Tensor y = graph.keep(Elementwise.relu(graph, input));
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, y, List.of(input));
        try (CpuDevice device = new CpuDevice();
                Program program = Program.of(device, graph, null, null)) {
            program.upload(input, TestMemory.floats((float) x));
            program.run();
            return new double[] {TestMemory.floats(program, y)[0], TestMemory.floats(program, gradients.get(input))[0]};
        }
    }

    @Test
    void reluAtZeroAndBeyondNumbers() {
        assertEquals(0, relu(0)[0]);
        assertEquals(0, relu(0)[1]);
        assertEquals(0, relu(-0.0)[1]);
        assertEquals(0, Math.abs(relu(-3)[0]));
        assertEquals(0, relu(-3)[1]);
        assertEquals(1, relu(1e-45)[1], "the smallest number is positive");
        assertEquals(1, relu(3)[1]);
        assertEquals(Double.POSITIVE_INFINITY, relu(Double.POSITIVE_INFINITY)[0]);
        assertEquals(1, relu(Double.POSITIVE_INFINITY)[1]);
        assertTrue(Double.isNaN(relu(Double.NaN)[0]), "NaN must not be hidden");
    }

    @Test
    void emptyTensorsAreLeftAlone() {
        OperationRow row = OperationRow.named("empty")
                .input("a", Shape.of(0, 4), Values.of())
                .input("b", Shape.of(0, 4), Values.of())
                .builds((graph, in) -> List.of(Elementwise.relu(graph, Elementwise.add(graph, in.get(0), in.get(1)))));
        try (CpuDevice device = new CpuDevice()) {
            assertEquals(0, OperationRun.of(row, device, true).outputs()[0].length);
        }
    }

    @Test
    void wrongInputIsOneClearError() {
        Graph graph = new Graph(new Variables());
        Tensor a = graph.input("a", DataType.FLOAT32, Shape.of(2, 3));
        Tensor b = graph.input("b", DataType.FLOAT32, Shape.of(3, 2));
        Tensor bytes = graph.input("bytes", DataType.UINT8, Shape.of(2, 3));
        assertMessage(
                "add needs two tensors of one shape, got a FLOAT32(2, 3) and b FLOAT32(3, 2)",
                () -> Elementwise.add(graph, a, b));
        assertMessage("scale needs FLOAT32 elements, got bytes UINT8(2, 3)", () -> Elementwise.scale(graph, bytes, 2));
        assertMessage("leaky_relu needs a slope in [0, 1), got 1.0", () -> Elementwise.leakyRelu(graph, a, 1));
        assertMessage("leaky_relu needs a slope in [0, 1), got NaN", () -> Elementwise.leakyRelu(graph, a, Float.NaN));
        assertMessage("weighted_sum needs a scalar, got a FLOAT32(2, 3)", () -> Sum.weighted(graph, List.of(a), 1));
        assertMessage(
                "weighted sum needs one weight for each of at least one scalar, got 0 scalars and 0 weights",
                () -> Sum.weighted(graph, List.of()));
    }

    private static void assertMessage(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
