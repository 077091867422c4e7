package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/** Functions that the compiler did not inline. */
class CallTest {

    private static int gcd(int a, int b) {
        return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).intValue();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void functionsCallFunctions(Mode mode) {
        int[] x = {0, 1, 2, 3, 4, 10, 18, 64, 100, 7, 15, 33};
        NativeArray out = new NativeArray(4 * x.length);
        Launch.run(Launch.module("calls.ptx"), "multiples", mode, Grid.of(1, x.length), NativeArray.of(x), out);
        int[] expected = new int[x.length];
        for (int t = 0; t < x.length; t++) {
            expected[t] = gcd(x[t], 12) + (x[t] > 3 && t > 0 ? x[t] / gcd(x[t], t) * t : 0);
        }
        assertArrayEquals(expected, out.ints());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theCompilersOwnFunctionsWork(Mode mode) {
        double[] x = {0, 1, -2.5, 1e5, 1e10, -3e17, 1.5e300};
        NativeArray in = new NativeArray(8 * x.length);
        in.bytes().asDoubleBuffer().put(x);
        NativeArray out = new NativeArray(8 * x.length);
        Launch.run(Launch.module("calls.ptx"), "sine", mode, Grid.of(1, x.length), in, out);
        for (int t = 0; t < x.length; t++) {
            assertEquals(StrictMath.sin(x[t]), out.bytes().getDouble(8 * t), 1e-15);
        }
    }

    private static String message(String text) {
        String module = ".version 7.8 .target sm_80 .address_size 64\n" + text;
        return assertThrows(PtxException.class, () -> PtxModule.parse("test.ptx", module))
                .getMessage();
    }

    @Test
    void callsThatCannotBeInlinedAreErrors() {
        assertTrue(message(
                        ".extern .func (.param .b32 r) vprintf(.param .b64 f);\n.entry k() { .param .b32 r; .param .b64 f;\n"
                                + "call.uni (r), vprintf, (f); ret; }")
                .contains("test.ptx:4: 'call.uni (r), vprintf, (f)': the file has no body of function"));
        assertTrue(message(".func f() { call f; ret; }\n.entry k() { call f; ret; }")
                .contains("recursion is not supported"));
        assertTrue(message(".func f(.param .b32 a) { ret; }\n.entry k() { call f; ret; }")
                .contains("takes 1 arguments or results, not ()"));
        assertTrue(message(".func f(.param .b32 a) { ret; }\n.entry k() { .reg .b32 %r; call f, (%r); ret; }")
                .contains("arguments and results must be .param variables"));
        assertTrue(
                message(".entry k() { .reg .b64 %d; call %d, (); ret; }").contains("only calls of functions by name"));
    }
}
