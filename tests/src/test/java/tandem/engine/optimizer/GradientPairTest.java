package tandem.engine.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.TestMemory;

class GradientPairTest {

    private CpuDevice device;

    @BeforeEach
    void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withChecked(true));
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Memory memory(float... values) {
        Memory memory = device.allocate(4L * values.length, "test").memory();
        device.upload(TestMemory.floats(values), memory);
        return memory;
    }

    private float[] sum(Memory a, Memory b, boolean shared) {
        Memory sum = device.allocate(a.bytes(), "sum").memory();
        try (GradientPair pair = new GradientPair(device, List.of(a), List.of(b))) {
            pair.commands().forEach(Command::run);
            pair.sum(a, b, sum, shared).run();
            return TestMemory.floats(device, sum);
        }
    }

    @Test
    void opposingPartsAreTakenAway() {
        // a = (1, 0), b = (-1, 1): a b = -1; a loses -1/2 b, b loses -1 a: (1/2, 1/2) + (0, 1)
        assertArrayEquals(new float[] {0.5f, 1.5f}, sum(memory(1, 0), memory(-1, 1), true));
        assertArrayEquals(new float[] {0, 1}, sum(memory(1, 0), memory(-1, 1), false));
        // no conflict, and no second task
        assertArrayEquals(new float[] {2, 1}, sum(memory(1, 0), memory(1, 1), true));
        assertArrayEquals(new float[] {1, -2, 3}, sum(memory(1, -2, 3), memory(0, 0, 0), true));
        // exactly opposed: nothing is left
        assertArrayEquals(new float[] {0, 0}, sum(memory(2, -4), memory(-1, 2), true), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "1024,1030", "16384,40000", "70001,16385"})
    void normsAngleAndProjectionOfSeveralRangesFollowTheFormulas(int n, int m) {
        SplittableRandom random = new SplittableRandom(n);
        float[][] a = {new float[n], new float[m]};
        float[][] b = {new float[n], new float[m]};
        double dot = 0;
        double first = 0;
        double second = 0;
        for (int r = 0; r < 2; r++) {
            for (int i = 0; i < a[r].length; i++) {
                a[r][i] = (float) random.nextDouble(-1, 1);
                b[r][i] = (float) (random.nextDouble(-1, 1) - 0.5 * a[r][i]);
                dot += (double) a[r][i] * b[r][i];
                first += (double) a[r][i] * a[r][i];
                second += (double) b[r][i] * b[r][i];
            }
        }
        List<Memory> as = List.of(memory(a[0]), memory(a[1]));
        List<Memory> bs = List.of(memory(b[0]), memory(b[1]));
        Memory sum = device.allocate(4L * m, "sum").memory();
        try (GradientPair pair = new GradientPair(device, as, bs)) {
            pair.commands().forEach(Command::run);
            pair.sum(as.get(1), bs.get(1), sum, true).run();
            pair.refresh();
            assertEquals(Math.sqrt(first), pair.firstNorm(), 1e-5 * Math.sqrt(first));
            assertEquals(Math.sqrt(second), pair.secondNorm(), 1e-5 * Math.sqrt(second));
            assertEquals(dot / Math.sqrt(first * second), pair.cosine(), 1e-5);
        }
        float[] actual = TestMemory.floats(device, sum);
        double along = Math.min(0, dot);
        for (int i = 0; i < m; i++) {
            double expected = a[1][i] - along / second * b[1][i] + b[1][i] - along / first * a[1][i];
            assertEquals(expected, actual[i], 1e-5, "element " + i);
        }
    }

    @Test
    void nothingHasNoAngleAndLengthsMustAgree() {
        Memory zero = memory(0, 0, 0);
        try (GradientPair pair = new GradientPair(device, List.of(zero), List.of(memory(1, 2, 3)))) {
            pair.commands().forEach(Command::run);
            pair.refresh();
            assertEquals(0, pair.cosine());
            assertEquals(0, pair.firstNorm());
        }
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new GradientPair(device, List.of(zero), List.of(memory(1, 2))))
                .getMessage();
        assertTrue(message.contains("12 and 8 bytes"), message);
        assertThrows(IllegalArgumentException.class, () -> new GradientPair(device, List.of(), List.of()));
    }
}
