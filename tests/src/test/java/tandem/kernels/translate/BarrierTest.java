package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/** Kernels, compiled by nvcc, whose threads wait for each other, against plain Java. */
class BarrierTest {

    private static final PtxModule MODULE = Launch.module("barriers.ptx");

    /** Small integers, so that sums are exact in any order. */
    private static float[] integers(int n) {
        SplittableRandom random = new SplittableRandom(7);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(-50, 50);
        }
        return x;
    }

    private static float[] sums(float[] x, int blocks, int threads) {
        float[] sums = new float[blocks];
        for (int i = 0; i < x.length; i++) {
            sums[i / threads] += x[i];
        }
        return sums;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void sumsThroughSharedMemory(Mode mode) {
        float[] x = integers(1000);
        NativeArray partial = new NativeArray(16);
        Launch.run(MODULE, "block_sum", mode, Grid.of(4, 256), NativeArray.of(x), partial, x.length);
        assertArrayEquals(sums(x, 4, 256), partial.floats());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void sumsThroughShuffles(Mode mode) {
        float[] x = integers(1000);
        NativeArray partial = new NativeArray(4 * 11);
        Launch.run(MODULE, "warp_sum", mode, Grid.of(11, 96), NativeArray.of(x), partial, x.length);
        assertArrayEquals(sums(x, 11, 96), partial.floats());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void sortsBitonically(Mode mode) {
        SplittableRandom random = new SplittableRandom(3);
        int[] values = random.ints(1024).toArray();
        NativeArray array = NativeArray.of(values);
        Launch.run(MODULE, "bitonic_sort", mode, Grid.of(2, 256), array);
        Arrays.sort(values, 0, 512);
        Arrays.sort(values, 512, 1024);
        assertArrayEquals(values, array.ints());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void barriersWaitOnlyForThreadsThatHaveNotExited(Mode mode) {
        int[] lives = new SplittableRandom(5).ints(77, 0, 9).toArray();
        NativeArray out = new NativeArray(4 * lives.length);
        Launch.run(MODULE, "early_exit", mode, Grid.of(1, lives.length), NativeArray.of(lives), out);
        int[] expected = new int[lives.length];
        for (int t = 0; t < lives.length; t++) {
            for (int round = 0; round < lives[t]; round++) {
                int now = round;
                expected[t] +=
                        (int) Arrays.stream(lives).filter(life -> life > now).count();
            }
        }
        assertArrayEquals(expected, out.ints());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void halvesOfAWarpVoteApart(Mode mode) {
        int[] x = new SplittableRandom(11).ints(32, 0, 10).toArray();
        NativeArray out = new NativeArray(4 * 32);
        Launch.run(MODULE, "divergent_votes", mode, Grid.of(1, 32), NativeArray.of(x), out);
        int odd = 0;
        int even = 0;
        boolean seven = false;
        for (int t = 0; t < 32; t++) {
            odd |= (t & 1) != 0 && x[t] > 3 ? 1 << t : 0;
            even |= (t & 1) == 0 && x[t] > 5 ? 1 << t : 0;
            seven |= (t & 1) == 0 && x[t] == 7;
        }
        int[] expected = new int[32];
        for (int t = 0; t < 32; t++) {
            expected[t] = ((t & 1) != 0 ? odd + x[1] : even ^ (seven ? 0x8000_0000 : 0))
                    + Arrays.stream(x).sum();
        }
        assertArrayEquals(expected, out.ints());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theLastBlockFinishesTheReduction(Mode mode) {
        float[] x = integers(1000);
        NativeArray result = new NativeArray(4);
        Launch.run(
                MODULE,
                "last_block",
                mode,
                Grid.of(8, 128),
                NativeArray.of(x),
                new NativeArray(32),
                NativeArray.of(0),
                result,
                x.length);
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        assertEquals(sum, result.floats()[0]);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void threadsAndBlocksHaveThreeAxes(Mode mode) {
        NativeArray out = new NativeArray(4 * 24 * 12);
        Launch.run(MODULE, "three_axes", mode, new Grid(3, 2, 2, 4, 3, 2), out);
        int[] expected = new int[24 * 12];
        for (int block = 0; block < 12; block++) {
            for (int t = 0; t < 24; t++) {
                int other = 23 - t;
                expected[24 * block + t] = 100 * (other / 12) + 10 * (other / 4 % 3) + other % 4 + 1000 * block;
            }
        }
        assertArrayEquals(expected, out.ints());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aBarrierThatOnlySomeReachIsADeadlock(Mode mode) {
        PtxException e = assertThrows(
                PtxException.class,
                () -> Launch.run(
                        Launch.module("faults.ptx"), "half_waits", mode, Grid.of(1, 64), new NativeArray(256)));
        assertTrue(e.getMessage().contains("half_waits"), e.getMessage());
        assertTrue(e.getMessage().contains("threads 0-31 at line"), e.getMessage());
        assertTrue(e.getMessage().contains("threads 32-63 at line"), e.getMessage());
        assertTrue(e.getMessage().contains("bar.sync 2, 64"), e.getMessage());
    }
}
