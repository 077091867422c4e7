package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.x86.VectorTranslator;

/** Machine code against bytecode, bit for bit; only payloads of NaN may differ. */
class VectorCodeTest {

    private String before;

    @BeforeEach
    void remember() {
        before = System.getProperty(VectorTranslator.PROPERTY);
        System.setProperty(VectorTranslator.PROPERTY, "true");
        assumeTrue(VectorTranslator.obstacle() == null, VectorTranslator.obstacle());
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(VectorTranslator.PROPERTY);
        } else {
            System.setProperty(VectorTranslator.PROPERTY, before);
        }
    }

    static List<CorpusFile> files() {
        return CorpusFile.all();
    }

    /** Runs what machine code supports of a file: instructions that it does not are left out of the text. */
    @ParameterizedTest
    @MethodSource("files")
    void corpus(CorpusFile file) {
        CorpusFile reduced = file;
        String reason = Translator.whyBytecode(reduced.module(), "corpus");
        while (reason != null) {
            String instruction = reason.replace("it uses ", "");
            CorpusFile shorter = reduced.without(instruction);
            if (shorter == null || instruction.startsWith("bar")) {
                // Without a barrier the result would depend on the order of threads.
                return;
            }
            reduced = shorter;
            reason = Translator.whyBytecode(reduced.module(), "corpus");
        }
        System.setProperty(VectorTranslator.PROPERTY, "false");
        long[][] expected = reduced.run(Mode.FAST);
        for (String mode : new String[] {"true", "masked"}) {
            System.setProperty(VectorTranslator.PROPERTY, mode);
            long[][] actual = reduced.run(Mode.FAST);
            List<String> wrong = new ArrayList<>();
            for (int row = 0; row < expected.length; row++) {
                for (int t = 0; t < file.threads(); t++) {
                    if (expected[row][t] != actual[row][t] && !bothNaN(expected[row][t], actual[row][t])) {
                        wrong.add(file.rows().get(row).label() + " of thread " + t + ": expected "
                                + Long.toHexString(expected[row][t]) + " but was "
                                + Long.toHexString(actual[row][t]));
                    }
                }
            }
            assertEquals(List.of(), wrong, mode);
        }
    }

    /** Instructions whose type is a modifier; their forms have no PTX type. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fma.rn.f16x2 %r1, %r1, %r1, %r1",
                "ex2.approx.f16x2 %r1, %r1",
                "fma.rn.bf16 %h1, %h1, %h1, %h1",
                "min.bf16x2 %r1, %r1, %r1",
                "neg.bf16 %h1, %h1",
                "setp.lt.bf16 %p1, %h1, %h1"
            })
    void theReasonForBytecodeIsTheInstruction(String instruction) {
        PtxModule module = PtxModule.parse("reason.ptx", """
                .version 7.8
                .target sm_90
                .address_size 64
                .visible .entry k(.param .u64 out)
                {
                	.reg .b32 %r<2>;
                	.reg .b16 %h<2>;
                	.reg .pred %p<2>;
                	.reg .b64 %rd<2>;
                	ld.param.u64 %rd1, [out];
                	ld.global.b32 %r1, [%rd1];
                	ld.global.b16 %h1, [%rd1];
                	INSTRUCTION;
                	@%p1 st.global.b32 [%rd1], %r1;
                	st.global.b16 [%rd1], %h1;
                	ret;
                }
                """.replace("INSTRUCTION", instruction));
        assertEquals("it uses " + instruction, Translator.whyBytecode(module, "k"));
    }

    /** Every lane adds, also to the address of another lane, and lanes that are left out do not. */
    @Test
    void lanesAddToSharedMemoryOneAfterTheOther() {
        PtxModule module = PtxModule.parse("atom.ptx", """
                .version 7.0
                .target sm_75
                .address_size 64
                .visible .entry k(.param .u64 out)
                {
                	.reg .pred %p<2>;
                	.reg .b32 %r<9>;
                	.reg .b64 %rd<5>;
                	.shared .align 4 .b8 sums[64];
                	ld.param.u64 %rd1, [out];
                	mov.u32 %r1, %tid.x;
                	shl.b32 %r2, %r1, 2;
                	mov.u32 %r3, sums;
                	add.s32 %r4, %r3, %r2;
                	mov.u32 %r5, 0;
                	setp.gt.u32 %p1, %r1, 15;
                	@%p1 bra $L1;
                	st.shared.u32 [%r4], %r5;
                $L1:
                	bar.sync 0;
                	and.b32 %r6, %r1, 3;
                	setp.eq.u32 %p1, %r6, 1;
                	mov.u32 %r7, -1;
                	@%p1 bra $L2;
                	shl.b32 %r6, %r6, 2;
                	add.s32 %r4, %r3, %r6;
                	atom.shared.add.u32 %r7, [%r4], %r1;
                $L2:
                	atom.shared.add.u32 %r8, [sums+32], 1;
                	mul.wide.u32 %rd2, %r1, 8;
                	add.s64 %rd3, %rd1, %rd2;
                	st.global.u32 [%rd3], %r7;
                	st.global.u32 [%rd3+4], %r8;
                	ret;
                }
                """);
        assertEquals(null, Translator.whyBytecode(module, "k"));
        int threads = 45;
        Grid grid = Grid.of(1, threads);
        for (String mode : new String[] {"false", "true", "masked"}) {
            System.setProperty(VectorTranslator.PROPERTY, mode);
            HostKernel kernel = Translator.translate(module, "k", Mode.FAST);
            assertEquals(!mode.equals("false"), kernel.isMachineCode());
            NativeArray out = new NativeArray(8 * threads);
            Launch.run(kernel, grid, out);
            int[] found = out.ints();
            int[] sums = new int[4];
            TreeSet<Integer> counts = new TreeSet<>();
            for (int t = 0; t < threads; t++) {
                assertEquals(t % 4 == 1 ? -1 : sums[t % 4], found[2 * t], mode + ", thread " + t);
                sums[t % 4] += t;
                counts.add(found[2 * t + 1]);
            }
            assertEquals(threads, counts.size());
            assertEquals(threads - 1, counts.last());
        }
    }

    private static boolean bothNaN(long a, long b) {
        boolean single = Float.isNaN(Float.intBitsToFloat((int) a)) && Float.isNaN(Float.intBitsToFloat((int) b));
        boolean wide = Double.isNaN(Double.longBitsToDouble(a)) && Double.isNaN(Double.longBitsToDouble(b));
        return a >>> 32 == b >>> 32 && single || wide;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void randomKernels(int part) {
        int each = Integer.getInteger("tandem.tests.kernels", 25);
        for (long seed = (long) part * each; seed < (long) (part + 1) * each; seed++) {
            compare(seed);
        }
    }

    private static void compare(long seed) {
        String text = RandomKernel.write(seed);
        PtxModule module = PtxModule.parse("random " + seed, text);
        Random random = new Random(seed);
        Grid grid = Grid.of(3, new int[] {256, 64, 61, 8, 5}[random.nextInt(5)]);
        int threads = 3 * grid.threads();
        int[] in = new int[2 * threads];
        for (int i = 0; i < in.length; i++) {
            in[i] = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(100);
                case 1 -> Float.floatToRawIntBits((float) random.nextGaussian());
                case 2 -> random.nextInt();
                default -> -random.nextInt(1000);
            };
        }
        NativeArray input = NativeArray.of(in);
        int number = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(300);
        int[] expected = null;
        for (String mode : new String[] {"false", "true", "masked"}) {
            System.setProperty(VectorTranslator.PROPERTY, mode);
            HostKernel kernel = Translator.translate(module, "k", Mode.FAST);
            assertEquals(!mode.equals("false"), kernel.isMachineCode(), "seed " + seed + " " + text);
            NativeArray out = new NativeArray(8 * RandomKernel.STORED * threads);
            Launch.run(kernel, grid, input, out, number);
            int[] actual = out.ints();
            if (expected == null) {
                expected = actual;
                continue;
            }
            for (int i = 0; i < actual.length; i++) {
                if (actual[i] != expected[i]) {
                    boolean nan = Float.isNaN(Float.intBitsToFloat(actual[i]))
                            && Float.isNaN(Float.intBitsToFloat(expected[i]));
                    int thread = i / 2 / RandomKernel.STORED;
                    assertTrue(
                            nan,
                            "seed " + seed + " " + mode + " grid " + grid.threads() + " thread " + thread + " value "
                                    + i / 2 % RandomKernel.STORED + ": expected " + Integer.toHexString(expected[i])
                                    + " but was " + Integer.toHexString(actual[i]) + "\n" + text);
                }
            }
        }
    }
}
