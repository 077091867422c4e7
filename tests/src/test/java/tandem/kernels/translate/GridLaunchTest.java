package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;

/**
 * Kernels whose blocks wait for each other as cooperative groups do: a counter whose top bit changes when all have
 * arrived.
 */
class GridLaunchTest {

    private static final int BLOCKS = 6;

    /** One wait of all blocks; %rd9 is the address of the counter. */
    private static final String WAIT = """
            	barrier.sync 0;
            	setp.ne.s32 %p1, %r3, 0;
            	@%p1 bra ARRIVED#;
            	atom.add.release.gpu.u32 %r10, [%rd9], %r8;
            LOOK#:
            	ld.acquire.gpu.u32 %r11, [%rd9];
            	xor.b32 %r12, %r10, %r11;
            	setp.gt.s32 %p2, %r12, -1;
            	@%p2 bra LOOK#;
            ARRIVED#:
            	barrier.sync 0;
            """;

    /** Twice: each thread reads what the thread of the next block wrote, adds 1, and writes it to the other array. */
    private static final PtxModule ROTATE =
            PtxModule.parse("rotate.ptx", """
            .version 7.8
            .target sm_80
            .address_size 64
            .visible .entry k(.param .u64 a, .param .u64 b, .param .u32 failing)
            {
            	.reg .b32 %r<20>;
            	.reg .b64 %rd<20>;
            	.reg .pred %p<5>;
            	ld.param.u64 %rd1, [a];
            	ld.param.u64 %rd2, [b];
            	mov.u32 %r1, %envreg2;
            	cvt.u64.u32 %rd3, %r1;
            	mov.u32 %r2, %envreg1;
            	cvt.u64.u32 %rd4, %r2;
            	bfi.b64 %rd5, %rd4, %rd3, 32, 32;
            	add.s64 %rd9, %rd5, 4;
            	mov.u32 %r3, %tid.x;
            	mov.u32 %r4, %ctaid.x;
            	mov.u32 %r5, %nctaid.x;
            	sub.u32 %r6, -2147483647, %r5;
            	setp.eq.u32 %p3, %r4, 0;
            	selp.b32 %r8, %r6, 1, %p3;
            	ld.param.u32 %r7, [failing];
            	setp.eq.u32 %p4, %r7, %r4;
            	@%p4 trap;
            	add.u32 %r13, %r4, 1;
            	rem.u32 %r13, %r13, %r5;
            	mov.u32 %r14, %ntid.x;
            	mad.lo.u32 %r13, %r13, %r14, %r3;
            	mul.wide.u32 %rd10, %r13, 4;
            	mad.lo.u32 %r15, %r4, %r14, %r3;
            	mul.wide.u32 %rd11, %r15, 4;
            	add.s64 %rd12, %rd1, %rd10;
            	add.s64 %rd13, %rd2, %rd11;
            	ld.global.u32 %r16, [%rd12];
            	add.u32 %r16, %r16, 1;
            	st.global.u32 [%rd13], %r16;
            """ + WAIT.replace("#", "1") + """
            	add.s64 %rd14, %rd2, %rd10;
            	add.s64 %rd15, %rd1, %rd11;
            	ld.global.u32 %r17, [%rd14];
            	add.u32 %r17, %r17, 1;
            """ + WAIT.replace("#", "2") + """
            	st.global.u32 [%rd15], %r17;
            	ret;
            }
            """);

    private static int[] numbers(int blocks) {
        int[] numbers = new int[32 * blocks];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = 10 * i;
        }
        return numbers;
    }

    @Test
    void blocksWaitForEachOther() {
        HostKernel kernel = Translator.translate(ROTATE, "k", Mode.FAST);
        assertTrue(kernel.isCooperative());
        NativeArray a = NativeArray.of(numbers(BLOCKS));
        NativeArray b = new NativeArray(4 * 32 * BLOCKS);
        NativeArray packed = Launch.pack(kernel, a, b, -1);
        kernel.runCooperatively(Grid.of(BLOCKS, 32), packed.address());
        for (int block = 0; block < BLOCKS; block++) {
            for (int t = 0; t < 32; t++) {
                assertEquals(10 * ((block + 1) % BLOCKS * 32 + t) + 1, b.ints()[32 * block + t]);
                assertEquals(10 * ((block + 2) % BLOCKS * 32 + t) + 2, a.ints()[32 * block + t]);
            }
        }
    }

    /** The others wait for a block that has failed, and end. */
    @Test
    void aBlockThatFailsEndsTheLaunch() {
        HostKernel kernel = Translator.translate(ROTATE, "k", Mode.FAST);
        NativeArray a = NativeArray.of(numbers(BLOCKS));
        NativeArray b = new NativeArray(4 * 32 * BLOCKS);
        NativeArray packed = Launch.pack(kernel, a, b, 3);
        IllegalStateException failure = Assertions.assertTimeout(
                Duration.ofSeconds(60),
                () -> assertThrows(
                        IllegalStateException.class,
                        () -> kernel.runCooperatively(Grid.of(BLOCKS, 32), packed.address())));
        assertTrue(failure.getMessage().contains("trap"), failure.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> kernel.runCooperatively(Grid.of(100_000, 32), packed.address()));
    }

    /** Checked mode runs one block, which waits for itself; of more it reports that it does not. */
    @Test
    void checkedModeRunsOneBlock() {
        NativeArray a = NativeArray.of(numbers(1));
        NativeArray b = new NativeArray(4 * 32);
        Launch.run(ROTATE, "k", Mode.CHECKED, Grid.of(1, 32), a, b, -1);
        for (int t = 0; t < 32; t++) {
            assertEquals(10 * t + 2, a.ints()[t]);
        }
        assertThrows(
                IllegalArgumentException.class, () -> Launch.run(ROTATE, "k", Mode.CHECKED, Grid.of(2, 32), a, b, -1));
    }
}
