package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;

/** Dynamic shared memory, {@code printf} and {@code assert} in kernels. */
class DeviceFunctionsTest {

    private static final String HEAD = """
            .version 7.8
            .target sm_80
            .address_size 64
            """;

    /** Each thread reads what its neighbour wrote into the array, whose size is given at launch. */
    private static final PtxModule SHARED = PtxModule.parse("shared.ptx", HEAD + """
            .extern .shared .align 16 .b8 open[];
            .visible .entry k(.param .u64 out)
            {
            	.reg .b32 %r<8>;
            	.reg .b64 %rd<4>;
            	.shared .align 4 .b8 fixed[12];
            	ld.param.u64 %rd1, [out];
            	mov.u32 %r1, %tid.x;
            	mov.u32 %r2, open;
            	shl.b32 %r3, %r1, 2;
            	add.s32 %r4, %r2, %r3;
            	st.shared.u32 [%r4], %r1;
            	st.shared.u32 [fixed], 7;
            	bar.sync 0;
            	xor.b32 %r5, %r3, 4;
            	add.s32 %r6, %r2, %r5;
            	ld.shared.u32 %r7, [%r6];
            	mul.wide.u32 %rd2, %r1, 4;
            	add.s64 %rd3, %rd1, %rd2;
            	st.global.u32 [%rd3], %r7;
            	ret;
            }
            """);

    @ParameterizedTest
    @EnumSource(Mode.class)
    void dynamicSharedMemoryHasTheSizeOfTheLaunch(Mode mode) {
        NativeArray out = new NativeArray(4 * 64);
        assertTrue(SHARED.entry("k").hasDynamicShared());
        Launch.run(SHARED, "k", mode, Grid.of(1, 64).withSharedBytes(256), out);
        for (int t = 0; t < 64; t++) {
            assertEquals(t ^ 1, out.ints()[t]);
        }
    }

    @Test
    void accessesBehindTheArrayAreFound() {
        NativeArray out = new NativeArray(4 * 64);
        Grid grid = Grid.of(1, 64).withSharedBytes(128);
        assertThrows(CheckFailure.class, () -> Launch.run(SHARED, "k", Mode.CHECKED, grid, out));
        assertThrows(IllegalArgumentException.class, () -> grid.withSharedBytes(-1));
    }

    private static PtxModule printing(String format, String store) {
        String bytes = format.chars().mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return PtxModule.parse(
                "printing.ptx",
                HEAD
                        + """
                .extern .func (.param .b32 r) vprintf (.param .b64 p0, .param .b64 p1);
                .extern .func __assertfail (.param .b64 p0, .param .b64 p1, .param .b32 p2, .param .b64 p3, .param .b64 p4);
                .global .align 1 .b8 format[FORMAT_SIZE] = {FORMAT_BYTES, 0};
                .visible .entry k(.param .u64 out)
                {
                	.local .align 8 .b8 values[64];
                	.reg .b32 %r<4>;
                	.reg .b64 %rd<6>;
                	.reg .pred %p;
                	ld.param.u64 %rd4, [out];
                	mov.u32 %r1, %tid.x;
                	mov.u64 %rd1, values;
                	cvta.local.u64 %rd2, %rd1;
                	STORE
                	mov.u64 %rd3, format;
                	setp.gt.u32 %p, %r1, 1;
                	@%p bra FAIL;
                	{
                	.param .b64 a0;
                	.param .b64 a1;
                	.param .b32 result;
                	st.param.b64 [a0], %rd3;
                	st.param.b64 [a1], %rd2;
                	call.uni (result), vprintf, (a0, a1);
                	ld.param.b32 %r2, [result];
                	}
                	st.global.u32 [%rd4], %r2;
                	ret;
                FAIL:
                	{
                	.param .b64 a0;
                	.param .b64 a1;
                	.param .b32 a2;
                	.param .b64 a3;
                	.param .b64 a4;
                	st.param.b64 [a0], %rd3;
                	st.param.b64 [a1], %rd3;
                	st.param.b32 [a2], 12;
                	st.param.b64 [a3], %rd3;
                	st.param.b64 [a4], 1;
                	call.uni __assertfail, (a0, a1, a2, a3, a4);
                	}
                	ret;
                }
                """.replace("FORMAT_SIZE", Integer.toString(format.length() + 1))
                                .replace("FORMAT_BYTES", bytes)
                                .replace("STORE", store));
    }

    private static String print(PtxModule module, int threads, NativeArray out) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Launch.run(module, "k", Mode.FAST, Grid.of(1, threads), out);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void printfWritesBlockAndThread() {
        NativeArray out = new NativeArray(4);
        String store = """
                st.local.u32 [values], %r1;
                st.local.u32 [values+4], -5;
                st.local.f64 [values+8], 0d3FF8000000000000;
                st.local.u64 [values+16], 1099511627776;
                """;
        assertEquals(
                "block (0,0,0) thread (0,0,0): t=0 -005|  1.50|1099511627776%\n"
                        + "block (0,0,0) thread (1,0,0): t=1 -005|  1.50|1099511627776%\n",
                print(printing("t=%d %04i|%6.2f|%llu%%\n", store), 2, out));
        assertEquals(4, out.ints()[0]);
    }

    @Test
    void floatsArePrintedAsInC() {
        NativeArray out = new NativeArray(4);
        String store = """
                st.local.f64 [values], 0d3F1A36E2EB1C432D;
                st.local.f64 [values+8], 0d4130000000000000;
                st.local.f64 [values+16], 0dC00921FB54442D18;
                st.local.f64 [values+24], 0d7FF0000000000000;
                """;
        assertEquals(
                "block (0,0,0) thread (0,0,0): 0.0001 1.04858e+06 -3.141593e+00 inf\n",
                print(printing("%g %g %e %f", store), 1, out));
    }

    @Test
    void aFailedAssertNamesBlockAndThread() {
        NativeArray out = new NativeArray(4);
        Exception failure =
                assertThrows(IllegalStateException.class, () -> print(printing("x", "mov.u32 %r3, 0;"), 3, out));
        assertEquals("x:12: x: block (0,0,0) thread (2,0,0): assertion `x` failed", failure.getMessage());
    }

    /** Checked mode reports it like other errors and continues with the next thread; the third fails. */
    @Test
    void aFailedAssertIsAFindingOfCheckedMode() {
        NativeArray out = new NativeArray(4);
        CheckFailure failure = assertThrows(
                CheckFailure.class,
                () -> Launch.run(printing("x", "mov.u32 %r3, 0;"), "k", Mode.CHECKED, Grid.of(1, 4), out));
        assertEquals(CheckFailure.Problem.ASSERTION, failure.problem());
        assertTrue(
                failure.getMessage()
                        .endsWith("thread (2, 0, 0) of block (0, 0, 0) asserts 'x' (x:12, x), which is false"),
                failure.getMessage());
    }
}
