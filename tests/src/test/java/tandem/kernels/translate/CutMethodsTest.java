package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.kernels.Grid;

/** A kernel computes the same however small the methods are into which it is cut. */
class CutMethodsTest {

    private static int[] mix(int[] in) {
        int[] first = new int[64];
        for (int t = 0; t < 64; t++) {
            int v = in[t];
            for (int round = 0; round < 24; round++) {
                v = v * ((int) 2654435761L + 2 * round) + round;
                if ((v & 1) != 0) {
                    v ^= v >>> 7 + round % 5;
                } else {
                    for (int k = 0; Integer.compareUnsigned(k, v >>> 29) < 0; k++) {
                        v += 0x9e3779b9 ^ k;
                    }
                }
                v = Integer.remainderUnsigned(v, 31) == 7 ? ~v : v;
            }
            first[t] = v;
        }
        int[] out = new int[64];
        for (int t = 0; t < 64; t++) {
            int v = first[t] ^ first[63 - t];
            for (int round = 0; round < 40; round++) {
                v = (v ^ v >>> 15) * (0x85ebca6b + 2 * round);
            }
            out[t] = v;
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({"FAST, 7900", "FAST, 3000", "FAST, 1000", "FAST, 500", "CHECKED, 7900", "CHECKED, 1000"})
    void cutKernelsComputeTheSame(Mode mode, int limit) {
        int[] in = new SplittableRandom(1).ints(64).toArray();
        NativeArray out = new NativeArray(256);
        HostKernel kernel = Translator.translate(Launch.module("large.ptx"), "mix", mode, limit);
        Launch.run(kernel, Grid.of(1, 64), NativeArray.of(in), out);
        assertArrayEquals(mix(in), out.ints());
    }
}
