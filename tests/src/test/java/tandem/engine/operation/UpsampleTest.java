package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;

/** Cases outside of the table of operations: values by hand, exactness far from the origin, and errors. */
class UpsampleTest {

    private static float[] bilinear(Shape shape, float[] values, int outputH, int outputW) {
        Graph graph = new Graph(new Variables());
        Tensor x = graph.input("x", DataType.FLOAT32, shape);
        Tensor y = graph.keep(Upsample.bilinear(graph, x, outputH, outputW));
        try (CpuDevice device = new CpuDevice();
                Program program = Program.of(device, graph, null, null)) {
            program.upload(x, TestMemory.floats(values));
            program.run();
            return TestMemory.floats(program, y);
        }
    }

    /** Centers of four pixels over two lie at -1/4, 1/4, 3/4 and 5/4. */
    @Test
    void bilinearOfTwoPixels() {
        assertArrayEquals(new float[] {1, 1.25f, 1.75f, 2}, bilinear(Shape.of(1, 1, 2, 1), new float[] {1, 2}, 1, 4));
    }

    @Test
    void bilinearKeepsAConstantExactly() {
        float[] values = new float[3 * 5 * 4];
        Arrays.fill(values, 0.1f);
        for (float value : bilinear(Shape.of(1, 3, 5, 4), values, 17, 23)) {
            assertEquals(0.1f, value);
        }
    }

    /** A comb of zeros and ones, three times as wide: 0, 1/3, 2/3, 1, 2/3, 1/3, 0, ... wherever one looks. */
    @Test
    void bilinearIsExactFarFromTheOrigin() {
        int w = 8000;
        float[] comb = new float[w];
        for (int i = 0; i < w; i++) {
            comb[i] = i % 2;
        }
        float[] y = bilinear(Shape.of(1, 1, w, 1), comb, 1, 3 * w);
        double[] period = {0, 1 / 3.0, 2 / 3.0, 1, 2 / 3.0, 1 / 3.0};
        for (int i = 1; i < 3 * w - 1; i++) {
            assertEquals(period[(i - 1) % 6], y[i], 1.2e-7, "pixel " + i);
        }
    }

    @Test
    void divisorsAreExact() {
        for (int d :
                new int[] {1, 2, 3, 5, 7, 10, 64, 641, 65_535, 65_536, 65_537, 1 << 30, (1 << 30) + 1, Integer.MAX_VALUE
                }) {
            Divisor divisor = Divisor.of(d);
            SplittableRandom random = new SplittableRandom(d);
            for (int k = 0; k < 2000; k++) {
                int n = k < 20 ? k : random.nextInt(Integer.MAX_VALUE);
                int multiple = n / d * d;
                assertEquals(n / d, divisor.divide(n));
                assertEquals(multiple / d, divisor.divide(multiple));
                assertEquals(Math.max(0, multiple - 1) / d, divisor.divide(Math.max(0, multiple - 1)));
            }
            assertEquals(Integer.MAX_VALUE / d, divisor.divide(Integer.MAX_VALUE));
        }
        assertThrows(IllegalArgumentException.class, () -> Divisor.of(0));
    }

    /** Bytes that are no numbers as FLOAT32 too. */
    @Test
    void bytesAreMovedAsTheyAre() {
        Shape shape = Shape.of(2, 3, 5, 12);
        Graph graph = new Graph(new Variables());
        Tensor x = graph.input("x", DataType.UINT8, shape);
        Tensor y = graph.keep(Crop.upperLeft(graph, Upsample.nearest(graph, x, 2), 5, 9));
        byte[] values = new byte[(int) shape.elements()];
        new SplittableRandom(3).nextBytes(values);
        Arrays.fill(values, 0, 40, (byte) 0xff);
        values[5] = (byte) 0x80;
        try (CpuDevice device = new CpuDevice();
                Program program = Program.of(device, graph, null, null)) {
            program.upload(
                    x, ByteBuffer.allocateDirect(values.length).put(values).flip());
            program.run();
            ByteBuffer found = ByteBuffer.allocateDirect((int) y.bytes());
            program.download(y, found);
            for (int i = 0; i < y.elements(); i++) {
                int pixel = i / 12;
                int from = ((pixel / 45 * 3 + pixel % 45 / 9 / 2) * 5 + pixel % 9 / 2) * 12 + i % 12;
                assertEquals(values[from], found.get(i), "element " + i);
            }
        }
        Tensor odd = graph.input("odd", DataType.UINT8, Shape.of(1, 2, 2, 6));
        assertThrows(IllegalArgumentException.class, () -> Upsample.nearest(graph, odd, 2));
    }

    @Test
    void wrongInputIsOneClearError() {
        Graph graph = new Graph(new Variables());
        Tensor flat = graph.input("flat", DataType.FLOAT32, Shape.of(2, 3));
        Tensor image = graph.input("image", DataType.FLOAT32, Shape.of(1, 2, 2, 4));
        Tensor other = graph.input("other", DataType.FLOAT32, Shape.of(1, 4, 5, 4));
        assertMessage("(N, H, W, C)", () -> Upsample.nearest(graph, flat, 2));
        assertMessage("factor of at least 1", () -> Upsample.nearest(graph, image, 0));
        assertMessage("2 times as large", () -> Upsample.nearestAdd(graph, image, other, 2));
        assertMessage("at least 1", () -> Upsample.bilinear(graph, image, 0, 4));
    }

    @Test
    void enhanceRejectsSizesThatDoNotDivide() {
        Graph graph = new Graph(new Variables());
        Tensor fine = graph.input("fine", DataType.FLOAT32, Shape.of(1, 6, 6, 4));
        Tensor third = graph.input("third", DataType.FLOAT32, Shape.of(1, 2, 2, 4));
        Tensor oblong = graph.input("oblong", DataType.FLOAT32, Shape.of(1, 3, 6, 4));
        Tensor global = graph.input("global", DataType.FLOAT32, Shape.of(1, 1, 1, 4));
        assertMessage(third.toString(), () -> Merge.enhance(graph, List.of(fine, third), global, 0.1f));
        assertMessage(oblong.toString(), () -> Merge.enhance(graph, List.of(fine, oblong), global, 0.1f));
        assertMessage("a global vector for each image", () -> Merge.enhance(graph, List.of(fine), third, 0.1f));
        assertMessage("one to 4 maps", () -> Merge.enhance(graph, List.of(), global, 0.1f));
    }

    @Test
    void concatenateRejectsOtherWidths() {
        Graph graph = new Graph(new Variables());
        Tensor a = graph.input("a", DataType.FLOAT32, Shape.of(1, 2, 3));
        Tensor b = graph.input("b", DataType.FLOAT32, Shape.of(1, 2, 4));
        assertMessage("differ in rows alone", () -> Concatenate.rows(graph, List.of(a, b)));
        assertMessage("at least one tensor", () -> Concatenate.rows(graph, List.of()));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
