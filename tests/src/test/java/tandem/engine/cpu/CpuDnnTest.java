package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.HeapAllocation;
import tandem.engine.Activation;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Dnn;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.MatrixProduct;
import tandem.engine.operation.Move;
import tandem.engine.operation.Pool;

class CpuDnnTest {

    @Test
    void aRefusalNamesTheCallAndTheSizes() {
        try (CpuDevice device = new CpuDevice()) {
            Dnn.ConvolutionShape impossible = new Dnn.ConvolutionShape(1, 2, 2, 4, 4, 5, 5, 1, 0);
            String message = assertThrows(
                            LibraryException.class, () -> device.dnn().convolutionBackwardData(impossible))
                    .getMessage();
            assertTrue(
                    message.contains("dnnl_")
                            && message.contains("(1, 4, -2, -2)")
                            && message.contains("invalid arguments"),
                    message);
        }
    }

    @Test
    void argumentsAreMeasuredBeforeTheyAreUsed() {
        try (CpuDevice device = new CpuDevice();
                Buffer small = device.allocate(64, "small");
                Buffer large = device.allocate(1 << 20, "large")) {
            Dnn.Primitive primitive = device.dnn().matrixProduct(new Dnn.ProductShape(8, 8, 8, false, false));
            Memory m = large.memory();
            String message = assertThrows(IllegalArgumentException.class, () -> primitive.bind(m, m, small.memory(), m))
                    .getMessage();
            assertTrue(message.contains("argument 2") && message.contains("256"), message);
            Dnn.Primitive convolution = device.dnn()
                    .convolutionForward(
                            new Dnn.ConvolutionShape(1, 8, 8, 16, 16, 3, 3, 1, 1), false, false, Activation.NONE);
            assertTrue(convolution.workspaceBytes() > 64);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> convolution.bind(small.memory(), m, m, Memory.NONE, Memory.NONE, m));
            Command bound = primitive.bind(m.slice(0, primitive.workspaceBytes()), m, m, m);
            bound.run();
            large.close();
            assertThrows(IllegalStateException.class, bound::run);
        }
    }

    /** A small training step over every kind of command. */
    private static Tensor step(Graph graph, Variables variables, List<Tensor> parameters) {
        Tensor y = graph.input("x", DataType.FLOAT32, Shape.of(2, 16, 16, 3));
        int channels = 3;
        for (int i = 0; i < 3; i++) {
            Tensor filter =
                    variables.parameter("filter" + i, Shape.of(16, 3, 3, channels), Variables.Initializer.heFanOut());
            Tensor gamma = variables.parameter("gamma" + i, Shape.of(16), Variables.Initializer.constant(1));
            Tensor beta = variables.parameter("beta" + i, Shape.of(16), Variables.Initializer.constant(0.1f));
            Tensor mean = variables.state("mean" + i, Shape.of(16), Variables.Initializer.constant(0));
            Tensor variance = variables.state("variance" + i, Shape.of(16), Variables.Initializer.constant(1));
            parameters.addAll(List.of(filter, gamma, beta));
            Tensor convolved = Convolution.apply(graph, y, filter, null, 1, 1);
            y = BatchNorm.train(
                    graph,
                    convolved,
                    gamma,
                    beta,
                    mean,
                    variance,
                    i == 1 ? y : null,
                    i == 2 ? Activation.leaky(0.1f) : Activation.RELU);
            y = i == 0 ? Pool.max(graph, y, 3, 2, 1) : Elementwise.leakyRelu(graph, y, 0.2f);
            channels = 16;
        }
        Tensor pooled = Move.view(graph, Pool.globalAverage(graph, y), Shape.of(2, 16));
        Tensor head = variables.parameter("head", Shape.of(16, 1), Variables.Initializer.normal(1));
        parameters.add(head);
        Tensor each = MatrixProduct.apply(graph, pooled, head);
        return Move.view(
                graph, MatrixProduct.apply(graph, graph.constant("ones", Shape.of(1, 2), 1, 1), each), Shape.of());
    }

    private static byte[] gradients(int threads, boolean measure) {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        List<Tensor> parameters = new ArrayList<>();
        BackwardPass.append(graph, step(graph, variables, parameters), parameters);
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(threads));
                Weights weights = new Weights(device, variables);
                Gradients gradients = new Gradients(device, weights);
                Program program = Program.of(device, graph, weights, gradients)) {
            weights.initialize(3);
            ByteBuffer image = ByteBuffer.allocateDirect(2 * 16 * 16 * 3 * 4).order(ByteOrder.nativeOrder());
            for (int i = 0; i < image.capacity(); i += 4) {
                image.putFloat(i, (float) Math.sin(i));
            }
            program.upload(graph.inputs().get("x"), image);
            program.run();
            ByteBuffer values =
                    ByteBuffer.allocate(Math.toIntExact(gradients.all().bytes()));
            device.download(gradients.all(), values);
            if (measure) {
                assertEquals(0, HeapAllocation.bytes(500, program::run) / 500);
            }
            return values.array();
        }
    }

    @Test
    void aStepAllocatesNothingOnTheHeap() {
        gradients(2, true);
    }

    @Test
    void theSameStepGivesTheSameBits() {
        byte[] first = gradients(2, false);
        boolean anything = false;
        for (byte value : first) {
            anything |= value != 0;
        }
        assertTrue(anything);
        for (int i = 0; i < 3; i++) {
            assertTrue(Arrays.equals(first, gradients(2, false)));
        }
    }

    @Test
    void handlesAreFreedWithTheirProgram() {
        try (CpuDevice device = new CpuDevice()) {
            Variables variables = new Variables();
            Graph graph = new Graph(variables);
            List<Tensor> parameters = new ArrayList<>();
            BackwardPass.append(graph, step(graph, variables, parameters), parameters);
            for (int i = 0; i < 20; i++) {
                try (Weights weights = new Weights(device, variables);
                        Gradients gradients = new Gradients(device, weights);
                        Program program = Program.of(device, graph, weights, gradients)) {
                    program.run();
                    assertFalse(device.census().isEmpty());
                }
                assertTrue(device.census().isEmpty(), device.census().toString());
            }
        }
    }
}
