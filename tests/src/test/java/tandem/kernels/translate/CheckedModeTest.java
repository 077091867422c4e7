package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;

/** Checked mode finds the errors planted in {@code faults.cu}, and reports where they are. */
class CheckedModeTest {

    /**
     * Each thread of two blocks writes its number; the block that is last adds up what all wrote, and sets the counter
     * back to zero.
     */
    private static PtxModule lastBlock(String write, String fence) {
        return PtxModule.parse("last.ptx", """
                .version 7.8
                .target sm_75
                .address_size 64
                .visible .entry k(.param .u64 count, .param .u64 part)
                {
                	.shared .align 4 .b32 last;
                	.reg .b32 %r<12>;
                	.reg .b64 %rd<8>;
                	.reg .pred %p, %q;
                	ld.param.u64 %rd1, [count];
                	ld.param.u64 %rd2, [part];
                	mov.u32 %r1, %tid.x;
                	mov.u32 %r2, %ctaid.x;
                	mad.lo.u32 %r3, %r2, 64, %r1;
                	mul.wide.u32 %rd3, %r3, 4;
                	add.s64 %rd3, %rd2, %rd3;
                	FENCE_WRITE
                	bar.sync 0;
                	setp.ne.u32 %p, %r1, 0;
                	@%p bra JOIN;
                	atom.global.add.u32 %r4, [%rd1], 1;
                	st.shared.u32 [last], %r4;
                JOIN:
                	bar.sync 0;
                	ld.shared.u32 %r5, [last];
                	setp.ne.u32 %q, %r5, 1;
                	@%q bra END;
                	xor.b32 %r6, %r3, 64;
                	mul.wide.u32 %rd4, %r6, 4;
                	add.s64 %rd4, %rd2, %rd4;
                	ld.global.u32 %r7, [%rd4];
                	@%p bra END;
                	st.global.u32 [%rd1], 0;
                END:
                	ret;
                }
                """.replace("FENCE_WRITE", write + fence));
    }

    /** The fence stands before the barrier and is one of every thread; it must follow the write. */
    @ParameterizedTest
    @CsvSource({
        "'st.global.u32 [%rd3], %r3;', 'membar.gl;', 0",
        "'membar.gl; st.global.u32 [%rd3], %r3;', '', 1",
        "'st.global.u32 [%rd3], %r3;', '', 1",
        "'st.global.u32 [%rd3], %r3;', 'membar.cta;', 1"
    })
    void theLastBlockReadsWhatOthersReleased(String write, String fence, int races) {
        NativeArray count = new NativeArray(4);
        NativeArray part = new NativeArray(4 * 128);
        NativeArray parameters = new NativeArray(16);
        parameters.bytes().putLong(0, count.address()).putLong(8, part.address());
        MemoryMap memory = new MemoryMap();
        memory.add("count", count.address(), 4, true);
        memory.add("part", part.address(), 4 * 128, false);
        HostKernel kernel = Translator.translate(lastBlock(write, fence), "k", Mode.OBSERVED);
        for (ThreadOrder order : List.of(new ThreadOrder.Forward(), new ThreadOrder.Reverse())) {
            count.bytes().putInt(0, 0);
            List<CheckFailure> found = kernel.findAll(
                    Grid.of(2, 64),
                    parameters.address(),
                    memory,
                    CheckedLaunch.standard().withOrder(order));
            assertEquals(races, Math.min(1, found.size()), found.toString());
        }
    }

    /** Each thread adds 1 to the sum by compare-and-swap; the first value comes from a plain read. */
    private static PtxModule swapping(String what) {
        return PtxModule.parse("swapping.ptx", """
                .version 7.8
                .target sm_75
                .address_size 64
                .visible .entry k(.param .u64 sum, .param .u64 out)
                {
                	.reg .b32 %r<8>;
                	.reg .b64 %rd<8>;
                	.reg .pred %p;
                	ld.param.u64 %rd1, [sum];
                	ld.param.u64 %rd2, [out];
                	ld.global.u32 %r1, [%rd1];
                AGAIN:
                	add.u32 %r2, %r1, 1;
                	WHAT
                	setp.ne.u32 %p, %r3, %r1;
                	mov.u32 %r1, %r3;
                	@%p bra AGAIN;
                	ret;
                }
                """.replace("WHAT", what));
    }

    @ParameterizedTest
    @CsvSource({
        "'atom.global.cas.b32 %r3, [%rd1], %r1, %r2;', 0",
        "'atom.global.cas.b32 %r3, [%rd1], %r1, %r2; st.global.u32 [%rd2], 1;', 0",
        "'atom.global.cas.b32 %r3, [%rd2], %r1, %r2; atom.global.add.u32 %r3, [%rd1], 1; mov.u32 %r3, %r1;', 1",
        "'atom.global.add.u32 %r3, [%rd1], 1; mov.u32 %r3, %r1;', 1"
    })
    void aPlainReadBeforeCompareAndSwapIsNoRace(String what, int races) {
        NativeArray sum = new NativeArray(4);
        NativeArray out = new NativeArray(4);
        NativeArray parameters = new NativeArray(16);
        parameters.bytes().putLong(0, sum.address()).putLong(8, out.address());
        MemoryMap memory = new MemoryMap();
        memory.add("sum", sum.address(), 4, true);
        memory.add("out", out.address(), 4, true);
        HostKernel kernel = Translator.translate(swapping(what), "k", Mode.OBSERVED);
        List<CheckFailure> found =
                kernel.findAll(Grid.of(3, 64), parameters.address(), memory, CheckedLaunch.standard());
        assertEquals(races, Math.min(1, found.size()), found.toString());
        assertEquals(3 * 64, sum.ints()[0]);
    }

    private static final PtxModule MODULE = Launch.module("faults.ptx");

    private static void finds(
            CheckFailure.Problem problem,
            String entry,
            String instruction,
            List<String> words,
            Grid grid,
            Object... arguments)
            throws Exception {
        CheckFailure failure =
                assertThrows(CheckFailure.class, () -> Launch.run(MODULE, entry, Mode.CHECKED, grid, arguments));
        assertEquals(problem, failure.problem(), failure.getMessage());
        for (String word : words) {
            assertTrue(failure.getMessage().contains(word), failure.getMessage());
        }
        String text = new String(
                CheckedModeTest.class.getResourceAsStream("faults.ptx").readAllBytes(), StandardCharsets.UTF_8);
        String line = text.split("\n")[failure.line() - 1].strip();
        assertTrue(line.startsWith(instruction), "line " + failure.line() + " is '" + line + "'");
    }

    @Test
    void readBehindTheEnd() throws Exception {
        finds(
                CheckFailure.Problem.OUT_OF_BOUNDS,
                "reads_behind",
                "ld.global.nc.f32",
                List.of(
                        "thread (3, 0, 0) of block (2, 0, 0)",
                        "0 bytes behind the end of buffer 'argument 0' (80 bytes)"),
                Grid.of(3, 8),
                new NativeArray(80),
                new NativeArray(80),
                20);
    }

    @Test
    void writeBehindTheEnd() throws Exception {
        finds(
                CheckFailure.Problem.OUT_OF_BOUNDS,
                "writes_behind",
                "st.global",
                List.of("thread (2, 0, 0) of block (1, 0, 0)", "'argument 0' (40 bytes)"),
                Grid.of(2, 8),
                new NativeArray(40));
    }

    @Test
    void misalignedVector() throws Exception {
        finds(
                CheckFailure.Problem.MISALIGNED,
                "misaligned",
                "ld.global.nc.v4",
                List.of("thread (0, 0, 0)", "multiple of 16"),
                Grid.of(1, 4),
                new NativeArray(128),
                new NativeArray(64),
                3);
    }

    @Test
    void sharedMemoryThatNothingWrote() throws Exception {
        finds(
                CheckFailure.Problem.UNINITIALISED,
                "unwritten_shared",
                "ld.shared.f32",
                List.of("thread (58, 0, 0)", "byte 20 of shared memory"),
                Grid.of(2, 64),
                new NativeArray(256),
                new NativeArray(256));
    }

    @Test
    void sharedMemoryOfTheBlockBefore() throws Exception {
        // The first block is correct when all 64 threads write; the shared memory of a second block must count as new
        // again.
        MemoryMap memory = new MemoryMap();
        HostKernel kernel = Translator.translate(MODULE, "unwritten_shared", Mode.CHECKED);
        NativeArray x = new NativeArray(256);
        NativeArray y = new NativeArray(256);
        memory.add("x", x.address(), 256, true);
        memory.add("y", y.address(), 256, false);
        NativeArray packed = Launch.pack(kernel, x, y);
        for (int block = 0; block < 2; block++) {
            int now = block;
            assertThrows(CheckFailure.class, () -> kernel.run(Grid.of(2, 64), packed.address(), now, now + 1, memory));
        }
    }

    @Test
    void missingBarrier() throws Exception {
        finds(
                CheckFailure.Problem.RACE,
                "missing_barrier",
                "st.shared.f32",
                List.of("thread (32, 0, 0)", "thread (31, 0, 0)", "without a barrier"),
                Grid.of(1, 64),
                numbers(),
                new NativeArray(256));
    }

    @Test
    void differentValuesWrittenToOnePlace() throws Exception {
        finds(
                CheckFailure.Problem.RACE,
                "one_place",
                "st.shared",
                List.of("thread (1, 0, 0)", "thread (0, 0, 0)"),
                Grid.of(1, 64),
                new NativeArray(256));
    }

    @Test
    void blocksWriteTheSamePlace() throws Exception {
        finds(
                CheckFailure.Problem.RACE,
                "blocks_collide",
                "st.global",
                List.of("block (1, 0, 0)", "another block"),
                Grid.of(2, 16),
                new NativeArray(64));
    }

    @Test
    void beyondSharedMemory() throws Exception {
        finds(
                CheckFailure.Problem.OUT_OF_BOUNDS,
                "beyond_shared",
                "ld.shared",
                List.of("thread (31, 0, 0)", "128 bytes of shared"),
                Grid.of(1, 32),
                new NativeArray(128),
                1);
    }

    @Test
    void globalMemoryThatNothingWrote() {
        MemoryMap memory = new MemoryMap();
        HostKernel kernel = Translator.translate(Launch.module("barriers.ptx"), "block_sum", Mode.CHECKED);
        NativeArray x = new NativeArray(1024);
        NativeArray y = new NativeArray(4);
        memory.add("x", x.address(), 1024, false);
        memory.add("y", y.address(), 4, false);
        NativeArray packed = Launch.pack(kernel, x, y, 256);
        memory.markInitialized(x.address(), 512);
        CheckFailure failure =
                assertThrows(CheckFailure.class, () -> kernel.run(Grid.of(1, 256), packed.address(), 0, 1, memory));
        assertEquals(CheckFailure.Problem.UNINITIALISED, failure.problem());
        assertTrue(
                failure.getMessage().contains("thread (128, 0, 0)")
                        && failure.getMessage().contains("byte 512 of buffer 'x'"),
                failure.getMessage());
        memory.markInitialized(x.address() + 512, 512);
        kernel.run(Grid.of(1, 256), packed.address(), 0, 1, memory);
    }

    @Test
    void buffersMustNotOverlap() {
        MemoryMap memory = new MemoryMap();
        memory.add("a", 4096, 64, true);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> memory.add("b", 4100, 4, true));
        assertTrue(e.getMessage().contains("'a'") || e.getMessage().contains("buffer a"), e.getMessage());
        memory.remove(4096);
        memory.add("b", 4100, 4, true);
        assertThrows(IllegalArgumentException.class, () -> memory.remove(4096));
    }

    private static NativeArray numbers() {
        float[] x = new float[64];
        for (int i = 0; i < 64; i++) {
            x[i] = i + 1;
        }
        return NativeArray.of(x);
    }
}
