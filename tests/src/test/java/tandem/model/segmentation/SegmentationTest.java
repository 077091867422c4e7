package tandem.model.segmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.TestMemory;

/** Cases outside of the table of operations: values by hand, huge logits, nothing to learn, and errors. */
class SegmentationTest {

    /** A loss and its gradient by the logits, scaled by 3 in a following operation. */
    private record Answer(float loss, float[] gradient) {}

    private static Answer loss(Shape shape, float[] logits, int[] labels, float[] imageWeights) {
        return loss(shape, logits, labels, imageWeights, 0);
    }

    private static Answer loss(Shape shape, float[] logits, int[] labels, float[] imageWeights, float dice) {
        Graph graph = new Graph(new Variables());
        Tensor x = graph.input("logits", DataType.FLOAT32, shape);
        Tensor mask = graph.input("mask", DataType.UINT8, Shape.of(shape.dim(0), shape.dim(1), shape.dim(2)));
        Tensor weights = graph.input("weights", DataType.FLOAT32, Shape.of(shape.dim(0), 2));
        Tensor loss = graph.keep(SegmentationLoss.withDice(graph, x, mask, weights, dice));
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, Elementwise.scale(graph, loss, 3), List.of(x));
        try (CpuDevice device = checkedDevice();
                Program program = Program.of(device, graph, null, null)) {
            program.upload(x, TestMemory.floats(logits));
            program.upload(mask, TestMemory.bytes(labels));
            program.upload(weights, TestMemory.floats(imageWeights));
            program.run();
            return new Answer(TestMemory.floats(program, loss)[0], TestMemory.floats(program, gradients.get(x)));
        }
    }

    private static CpuDevice checkedDevice() {
        return new CpuDevice(CpuDevice.Options.standard().withChecked(true));
    }

    private static float[] randomLogits() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[24];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-3, 3);
        }
        return values;
    }

    /** Two classes with logits 0 and d: the loss is ln(1 + e^d) for class 0, ln(1 + e^-d) for class 1. */
    @Test
    void twoClassesByHand() {
        float d = 1.5f;
        Answer answer = loss(Shape.of(1, 1, 2, 2), new float[] {0, d, 0, d}, new int[] {0, 1}, new float[] {1, 1});
        assertEquals((Math.log1p(Math.exp(d)) + Math.log1p(Math.exp(-d))) / 2, answer.loss(), 1e-6);
        double p = 1 / (1 + Math.exp(-d));
        assertArrayEquals(
                new float[] {(float) (-1.5 * p), (float) (1.5 * p), (float) (1.5 * (1 - p)), (float) (-1.5 * (1 - p))},
                answer.gradient(),
                1e-6f);
    }

    @Test
    void hugeLogitsStayFinite() {
        Shape shape = Shape.of(1, 1, 3, 3);
        float[] logits = {1e4f, -1e4f, 0, 1e4f, 1e4f, -1e4f, -1e4f, 1e4f, 9999};
        Answer answer = loss(shape, logits, new int[] {1, 0, 1}, new float[] {1, 1});
        double third = Math.log1p(Math.exp(-1));
        assertEquals((2e4 + Math.log(2) + third) / 3, answer.loss(), 1e-3);
        double s = 1 / (1 + Math.exp(-1));
        assertArrayEquals(
                new float[] {1, -1, 0, -0.5f, 0.5f, 0, 0, (float) (s - 1), (float) (1 - s)}, answer.gradient(), 1e-6f);
    }

    @Test
    void nothingToLearnGivesZero() {
        Shape shape = Shape.of(2, 2, 2, 3);
        float[] logits = randomLogits();
        int[] ignored = {255, 255, 255, 255, 255, 255, 255, 255};
        for (Answer answer : List.of(
                loss(shape, logits, ignored, new float[] {1, 1, 1, 1}),
                loss(shape, logits, ignored, new float[] {1, 1, 1, 1}, 2),
                loss(shape, logits, new int[8], new float[] {1, 0, 1, 0}, 2),
                loss(shape, logits, new int[8], new float[] {1, 0, 1, 0}))) {
            assertEquals(0f, answer.loss());
            assertArrayEquals(new float[24], answer.gradient());
        }
    }

    @Test
    void imagesWithoutMaskCannotSpoilOthers() {
        Shape shape = Shape.of(2, 1, 1, 2);
        Answer answer = loss(
                shape, new float[] {0, 0, Float.NaN, Float.POSITIVE_INFINITY}, new int[] {1, 7}, new float[] {0, 2, 1, 0
                });
        assertEquals(2 * Math.log(2), answer.loss(), 1e-6);
        assertArrayEquals(new float[] {3, -3, 0, 0}, answer.gradient(), 1e-6f);
    }

    /** Class 1 of 2: I = 0.5, P + G = 2; class 0: I = 0.5, P + G = 2. Each gives 1 - 2 / 3. */
    @Test
    void diceOfTwoPixelsByHand() {
        Answer answer = loss(Shape.of(1, 1, 2, 2), new float[4], new int[] {0, 1}, new float[] {0, 1}, 3);
        assertEquals(Math.log(2) + 3 * (1 - 2 / 3.0), answer.loss(), 1e-6);
        // By a probability: (2/3 - 2 [its label]) / 3 / 2; by logit 0: 1/4 of the difference of both; times 3 and 3.
        float entropy = 3 * 0.25f;
        float dice = 9 / 12f;
        assertArrayEquals(
                new float[] {-entropy - dice, entropy + dice, entropy + dice, -entropy - dice},
                answer.gradient(),
                1e-6f);
    }

    /** Absent classes have no part: only the background, of which half is predicted. */
    @Test
    void diceLeavesOutClassesWithoutPixels() {
        Answer answer = loss(Shape.of(1, 1, 2, 2), new float[4], new int[] {0, 0}, new float[] {0, 1}, 1);
        assertEquals(Math.log(2) + 1 - 3 / 4.0, answer.loss(), 1e-6);
    }

    @Test
    void diceOfLabelThatIsNoClassIsLoud() {
        Answer answer = loss(Shape.of(1, 1, 2, 2), new float[4], new int[] {0, 2}, new float[] {1, 1}, 1);
        assertTrue(Float.isNaN(answer.loss()));
        assertTrue(Float.isNaN(answer.gradient()[2]));
    }

    @Test
    void labelThatIsNoClassIsLoud() {
        Answer answer = loss(Shape.of(1, 1, 2, 2), new float[4], new int[] {0, 2}, new float[] {1, 1});
        assertTrue(Float.isNaN(answer.loss()));
        assertTrue(Float.isNaN(answer.gradient()[2]));
    }

    @Test
    void equalLogitsGoToTheLowerClass() {
        Graph graph = new Graph(new Variables());
        Tensor x = graph.input("logits", DataType.FLOAT32, Shape.of(1, 2, 2, 3));
        Tensor mask = graph.keep(MaskDecoding.decode(graph, x, 7, 5));
        try (CpuDevice device = checkedDevice();
                Program program = Program.of(device, graph, null, null)) {
            // Classes 1 and 2 are equal everywhere and above class 0.
            program.upload(x, TestMemory.floats(0, 0.3f, 0.3f, 0, 0.7f, 0.7f, 0, 1.1f, 1.1f, 0, 5.3f, 5.3f));
            program.run();
            int[] expected = new int[35];
            java.util.Arrays.fill(expected, 1);
            assertArrayEquals(expected, TestMemory.bytes(program, mask));
        }
    }

    @Test
    void wrongShapesAreClearErrors() {
        Graph graph = new Graph(new Variables());
        Tensor logits = graph.input("logits", DataType.FLOAT32, Shape.of(2, 4, 4, 3));
        Tensor mask = graph.input("mask", DataType.UINT8, Shape.of(2, 8, 8));
        Tensor floats = graph.input("floats", DataType.FLOAT32, Shape.of(2, 4, 4));
        Tensor weights = graph.input("weights", DataType.FLOAT32, Shape.of(2, 2));
        Tensor many = graph.input("many", DataType.FLOAT32, Shape.of(1, 1, 1, 257));
        assertMessage(
                "a label for each pixel of logits FLOAT32(2, 4, 4, 3), got mask UINT8(2, 8, 8)",
                () -> SegmentationLoss.crossEntropy(graph, logits, mask, weights));
        assertMessage(
                "UINT8 elements, got floats", () -> SegmentationLoss.crossEntropy(graph, logits, floats, weights));
        assertMessage("1 to 256 classes, got many", () -> MaskDecoding.decode(graph, many, 4, 4));
        assertMessage("at least 1", () -> MaskDecoding.decode(graph, logits, 0, 4));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(IllegalArgumentException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
