package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Cast;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.MatrixProduct;
import tandem.engine.operation.Move;
import tandem.engine.operation.TestMemory;

class GraphTest {

    private final Variables variables = new Variables();
    private final Graph graph = new Graph(variables);

    private Tensor parameter(String name, int rows, int columns, float value) {
        return variables.parameter(name, Shape.of(rows, columns), Variables.Initializer.constant(value));
    }

    /** The sum of a (rows, columns) tensor. */
    private Tensor sum(Tensor tensor) {
        int rows = tensor.shape().dim(0);
        int columns = tensor.shape().dim(1);
        float[] left = new float[rows];
        float[] right = new float[columns];
        java.util.Arrays.fill(left, 1);
        java.util.Arrays.fill(right, 1);
        Tensor row = MatrixProduct.apply(graph, graph.constant("left", Shape.of(1, rows), left), tensor);
        return Move.view(
                graph,
                MatrixProduct.apply(graph, row, graph.constant("right", Shape.of(columns, 1), right)),
                Shape.of());
    }

    private List<float[]> run(Tensor... wanted) {
        List<float[]> values = new ArrayList<>();
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, variables);
                Gradients gradients = new Gradients(device, weights);
                Program program = Program.of(device, graph, weights, gradients)) {
            weights.initialize(1);
            program.run();
            for (Tensor tensor : wanted) {
                ByteBuffer bytes =
                        ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
                program.download(tensor, bytes);
                float[] array = new float[(int) tensor.elements()];
                bytes.asFloatBuffer().get(array);
                values.add(array);
            }
        }
        return values;
    }

    @Test
    void aTensorReadTwiceReceivesTheSumOfBothGradients() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor b = parameter("b", 2, 2, 5);
        // sum(A B + A): the gradient of A is 1 B' + 1, that of B is A' 1
        Tensor loss = sum(Elementwise.add(graph, MatrixProduct.apply(graph, a, b), a));
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, loss, List.of(a, b));
        List<float[]> values = run(gradients.get(a), gradients.get(b));
        assertArrayEquals(new float[] {11, 11, 11, 11}, values.get(0));
        assertArrayEquals(new float[] {6, 6, 6, 6}, values.get(1));
    }

    @Test
    void aProductWithItselfHasBothPartsOfItsGradient() {
        Tensor a = parameter("a", 2, 2, 3);
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, sum(MatrixProduct.apply(graph, a, a)), List.of(a));
        assertArrayEquals(new float[] {12, 12, 12, 12}, run(gradients.get(a)).get(0));
    }

    @Test
    void oneGradientForTwoParametersIsCopied() {
        Tensor a = parameter("a", 2, 3, 1);
        Tensor b = parameter("b", 2, 3, 2);
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, sum(Elementwise.add(graph, a, b)), List.of(a, b));
        List<float[]> values = run(gradients.get(a), gradients.get(b));
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, values.get(0));
        assertArrayEquals(values.get(0), values.get(1));
    }

    @Test
    void gradientsPassThroughViews() {
        Tensor a = parameter("a", 2, 6, 1);
        Tensor b = parameter("b", 4, 1, 2);
        Tensor loss = sum(MatrixProduct.apply(graph, Move.view(graph, a, Shape.of(3, 4)), b));
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, loss, List.of(a, b));
        List<float[]> values = run(gradients.get(a), gradients.get(b));
        assertArrayEquals(new float[] {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, values.get(0));
        assertArrayEquals(new float[] {3, 3, 3, 3}, values.get(1));
    }

    @Test
    void twoLossesOverOneForwardPassHaveGradientsOfTheirOwn() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor b = parameter("b", 2, 2, 5);
        Tensor product = MatrixProduct.apply(graph, a, b);
        Tensor first = sum(product);
        Tensor second = sum(Elementwise.add(graph, product, a));
        Map<Tensor, Tensor> of1 = BackwardPass.append(graph, first, List.of(a, b), 1);
        Map<Tensor, Tensor> of2 = BackwardPass.append(graph, second, List.of(a), 2);
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, variables);
                Gradients sets = new Gradients(device, weights, 3);
                Program program = Program.of(device, graph, weights, sets);
                Gradients one = new Gradients(device, weights)) {
            weights.initialize(1);
            program.run();
            // by A: 1 B' = 10, and 1 more in the second; by B: A' 1 = 6
            assertArrayEquals(new float[] {10, 10, 10, 10}, TestMemory.floats(device, sets.of(a, 1)));
            assertArrayEquals(new float[] {6, 6, 6, 6}, TestMemory.floats(device, sets.of(b, 1)));
            assertArrayEquals(new float[] {11, 11, 11, 11}, TestMemory.floats(device, sets.of(a, 2)));
            assertArrayEquals(new float[4], TestMemory.floats(device, sets.of(b, 2)));
            assertArrayEquals(new float[4], TestMemory.floats(device, sets.of(a)));
            assertEquals(program.memory(of1.get(a)), sets.of(a, 1));
            assertEquals(program.memory(of2.get(a)), sets.of(a, 2));
            assertThrows(IllegalArgumentException.class, () -> Program.of(device, graph, weights, one));
        }
    }

    @Test
    void aFrozenParameterIsAStateAndRoundedOnce() {
        Variables frozen = new Variables("a"::equals);
        Graph rounding = new Graph(frozen);
        // Brain floats have 8 bits: 1 + 2^-9 is rounded down to 1, 1 + 3 2^-8 to 1 + 2^-6, which is even.
        Tensor a = frozen.parameter(
                "a", Shape.of(2, 2), (shape, random) -> new float[] {1 + 0x1p-9f, 1 + 3 * 0x1p-8f, -2, 0});
        assertEquals(Tensor.Role.STATE, a.role());
        assertEquals(0, frozen.parameterElements());
        Tensor half = rounding.rounded(a, DataType.BFLOAT16);
        assertSame(half, rounding.rounded(a, DataType.BFLOAT16));
        Tensor back = rounding.keep(Cast.to(rounding, half, DataType.FLOAT32));
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, frozen);
                Program program = Program.of(device, rounding, weights, null)) {
            weights.initialize(1);
            program.run();
            assertArrayEquals(new float[] {1, 1 + 0x1p-6f, -2, 0}, TestMemory.floats(program, back));
        }
    }

    @Test
    void theLossItselfAndWhatItDoesNotDependOn() {
        Tensor loss = parameter("loss", 1, 1, 4);
        Tensor other = parameter("other", 1, 1, 4);
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, loss, List.of(loss, other));
        assertNull(gradients.get(other));
        assertArrayEquals(new float[] {1}, run(gradients.get(loss)).get(0));
    }

    @Test
    void whatIsNotWantedIsNotComputed() {
        Tensor image = graph.input("image", DataType.FLOAT32, Shape.of(1, 4, 4, 3));
        Tensor filter = variables.parameter("filter", Shape.of(2, 3, 3, 3), Variables.Initializer.heFanOut());
        Tensor y = Move.view(graph, Convolution.apply(graph, image, filter, null, 1, 1), Shape.of(16, 2));
        BackwardPass.append(graph, sum(y), List.of(filter));
        List<String> names = graph.operations().stream().map(Operation::name).toList();
        assertTrue(names.contains("convolution_backward_filter"), names.toString());
        assertFalse(names.contains("convolution_backward_data"), names.toString());
    }

    /** The identity, as a class that only implements the interface of all operations. */
    private record Plain(Tensor source, Tensor result, boolean stopsGradient) implements Operation {
        @Override
        public String name() {
            return "plain";
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
            throw new AssertionError("is not run");
        }
    }

    private Tensor plain(Tensor source, boolean stops) {
        Tensor result = graph.activation("plain", source.shape());
        graph.add(new Plain(source, result, stops));
        return result;
    }

    @Test
    void aGradientThatReachesAnOperationWithoutOneIsAnError() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor b = parameter("b", 2, 2, 3);
        Tensor loss = sum(Elementwise.add(graph, plain(a, false), b));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> BackwardPass.append(graph, loss, List.of(a)))
                .getMessage();
        assertTrue(message.contains("operation plain") && message.contains("implement Differentiable"), message);
        assertEquals(Map.of(), graph.parameterGradients(0));
        assertEquals(
                java.util.Set.of(b),
                BackwardPass.append(graph, loss, List.of(b)).keySet());
    }

    @Test
    void anOperationMayStopTheGradient() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor b = parameter("b", 2, 2, 3);
        Tensor loss = sum(Elementwise.add(graph, plain(a, true), b));
        assertEquals(
                java.util.Set.of(b),
                BackwardPass.append(graph, loss, List.of(a, b)).keySet());
    }

    @Test
    void targetsGivenTwiceAreRefusedBeforeTheGraphChanges() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor loss = sum(a);
        int operations = graph.operations().size();
        int constants = graph.constants().size();
        String message = assertThrows(
                        IllegalArgumentException.class, () -> BackwardPass.append(graph, loss, List.of(a, a)))
                .getMessage();
        assertEquals("a FLOAT32(2, 2) is given twice among the tensors to differentiate by", message);
        assertThrows(IllegalArgumentException.class, () -> BackwardPass.append(graph, loss, List.of(a), -1));
        assertEquals(operations, graph.operations().size());
        assertEquals(constants, graph.constants().size());
    }

    @Test
    void gradientsArePlacedOnlyWhereTheyFit() {
        Tensor a = parameter("a", 2, 2, 3);
        Tensor b = parameter("b", 2, 2, 3);
        Tensor dy = Elementwise.add(graph, a, b);
        Tensor other = Elementwise.add(graph, a, a);
        Tensor image = graph.input("image", DataType.FLOAT32, Shape.of(2, 2));
        refused("sets from 0 on, not -1", a, dy, -1);
        refused("image FLOAT32(2, 2) is INPUT", image, dy, 0);
        refused("type and shape must be equal", a, Move.view(graph, other, Shape.of(4)), 0);
        refused("a view shares its memory", a, other, 0);
        refused("no operation of this graph writes it", a, graph.activation("loose", a.shape()), 0);
        assertEquals(List.of(), graph.parameterGradients());
        graph.placeGradient(a, dy, 1);
        refused("has a gradient already in set 1", a, Elementwise.add(graph, b, b), 1);
        refused("of another parameter already", b, dy, 1);
        assertEquals(List.of(Map.of(), Map.of(a, dy)), graph.parameterGradients());
    }

    private void refused(String expected, Tensor parameter, Tensor gradient, int set) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> graph.placeGradient(parameter, gradient, set))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void mistakesAreNamed() {
        Tensor a = parameter("a", 2, 2, 3);
        assertThrows(IllegalArgumentException.class, () -> BackwardPass.append(graph, a, List.of(a)));
        assertThrows(IllegalArgumentException.class, () -> Move.view(graph, a, Shape.of(3)));
        graph.input("x", DataType.FLOAT32, Shape.of(1));
        assertThrows(IllegalArgumentException.class, () -> graph.input("x", DataType.FLOAT32, Shape.of(1)));
        assertThrows(IllegalArgumentException.class, () -> graph.constant("c", Shape.of(2), 1));
        Tensor unwritten = graph.activation("unwritten", Shape.of(2, 2));
        String message = assertThrows(IllegalArgumentException.class, () -> Elementwise.add(graph, unwritten, a))
                .getMessage();
        assertTrue(message.contains("unwritten"), message);
        Tensor loss = sum(a);
        BackwardPass.append(graph, loss, List.of(a));
        message = assertThrows(IllegalArgumentException.class, () -> BackwardPass.append(graph, loss, List.of(a)))
                .getMessage();
        assertTrue(message.contains("a FLOAT32(2, 2)"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> variables.parameter("a", Shape.of(4), Variables.Initializer.constant(0)));
        assertEquals(4, variables.parameterElements());
    }
}
