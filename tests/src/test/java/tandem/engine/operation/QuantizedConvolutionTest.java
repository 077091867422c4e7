package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Activation;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;

/** Against sums of integers. All scales are powers of two, so that every result is exact; -0 counts as 0. */
class QuantizedConvolutionTest {

    private static final float INPUT_SCALE = 1 / 64f;
    private static final Quantization OUTPUT = new Quantization(0.25f, 31);
    private static final Quantization RESIDUAL = new Quantization(0.125f, 77);

    private enum Values {
        RANDOM,
        /** All bytes are the maximum. */
        EXTREME
    }

    private enum Residual {
        NONE,
        FLOATS,
        BYTES
    }

    private record Case(
            int n,
            int size,
            int c,
            int k,
            int window,
            int stride,
            int zeroPoint,
            boolean bias,
            Residual residual,
            Activation activation,
            boolean bytes,
            Values values) {

        Case(
                int n,
                int size,
                int c,
                int k,
                int window,
                int stride,
                int zeroPoint,
                boolean bias,
                boolean residual,
                Activation activation,
                boolean bytes,
                Values values) {
            this(
                    n,
                    size,
                    c,
                    k,
                    window,
                    stride,
                    zeroPoint,
                    bias,
                    residual ? Residual.FLOATS : Residual.NONE,
                    activation,
                    bytes,
                    values);
        }

        boolean isAdded() {
            return residual != Residual.NONE;
        }

        boolean addsBytes() {
            return residual == Residual.BYTES;
        }

        int output() {
            return (size + 2 * (window / 2) - window) / stride + 1;
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(1, 12, 64, 64, 3, 1, 0, true, false, Activation.RELU, false, Values.RANDOM),
            new Case(2, 9, 64, 32, 3, 1, 23, true, true, Activation.leaky(0.125f), false, Values.RANDOM),
            new Case(1, 12, 64, 64, 3, 1, 23, true, false, Activation.leaky(0.125f), true, Values.RANDOM),
            new Case(1, 16, 64, 128, 3, 2, 0, true, false, Activation.RELU, true, Values.RANDOM),
            new Case(1, 13, 64, 64, 3, 1, 23, true, true, Activation.leaky(0.125f), false, Values.RANDOM),
            new Case(1, 17, 64, 128, 3, 2, 9, true, true, Activation.RELU, true, Values.RANDOM),
            new Case(1, 40, 8, 128, 3, 1, 23, true, false, Activation.NONE, false, Values.RANDOM),
            new Case(1, 33, 3, 32, 7, 2, 117, false, false, Activation.RELU, true, Values.RANDOM),
            new Case(1, 10, 64, 64, 1, 1, 5, true, true, Activation.RELU, false, Values.RANDOM),
            new Case(1, 10, 32, 24, 1, 2, 0, false, false, Activation.NONE, false, Values.RANDOM),
            new Case(1, 32, 3, 16, 7, 2, 117, true, false, Activation.RELU, false, Values.RANDOM),
            new Case(3, 7, 17, 5, 3, 1, 40, true, true, Activation.NONE, false, Values.RANDOM),
            new Case(1, 1, 40, 7, 1, 1, 200, true, false, Activation.NONE, false, Values.RANDOM),
            new Case(1, 8, 32, 16, 3, 1, 0, false, false, Activation.NONE, false, Values.EXTREME),
            new Case(1, 8, 33, 16, 1, 1, 0, false, false, Activation.NONE, false, Values.EXTREME),
            new Case(1, 8, 32, 16, 3, 1, 128, false, false, Activation.NONE, false, Values.EXTREME),
            new Case(1, 12, 64, 64, 3, 1, 0, true, Residual.BYTES, Activation.RELU, true, Values.RANDOM),
            new Case(1, 20, 64, 32, 3, 1, 23, true, Residual.BYTES, Activation.leaky(0.125f), true, Values.RANDOM),
            new Case(1, 17, 64, 128, 3, 2, 9, false, Residual.BYTES, Activation.RELU, false, Values.RANDOM),
            new Case(2, 9, 64, 32, 3, 1, 23, true, Residual.BYTES, Activation.leaky(0.125f), false, Values.RANDOM),
            new Case(1, 10, 64, 64, 1, 1, 5, true, Residual.BYTES, Activation.RELU, true, Values.RANDOM),
            new Case(3, 7, 17, 5, 3, 1, 40, true, Residual.BYTES, Activation.NONE, true, Values.RANDOM));

    /** Checks all cases; the other instruction sets run it in a process of their own. */
    public static void main(String[] arguments) {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(2))) {
            CASES.forEach(one -> check(device, one));
            System.out.println("max filter byte " + device.dnn().maxFilterByte());
        }
    }

    private static void check(Device device, Case one) {
        Random random = new Random(7);
        int limit = device.dnn().maxFilterByte();
        int taps = one.window() * one.window() * one.c();
        int[] x = new int[one.n() * one.size() * one.size() * one.c()];
        int[] filter = new int[one.k() * taps];
        float[] scales = new float[one.k()];
        for (int i = 0; i < x.length; i++) {
            x[i] = one.values() == Values.EXTREME ? 255 : random.nextInt(256);
        }
        for (int i = 0; i < filter.length; i++) {
            int sign = i / taps % 2 == 0 ? 1 : -1;
            filter[i] = one.values() == Values.EXTREME ? sign * limit : random.nextInt(2 * limit + 1) - limit;
        }
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 1f / (16 << i % 3);
        }
        float[] bias = steps(random, one.bias() ? one.k() : 0);
        int outputs = one.n() * one.output() * one.output() * one.k();
        float[] residual = one.addsBytes() ? bytes(random, outputs) : steps(random, one.isAdded() ? outputs : 0);
        float[] expected = reference(one, x, filter, scales, bias, residual);
        float[] found = run(device, one, x, filter, scales, bias, residual);
        for (int i = 0; i < outputs; i++) {
            int element = i;
            assertEquals(expected[i] + 0f, found[i] + 0f, () -> one + ", element " + element);
        }
    }

    private static float[] steps(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(2001) - 1000) / 64f;
        }
        return values;
    }

    /** Values of bytes of a residual. */
    private static float[] bytes(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(256) - RESIDUAL.zeroPoint()) * RESIDUAL.scale();
        }
        return values;
    }

    private static float[] reference(Case one, int[] x, int[] filter, float[] scales, float[] bias, float[] residual) {
        int size = one.size();
        int taps = one.window() * one.window() * one.c();
        float[] y = new float[one.n() * one.output() * one.output() * one.k()];
        for (int at = 0; at < y.length; at++) {
            int k = at % one.k();
            int column = at / one.k() % one.output();
            int row = at / one.k() / one.output() % one.output();
            int image = at / one.k() / one.output() / one.output();
            int sum = 0;
            for (int tap = 0; tap < taps; tap += one.c()) {
                int i = row * one.stride() + tap / one.c() / one.window() - one.window() / 2;
                int j = column * one.stride() + tap / one.c() % one.window() - one.window() / 2;
                if (i >= 0 && i < size && j >= 0 && j < size) {
                    int pixel = ((image * size + i) * size + j) * one.c();
                    for (int c = 0; c < one.c(); c++) {
                        sum += (x[pixel + c] - one.zeroPoint()) * filter[k * taps + tap + c];
                    }
                }
            }
            assertTrue(Math.abs(sum) < 1 << 24, () -> "not exact in float: " + one);
            float value = sum * (INPUT_SCALE * scales[k]);
            value += one.bias() ? bias[k] : 0;
            value += one.isAdded() ? residual[at] : 0;
            if (one.activation().present() && value < 0) {
                value *= one.activation().slope();
            }
            y[at] = one.bytes()
                    ? (float) Math.max(0, Math.min(255, Math.rint(value / OUTPUT.scale() + OUTPUT.zeroPoint())))
                    : value;
        }
        return y;
    }

    private static float[] run(
            Device device, Case one, int[] x, int[] filter, float[] scales, float[] bias, float[] residual) {
        Quantization input = new Quantization(INPUT_SCALE, one.zeroPoint());
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        Variables.Initializer zero = Variables.Initializer.constant(0);
        Tensor image = graph.input("x", DataType.FLOAT32, Shape.of(one.n(), one.size(), one.size(), one.c()));
        Tensor filters = variables.parameter("filter", Shape.of(one.k(), one.window(), one.window(), one.c()), zero);
        Tensor scale = variables.parameter("scale", Shape.of(one.k()), zero);
        Tensor biases = one.bias() ? variables.parameter("bias", Shape.of(one.k()), zero) : null;
        Tensor added = one.isAdded()
                ? graph.input("residual", DataType.FLOAT32, Shape.of(one.n(), one.output(), one.output(), one.k()))
                : null;
        Tensor y = graph.keep(QuantizedConvolution.apply(
                graph,
                QuantizedConvolution.quantize(graph, image, input),
                input,
                filters,
                scale,
                biases,
                one.addsBytes() ? QuantizedConvolution.quantize(graph, added, RESIDUAL) : added,
                one.addsBytes() ? Optional.of(RESIDUAL) : Optional.empty(),
                one.activation(),
                one.stride(),
                one.window() / 2,
                one.bytes() ? Optional.of(OUTPUT) : Optional.empty()));
        float[] values = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            values[i] = (x[i] - one.zeroPoint()) * INPUT_SCALE;
        }
        float[] rounded = new float[filter.length];
        for (int i = 0; i < filter.length; i++) {
            rounded[i] = filter[i] * scales[i * one.k() / filter.length];
        }
        try (Weights weights = new Weights(device, variables)) {
            device.upload(floats(rounded), weights.of(filters));
            device.upload(floats(scales), weights.of(scale));
            if (one.bias()) {
                device.upload(floats(bias), weights.of(biases));
            }
            try (Program program = Program.frozen(device, graph, weights)) {
                program.upload(image, floats(values));
                if (one.isAdded()) {
                    program.upload(added, floats(residual));
                }
                program.run();
                program.run();
                ByteBuffer bytes =
                        ByteBuffer.allocateDirect(Math.toIntExact(y.bytes())).order(ByteOrder.nativeOrder());
                program.download(y, bytes.duplicate());
                float[] result = new float[(int) y.elements()];
                for (int i = 0; i < result.length; i++) {
                    result[i] = one.bytes() ? bytes.get(i) & 0xff : bytes.getFloat(Float.BYTES * i);
                }
                return result;
            }
        }
    }

    private static ByteBuffer floats(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    @Test
    void equalsSumsOfIntegers() {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            CASES.forEach(one -> check(device, one));
        }
    }

    /** On AVX2 without VNNI pairs of products are saturated at 16 bits, which the smaller filter bytes avoid. */
    @ParameterizedTest
    @ValueSource(strings = {"AVX2", "AVX2_VNNI", "AVX512_CORE"})
    void equalsSumsOfIntegersOnOtherInstructionSets(String isa) throws IOException, InterruptedException {
        Assumptions.assumeTrue(System.getenv("ONEDNN_MAX_CPU_ISA") == null, "limited for this process already");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        QuantizedConvolutionTest.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("ONEDNN_MAX_CPU_ISA", isa);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), text);
        if (!isa.equals("AVX2_VNNI")) {
            assertTrue(text.contains("max filter byte 63"), text);
        }
    }

    @Test
    void theRangeOfAQuantizationContainsZero() {
        assertEquals(new Quantization(2 / 255f, 0), Quantization.of(0, 2));
        assertEquals(new Quantization(2 / 255f, 0), Quantization.of(1, 2));
        assertEquals(new Quantization(4 / 255f, 255), Quantization.of(-4, -3));
        assertEquals(new Quantization(1, 55), Quantization.of(-55, 200));
        assertEquals(0, Quantization.of(0, 0).zeroPoint());
        assertThrows(IllegalArgumentException.class, () -> Quantization.of(1, 0));
        assertThrows(IllegalArgumentException.class, () -> Quantization.of(0, Float.NaN));
        assertThrows(IllegalArgumentException.class, () -> Quantization.of(0, Float.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> new Quantization(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Quantization(1, 256));
    }

    /** In parts where there are several threads, of a number of elements that they do not divide. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void largeTensorsBecomeBytes(int threads) {
        Quantization to = new Quantization(0.5f, 20);
        Graph graph = new Graph(new Variables());
        Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(1, 1, 1, 100_003));
        Tensor y = graph.keep(QuantizedConvolution.quantize(graph, x, to));
        float[] values = new float[(int) x.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 400 - 80) * 0.5f;
        }
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(threads));
                Program program = Program.of(device, graph, null, null)) {
            program.upload(x, floats(values));
            program.run();
            ByteBuffer found = ByteBuffer.allocateDirect(values.length);
            program.download(y, found);
            for (int i = 0; i < values.length; i++) {
                assertEquals(Math.max(0, Math.min(255, i % 400 - 60)), found.get(i) & 0xff, "element " + i);
            }
        }
    }

    @Test
    void otherTypesAndShapesAreRefused() {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        Quantization input = Quantization.of(0, 1);
        Variables.Initializer zero = Variables.Initializer.constant(0);
        Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(1, 4, 4, 8));
        Tensor filter = variables.parameter("filter", Shape.of(16, 3, 3, 8), zero);
        Tensor scale = variables.parameter("scale", Shape.of(16), zero);
        Tensor wrong = variables.parameter("wrong", Shape.of(8), zero);
        Tensor bytes = QuantizedConvolution.quantize(graph, x, input);
        assertThrows(IllegalArgumentException.class, () -> QuantizedConvolution.quantize(graph, bytes, input));
        assertThrows(IllegalArgumentException.class, () -> apply(graph, x, input, filter, scale, null));
        assertThrows(IllegalArgumentException.class, () -> apply(graph, bytes, input, filter, wrong, null));
        assertThrows(IllegalArgumentException.class, () -> apply(graph, bytes, input, filter, scale, x));
        Tensor y =
                QuantizedConvolution.quantize(graph, graph.input("y", DataType.FLOAT32, Shape.of(1, 4, 4, 16)), input);
        assertThrows(IllegalArgumentException.class, () -> apply(graph, bytes, input, filter, scale, y));
        assertEquals(
                Shape.of(1, 4, 4, 16),
                apply(graph, bytes, input, filter, scale, null).shape());
    }

    private static Tensor apply(
            Graph graph, Tensor x, Quantization input, Tensor filter, Tensor scale, Tensor residual) {
        return QuantizedConvolution.apply(
                graph,
                x,
                input,
                filter,
                scale,
                null,
                residual,
                Optional.empty(),
                Activation.RELU,
                1,
                1,
                Optional.empty());
    }
}
