package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Sum;
import tandem.engine.operation.TestMemory;
import tandem.model.image.PixelSize;
import tandem.model.settings.DistilledImages;

/**
 * What the loss between feature maps and its gradient move, by the count of every access of every kernel in checked
 * mode.
 */
class ImitationTrafficTest {

    private static final int[] SIDES = {16, 8, 4};
    private static final int CANVAS = 128;

    /** Bytes and gradients of one run of loss and backward pass. */
    private record Run(long bytes, List<float[]> gradients) {}

    private static Run run(int n, int channels, float factor) {
        Graph graph = new Graph(new Variables());
        List<Tensor> students = new ArrayList<>();
        List<Tensor> teachers = new ArrayList<>();
        for (int side : SIDES) {
            students.add(graph.input("s" + side, DataType.FLOAT32, Shape.of(n, side, side, channels)));
            teachers.add(graph.input("t" + side, DataType.FLOAT32, Shape.of(n, side, side, channels)));
        }
        Tensor weights = graph.input("weights", DataType.FLOAT32, Shape.of(n, 2));
        Tensor images = DistilledImageWeights.of(graph, weights, DistilledImages.ALL, null);
        CellWeights cells = new CellWeights(
                graph,
                CellWeights.Level.of(List.of(0, 1, 2), PixelSize.square(CANVAS)),
                channels,
                Task.DETECTION,
                images,
                null);
        Tensor loss = FeatureImitation.loss(graph, students, teachers, cells.uniform(5));
        Map<Tensor, Tensor> gradients =
                BackwardPass.append(graph, Sum.weighted(graph, List.of(loss), factor), students);
        SplittableRandom random = new SplittableRandom(channels);
        Map<Tensor, float[]> values = new HashMap<>();
        for (Tensor input : graph.inputs().values()) {
            float[] numbers = new float[(int) input.elements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (2 * random.nextDouble() - 1);
            }
            values.put(input, numbers);
        }
        try (CpuDevice device = new CpuDevice(
                        CpuDevice.Options.standard().withChecked(true).withThreads(1));
                Program program = Program.of(device, graph, null, null)) {
            values.forEach((input, numbers) -> program.upload(input, TestMemory.floats(numbers)));
            long before = device.accesses().bytesRead() + device.accesses().bytesWritten();
            program.run();
            long after = device.accesses().bytesRead() + device.accesses().bytesWritten();
            return new Run(
                    after - before,
                    students.stream()
                            .map(student -> TestMemory.floats(program, gradients.get(student)))
                            .toList());
        }
    }

    /** Student and teacher read once, the gradient written once. */
    private static long least(int n, int channels) {
        long cells = 0;
        for (int side : SIDES) {
            cells += (long) side * side;
        }
        return 3 * Float.BYTES * n * cells * channels;
    }

    @ParameterizedTest
    @CsvSource({"2, 256", "1, 128", "3, 64"})
    void nextToNothingMovesButEachMapOnce(int n, int channels) {
        long bytes = run(n, channels, 1).bytes();
        long least = least(n, channels);
        assertTrue(bytes >= least, bytes + " of " + least);
        assertTrue(bytes <= 1.1 * least, bytes + " of " + least);
    }

    /** A factor that is not 1 costs another pass over the gradient, which is then the first one times that factor. */
    @Test
    void anotherFactorIsAppliedAfterwards() {
        Run one = run(2, 64, 1);
        Run three = run(2, 64, 4);
        assertTrue(three.bytes() - one.bytes() >= least(2, 64) / 3 * 2);
        for (int level = 0; level < SIDES.length; level++) {
            float[] expected = one.gradients().get(level).clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= 4;
            }
            assertArrayEquals(expected, three.gradients().get(level), 0f);
        }
    }
}
