package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.engine.Activation;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.operation.Convolution;

/** The parts of a convolution of one image, computed by several threads, are what one thread computes. */
class ParallelConvolutionTest {

    /** oneDNN divides the sums over many channels by the sizes and the number of threads; those here are below 200. */
    private static final float ROUNDING = 5e-4f;

    static Stream<ConvolutionShape> shapes() {
        return Stream.of(
                new ConvolutionShape(1, 64, 48, 3, 32, 7, 7, 2, 3),
                new ConvolutionShape(1, 40, 40, 32, 32, 3, 3, 1, 1),
                new ConvolutionShape(1, 21, 19, 64, 48, 3, 3, 2, 1),
                new ConvolutionShape(1, 33, 31, 24, 65, 3, 3, 1, 1),
                new ConvolutionShape(1, 40, 40, 64, 5, 1, 1, 1, 0),
                new ConvolutionShape(1, 41, 40, 32, 64, 1, 1, 2, 0),
                new ConvolutionShape(1, 20, 20, 16, 40, 5, 5, 1, 2),
                new ConvolutionShape(1, 30, 3, 64, 64, 3, 3, 1, 0),
                new ConvolutionShape(1, 3, 4, 512, 96, 3, 3, 1, 1),
                // The filters are large: parts by channels.
                new ConvolutionShape(1, 5, 5, 256, 256, 3, 3, 1, 1),
                new ConvolutionShape(1, 10, 10, 128, 256, 3, 3, 2, 1),
                new ConvolutionShape(1, 3, 4, 512, 128, 3, 3, 1, 1),
                new ConvolutionShape(1, 7, 7, 512, 512, 3, 3, 1, 1),
                new ConvolutionShape(1, 10, 10, 256, 512, 3, 3, 2, 1),
                new ConvolutionShape(1, 14, 14, 256, 320, 3, 3, 1, 1),
                new ConvolutionShape(1, 10, 10, 1024, 256, 1, 1, 1, 0));
    }

    private static float[] run(int threads, ConvolutionShape shape, boolean residual, boolean frozen) {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(1, shape.h(), shape.w(), shape.c()));
        Tensor filter = variables.parameter(
                "filter", Shape.of(shape.k(), shape.r(), shape.s(), shape.c()), Variables.Initializer.constant(0));
        Tensor bias = variables.parameter("bias", Shape.of(shape.k()), Variables.Initializer.constant(0));
        Tensor added = residual
                ? graph.input("added", DataType.FLOAT32, Shape.of(1, shape.outputH(), shape.outputW(), shape.k()))
                : null;
        Tensor y = graph.keep(Convolution.fused(
                graph, x, filter, bias, added, Activation.leaky(0.1f), shape.stride(), shape.padding()));
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[(int) y.elements()];
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(threads));
                Weights weights = new Weights(device, variables);
                Program program =
                        frozen ? Program.frozen(device, graph, weights) : Program.of(device, graph, weights, null)) {
            device.upload(noise(random, filter), weights.of(filter));
            device.upload(noise(random, bias), weights.of(bias));
            program.upload(x, noise(random, x));
            if (residual) {
                program.upload(added, noise(random, added));
            }
            program.run();
            ByteBuffer result = ByteBuffer.allocateDirect((int) y.bytes()).order(ByteOrder.nativeOrder());
            program.download(y, result);
            result.rewind();
            result.asFloatBuffer().get(values);
        }
        return values;
    }

    private static ByteBuffer noise(SplittableRandom random, Tensor tensor) {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < tensor.bytes(); i += Float.BYTES) {
            buffer.putFloat(i, (float) (random.nextDouble() * 2 - 1));
        }
        return buffer;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void partsAreWhatOneThreadComputes(ConvolutionShape shape) {
        for (boolean residual : new boolean[] {false, true}) {
            float[] expected = run(1, shape, residual, true);
            for (int threads = 2; threads <= 4; threads++) {
                float[] values = run(threads, shape, residual, true);
                assertArrayEquals(expected, values, ROUNDING, threads + " threads");
                assertArrayEquals(values, run(threads, shape, residual, true), "again");
            }
            assertArrayEquals(expected, run(3, shape, residual, false), ROUNDING, "not frozen");
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void partsCoverTheOutputOnce(ConvolutionShape shape) {
        for (int count = 1; count <= 5; count++) {
            List<ConvolutionPart> parts = ConvolutionPart.of(shape, count);
            boolean[][] covered = new boolean[shape.outputH()][shape.k()];
            for (ConvolutionPart part : parts) {
                assertEquals(
                        part.rows(),
                        (part.paddingAbove() + part.inputRows() + part.paddingBelow() - shape.r()) / shape.stride()
                                + 1);
                assertTrue(part.firstInputRow() >= 0 && part.firstInputRow() + part.inputRows() <= shape.h());
                for (int row = 0; row < part.rows(); row++) {
                    for (int channel = 0; channel < part.channels(); channel++) {
                        assertTrue(!covered[part.firstRow() + row][part.firstChannel() + channel]);
                        covered[part.firstRow() + row][part.firstChannel() + channel] = true;
                    }
                }
            }
            for (boolean[] row : covered) {
                for (boolean one : row) {
                    assertTrue(one);
                }
            }
        }
    }

    @Test
    void largeFiltersAreDividedByChannelsAndImagesByRows() {
        ConvolutionShape deep = new ConvolutionShape(1, 5, 5, 256, 256, 3, 3, 1, 1);
        ConvolutionShape wide = new ConvolutionShape(1, 40, 40, 64, 64, 3, 3, 1, 1);
        assertEquals(
                List.of(0, 128),
                ConvolutionPart.of(deep, 2).stream()
                        .map(ConvolutionPart::firstChannel)
                        .toList());
        assertEquals(
                List.of(0, 20),
                ConvolutionPart.of(wide, 2).stream()
                        .map(ConvolutionPart::firstRow)
                        .toList());
    }
}
