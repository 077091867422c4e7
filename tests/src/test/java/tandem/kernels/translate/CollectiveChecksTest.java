package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;

/** Checked mode of asynchronous copies, of matrices that warps load, and of textures. */
class CollectiveChecksTest {

    private static final int THREADS = 64;

    /** Thread t copies 16 bytes to place t and reads the first 4 bytes of place {@code t ^ other}. */
    private static PtxModule copying(String between, int other, String from) {
        return PtxModule.parse("copy.ptx", """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 in, .param .u64 out)
                {
                	.shared .align 16 .b8 area[2048];
                	.reg .b32 %r<10>;
                	.reg .b64 %rd<10>;
                	ld.param.u64 %rd1, [in];
                	ld.param.u64 %rd2, [out];
                	mov.u32 %r1, %tid.x;
                	mul.wide.u32 %rd3, %r1, 16;
                	add.s64 %rd4, %rd1, %rd3;
                	mov.u32 %r2, area;
                	shl.b32 %r3, %r1, 4;
                	add.u32 %r3, %r2, %r3;
                	cp.async.cg.shared.global [%r3], [%rd4+FROM], 16;
                	cp.async.commit_group;
                	cp.async.cg.shared.global [%r3+1024], [%rd4], 16;
                	cp.async.commit_group;
                	BETWEEN
                	xor.b32 %r4, %r1, OTHER;
                	shl.b32 %r4, %r4, 4;
                	add.u32 %r4, %r2, %r4;
                	ld.shared.u32 %r5, [%r4];
                	mul.wide.u32 %rd5, %r1, 4;
                	add.s64 %rd6, %rd2, %rd5;
                	st.global.u32 [%rd6], %r5;
                	ret;
                }
                """.replace("BETWEEN", between)
                .replace("OTHER", Integer.toString(other))
                .replace("FROM", from));
    }

    private static int[] numbers() {
        int[] numbers = new int[4 * THREADS];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = 1000 + i;
        }
        return numbers;
    }

    private static void run(PtxModule module, Mode mode, NativeArray out) {
        Launch.run(module, "k", mode, Grid.of(1, THREADS), NativeArray.of(numbers()), out);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cp.async.wait_group 0; bar.sync 0;",
                "cp.async.wait_all; bar.sync 0;",
                "cp.async.wait_group 1; bar.sync 0;"
            })
    void aCopyIsThereAfterWaitingAndABarrier(String between) {
        for (Mode mode : Mode.values()) {
            NativeArray out = new NativeArray(4 * THREADS);
            run(copying(between, 33, "0"), mode, out);
            for (int t = 0; t < THREADS; t++) {
                assertEquals(1000 + 4 * (t ^ 33), out.ints()[t]);
            }
        }
    }

    /** Line 17 has the first copy, line 25 the read. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mov.u32 %r6, 0; | 0 | without waiting",
                "cp.async.wait_group 2; | 0 | without waiting",
                "bar.sync 0; | 33 | without waiting",
                "cp.async.wait_group 0; | 1 | without a barrier",
                "cp.async.wait_group 0; bar.warp.sync -1; | 33 | without a barrier",
            })
    void aReadThatDoesNotWaitIsARace(String between, int other, String message) {
        NativeArray out = new NativeArray(4 * THREADS);
        CheckFailure failure =
                assertThrows(CheckFailure.class, () -> run(copying(between, other, "0"), Mode.CHECKED, out));
        assertEquals(CheckFailure.Problem.RACE, failure.problem(), failure.getMessage());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertTrue(failure.line() == 25 || failure.line() == 17, failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"32, OUT_OF_BOUNDS", "8, MISALIGNED"})
    void theSourceOfACopyIsChecked(String from, CheckFailure.Problem problem) {
        NativeArray out = new NativeArray(4 * THREADS);
        CheckFailure failure = assertThrows(
                CheckFailure.class, () -> run(copying("cp.async.wait_all; bar.sync 0;", 0, from), Mode.CHECKED, out));
        assertEquals(problem, failure.problem(), failure.getMessage());
        assertEquals(17, failure.line());
    }

    /** Warp 1 writes 512 bytes, 16 each lane; warp 0 loads four matrices from it. */
    private static PtxModule matrices(String between, int start) {
        return PtxModule.parse(
                "matrices.ptx", """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 in, .param .u64 out)
                {
                	.shared .align 16 .b8 area[512];
                	.reg .b32 %r<12>;
                	.reg .b64 %rd<6>;
                	.reg .pred %p;
                	ld.param.u64 %rd2, [out];
                	mov.u32 %r1, %tid.x;
                	mov.u32 %r2, area;
                	and.b32 %r3, %r1, 31;
                	shl.b32 %r3, %r3, 4;
                	add.u32 %r3, %r2, %r3;
                	setp.lt.u32 %p, %r1, 32;
                	@%p bra READ;
                	st.shared.v4.b32 [%r3], {%r1, %r1, %r1, %r1};
                READ:
                	BETWEEN
                	@!%p bra END;
                	ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r4, %r5, %r6, %r7}, [%r3+START];
                	mul.wide.u32 %rd3, %r1, 4;
                	add.s64 %rd4, %rd2, %rd3;
                	st.global.u32 [%rd4], %r5;
                END:
                	ret;
                }
                """.replace("BETWEEN", between).replace("START", Integer.toString(start)));
    }

    @Test
    void matricesAreReadByAllLanesTogether() {
        for (Mode mode : Mode.values()) {
            NativeArray out = new NativeArray(4 * THREADS);
            run(matrices("bar.sync 0;", 0), mode, out);
            for (int lane = 0; lane < 32; lane++) {
                // Matrix 1 is the second eight rows; row lane / 4 was written by lane 8 + lane / 4 of warp 1.
                assertEquals(32 + 8 + lane / 4, out.ints()[lane]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 0, RACE", "bar.sync 0;, 8, MISALIGNED", "bar.sync 0;, 16, OUT_OF_BOUNDS"})
    void faultsOfMatrixLoadsAreFound(String between, int start, CheckFailure.Problem problem) {
        NativeArray out = new NativeArray(4 * THREADS);
        CheckFailure failure = assertThrows(CheckFailure.class, () -> run(matrices(between, start), Mode.CHECKED, out));
        assertEquals(problem, failure.problem(), failure.getMessage());
    }

    /** A fragment of 16 x 16 elements of 2 bytes needs 512 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {512, 480})
    void fragmentsAreLoadedWithinTheirBuffer(int bytes) {
        PtxModule module = PtxModule.parse("fragment.ptx", """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 in)
                {
                	.reg .b32 %r<8>;
                	.reg .b64 %rd<2>;
                	ld.param.u64 %rd1, [in];
                	wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r0, %r1, %r2, %r3, %r4, %r5, %r6, %r7}, [%rd1];
                	ret;
                }
                """);
        NativeArray in = new NativeArray(bytes);
        if (bytes == 512) {
            Launch.run(module, "k", Mode.CHECKED, Grid.of(1, 32), in);
            return;
        }
        CheckFailure failure =
                assertThrows(CheckFailure.class, () -> Launch.run(module, "k", Mode.CHECKED, Grid.of(1, 32), in));
        assertEquals(CheckFailure.Problem.OUT_OF_BOUNDS, failure.problem(), failure.getMessage());
        assertEquals(9, failure.line());
    }

    @Test
    void aHandleOfNoTextureIsReported() {
        PtxModule module = PtxModule.parse("texture.ptx", """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 t)
                {
                	.reg .f32 %f<6>;
                	.reg .b64 %rd<2>;
                	ld.param.u64 %rd1, [t];
                	mov.f32 %f1, 0f00000000;
                	tex.1d.v4.f32.f32 {%f2, %f3, %f4, %f5}, [%rd1, {%f1}];
                	ret;
                }
                """);
        NativeArray noTexture = new NativeArray(64);
        CheckFailure failure =
                assertThrows(CheckFailure.class, () -> Launch.run(module, "k", Mode.CHECKED, Grid.of(1, 1), noTexture));
        assertEquals(10, failure.line());
        assertThrows(IllegalStateException.class, () -> Launch.run(module, "k", Mode.FAST, Grid.of(1, 1), noTexture));
    }
}
