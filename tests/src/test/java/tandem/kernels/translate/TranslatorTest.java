package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.HeapAllocation;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

class TranslatorTest {

    private static PtxModule module(String body) {
        return PtxModule.parse("test.ptx", """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 out)
                { .reg .b16 %h<4>; .reg .b32 %r<9>; .reg .b64 %d<9>; .reg .f32 %f<9>; .reg .pred %p<4>;
                """ + body + "\n}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wgmma.fence.sync.aligned; ret; | the translator does not support the instruction 'wgmma.fence.sync.aligned'; it supports add, sub,",
                "add.sat.u32 %r1, %r1, %r2; ret; | does not support this form of add: 'add.sat.u32 %r1, %r1, %r2'; it supports [add(.u16|.s16|",
                "fma.f32 %f1, %f1, %f1, %f1; ret; | does not support this form of fma",
                "add.rn.rz.f32 %f1, %f1, %f1; ret; | does not support this form of add",
                "add.u32 %r1, %r1; ret; | has 2 operands, but",
                "add.u32 %r1, %d1, %d1; ret; | ",
                "add.u64 %d1, %r1, %d1; ret; | register %r1 is declared .b32 but read as .u64",
                "add.u32 %d1, %r1, %r1; ret; | register %d1 is declared .b64 but receives .u32",
                "mov.u32 %r1, %smid; ret; | the translator does not support the special register %smid; it supports %tid",
                "ld.global.u32 %r1, [nothing]; ret; | 'nothing' is not declared",
                "ld.shared.u32 %r1, [out]; ret; | 'out' is in .param, not in .shared",
                "ld.global.u32 %r1, [%r2]; ret; | a 32-bit register can address .shared and .local memory only",
                "ld.global.v2.u32 %r1, [%d1]; ret; | takes 2 registers, not 1",
                "lop3.b32 %r1, %r1, %r1, %r1, 300; ret; | constant from 0 to 255",
                "bar.sync 16; ret; | barriers are numbered 0 to 15",
                "setp.lt.s32 %p1, %r1, %r2, %p2; ret; | a fourth operand goes with .and, .or or .xor",
                "mov.u32 %r1, 5; | control runs off the end of the body",
                "st.global.u32 5, %r1; ret; | must be a memory operand in brackets",
            })
    void anUnsupportedFormIsAnErrorWithItsLine(String body, String message) {
        for (Mode mode : Mode.values()) {
            if (message == null) {
                Translator.translate(module(body), "k", mode);
                continue;
            }
            PtxException e = assertThrows(PtxException.class, () -> Translator.translate(module(body), "k", mode));
            assertTrue(e.getMessage().contains(message), e.getMessage());
            assertTrue(e.line() == 6 || e.line() == 4, e.getMessage());
        }
    }

    @Test
    void registersThatNothingWroteAreZero() {
        NativeArray out = NativeArray.of(9, 9);
        Launch.run(module("""
                ld.param.u64 %d1, [out];
                mov.u32 %r2, %tid.x;
                mul.wide.u32 %d2, %r2, 4;
                add.s64 %d1, %d1, %d2;
                setp.eq.u32 %p1, %r2, 0;
                @%p1 mov.u32 %r1, 5;
                st.global.u32 [%d1], %r1;
                ret;"""), "k", Mode.FAST, Grid.of(1, 2), out);
        assertArrayEquals(new int[] {5, 0}, out.ints());
    }

    @Test
    void untypedRegistersHoldFloatsToo() {
        // Newer compilers declare floats .b32.
        NativeArray out = new NativeArray(8);
        Launch.run(module("""
                ld.param.u64 %d1, [out];
                mov.b32 %r1, 0f40000000;
                add.rn.f32 %r2, %r1, %r1;
                fma.rn.f32 %r3, %r2, %r2, %r1;
                st.global.f32 [%d1], %r3;
                add.u32 %r4, %r2, 1;
                st.global.b32 [%d1+4], %r4;
                ret;"""), "k", Mode.FAST, Grid.of(1, 1), out);
        assertEquals(18f, out.floats()[0]);
        assertEquals(0x40800001, out.ints()[1]);
    }

    @Test
    void trapsAreExceptions() {
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> Launch.run(module("""
                mov.u32 %r1, %tid.x;
                setp.eq.u32 %p1, %r1, 3;
                @%p1 trap;
                ret;"""), "k", Mode.FAST, Grid.of(1, 8), new NativeArray(8)));
        assertTrue(e.getMessage().contains("test.ptx:8") && e.getMessage().contains("thread 3"), e.getMessage());
    }

    @Test
    void entriesOfAModuleShareItsVariables() {
        String text = """
                .version 7.8
                .target sm_80
                .address_size 64
                .global .align 4 .u32 counter = 40;
                .visible .entry increment() { .reg .b32 %r; atom.global.add.u32 %r, [counter], 1; ret; }
                .visible .entry get(.param .u64 out) { .reg .b32 %r; .reg .b64 %d; ld.param.u64 %d, [out];
                  ld.global.u32 %r, [counter]; st.global.u32 [%d], %r; ret; }
                """;
        PtxModule module = PtxModule.parse("test.ptx", text);
        PtxModule equal = PtxModule.parse("test.ptx", text);
        Launch.run(module, "increment", Mode.FAST, Grid.of(2, 3));
        NativeArray out = new NativeArray(4);
        Launch.run(module, "get", Mode.CHECKED, Grid.of(1, 1), out);
        assertEquals(46, out.ints()[0]);
        Launch.run(equal, "get", Mode.FAST, Grid.of(1, 1), out);
        assertEquals(40, out.ints()[0], "another module with the same text has variables of its own");
        assertSame(module, Translator.translate(module, "get", Mode.FAST).module());
    }

    @Test
    void rangesOfBlocksRunAtTheSameTime() {
        int blocks = 64;
        float[] x = new float[256 * blocks];
        Arrays.setAll(new double[x.length], i -> x[i] = i % 17);
        NativeArray partial = new NativeArray(4 * blocks);
        HostKernel kernel = Translator.translate(Launch.module("barriers.ptx"), "block_sum", Mode.FAST);
        NativeArray packed = Launch.pack(kernel, NativeArray.of(x), partial, x.length);
        CompletableFuture<?>[] parts = new CompletableFuture<?>[8];
        for (int p = 0; p < 8; p++) {
            int first = p * 8;
            parts[p] = CompletableFuture.runAsync(
                    () -> kernel.run(Grid.of(blocks, 256), packed.address(), first, first + 8));
        }
        CompletableFuture.allOf(parts).join();
        float[] expected = new float[blocks];
        for (int i = 0; i < x.length; i++) {
            expected[i / 256] += x[i];
        }
        assertArrayEquals(expected, partial.floats());
    }

    @ParameterizedTest
    @ValueSource(strings = {"block_sum", "warp_sum"})
    void launchesAllocateNothing(String entry) {
        HostKernel kernel = Translator.translate(Launch.module("barriers.ptx"), entry, Mode.FAST);
        NativeArray packed = Launch.pack(kernel, new NativeArray(4096), new NativeArray(16), 1024);
        Grid grid = Grid.of(4, 256);
        // Asking for the number of bytes may itself take a few.
        assertTrue(HeapAllocation.bytes(100, () -> kernel.run(grid, packed.address(), 0, 4)) < 200);
    }

    @Test
    void modesAreNotMixedUp() {
        PtxModule module = module("ret;");
        NativeArray parameters = new NativeArray(8);
        HostKernel fast = Translator.translate(module, "k", Mode.FAST);
        HostKernel checked = Translator.translate(module, "k", Mode.CHECKED);
        assertThrows(IllegalStateException.class, () -> checked.run(Grid.of(1, 1), parameters.address(), 0, 1));
        assertThrows(
                IllegalStateException.class,
                () -> fast.run(Grid.of(1, 1), parameters.address(), 0, 1, new MemoryMap()));
        assertThrows(IllegalArgumentException.class, () -> fast.run(Grid.of(2, 1), parameters.address(), 1, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocks", "constants", "kinds", "invariants", "liveness", "segments", "slots", "methods"})
    void everyPassCanBeDumped(String pass) {
        PrintStream stderr = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setProperty("tandem.ptx.dump", pass);
        try {
            Translator.translate(Launch.module("barriers.ptx"), "warp_sum", Mode.CHECKED);
        } finally {
            System.clearProperty("tandem.ptx.dump");
            System.setErr(stderr);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(
                text.startsWith("after " + pass + ": warp_sum (barriers.ptx)")
                        && text.lines().count() > 1,
                text);
    }
}
