package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/**
 * Small files that describe much work are refused, where an entry needs what is too much, and long ones are translated
 * in bounded time.
 */
@Timeout(120)
class LargePtxTest {

    private static final String HEAD = ".version 7.8\n.target sm_75\n.address_size 64\n";

    private static String refused(String text) {
        PtxException e = assertThrows(PtxException.class, () -> {
            PtxModule module = PtxModule.parse("large.ptx", HEAD + text);
            Translator.translate(module, "k", Mode.FAST);
        });
        assertTrue(e.getMessage().startsWith("large.ptx:") && e.getMessage().length() < 4_000, e.getMessage());
        return e.getMessage();
    }

    /** Each of 30 functions calls the one before it twice: a billion calls in two kilobytes. */
    @ParameterizedTest
    @ValueSource(strings = {"", ".shared .b8 s[4]; ", ".local .b8 l[4]; "})
    void doublingCallsAreRefused(String inside) {
        StringBuilder text = new StringBuilder(".func f0() { " + inside + "ret; }\n");
        for (int i = 1; i <= 30; i++) {
            text.append(String.format(".func f%d() { %scall f%d; call f%d; ret; }%n", i, inside, i - 1, i - 1));
        }
        String message = refused(text + ".visible .entry k() { call f30; ret; }");
        assertTrue(message.contains("calls add more than 131072 statements"), message);
    }

    /** As many calls as a program may well have: 1,023 in ten levels. */
    @Test
    void someCallsAreInlined() {
        StringBuilder text = new StringBuilder();
        text.append(".global .u32 sum;\n.func f0() { .reg .b32 %r; atom.global.add.u32 %r, [sum], 1; ret; }\n");
        for (int i = 1; i <= 9; i++) {
            text.append(String.format(".func f%d() { call f%d; call f%d; ret; }%n", i, i - 1, i - 1));
        }
        text.append(".visible .entry k(.param .u64 out) { .reg .b32 %r; .reg .b64 %d; call f9; ld.param.u64 %d, [out];")
                .append(" ld.global.u32 %r, [sum]; st.global.u32 [%d], %r; ret; }");
        NativeArray out = new NativeArray(4);
        Launch.run(PtxModule.parse("large.ptx", HEAD + text), "k", Mode.FAST, Grid.of(1, 1), out);
        assertEquals(512, out.ints()[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".global .b8 a[99999999999]; .visible .entry k() { .reg .b64 %d; mov.u64 %d, a; ret; }",
                ".global .b8 a[65536][65536]; .visible .entry k() { .reg .b64 %d; mov.u64 %d, a; ret; }",
                ".global .b64 a[67108864]; .visible .entry k() { .reg .b64 %d; mov.u64 %d, a; ret; }",
                ".visible .entry k(.param .b8 a[1000000]) { ret; }",
                ".visible .entry k() { .local .b8 l[60000000]; .reg .b64 %d; mov.u64 %d, l; ret; }"
            })
    void hugeArraysAreRefused(String text) {
        refused(text);
    }

    @Test
    void manyLargeArraysAreRefused() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append(".global .b8 a").append(i).append("[60000000];\n");
        }
        assertTrue(refused(text + ".visible .entry k() { ret; }").contains("variables of the module take 24000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".global .align 99999999999 .b8 a[4];", ".global .align 3 .b8 a[4];"})
    void otherAlignmentsAreRefused(String variable) {
        refused(variable + "\n.visible .entry k() { .reg .b64 %d; mov.u64 %d, a; ret; }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "(", "[", "{", "<"})
    void deepPrefixesAreRefused(String prefix) {
        refused(".visible .entry k() { .reg .b32 %r; mov.u32 %r, " + prefix.repeat(20_000) + "1; ret; }");
        refused(".visible .entry k() { " + prefix.repeat(20_000) + " ret; }");
        refused(".global .b32 a[2] = " + prefix.repeat(20_000)
                + "1;\n.visible .entry k() { .reg .b64 %d; mov.u64 %d, a; ret; }");
    }

    /** Each block may continue at another one, forwards or backwards. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"FAST", "CHECKED"})
    void denseJumpsAreTranslated(Mode mode) {
        assertEquals(60, jump(60, mode));
    }

    @Test
    void denserJumpsAreTranslatedOrRefused() {
        for (Mode mode : List.of(Mode.FAST, Mode.CHECKED)) {
            try {
                assertEquals(300, jump(300, mode));
            } catch (PtxException e) {
                assertTrue(e.getMessage().contains("branches so much"), e.getMessage());
            }
        }
        assertTrue(refused(denseJumps(5_000)).contains("entry k has 10000 labels and branches; at most 8192"));
    }

    private static int jump(int blocks, Mode mode) {
        NativeArray out = new NativeArray(4);
        Launch.run(PtxModule.parse("large.ptx", HEAD + denseJumps(blocks)), "k", mode, Grid.of(1, 1), out);
        return out.ints()[0];
    }

    private static String denseJumps(int blocks) {
        StringBuilder text = new StringBuilder(
                ".visible .entry k(.param .u64 out) {\n"
                        + ".reg .pred %p; .reg .b32 %r<4>; .reg .b64 %d; ld.param.u64 %d, [out]; mov.u32 %r1, 0; mov.u32 %r2, 0;\n");
        for (int i = 0; i < blocks; i++) {
            // The counter ends each jump backwards after the first.
            int target = (int) (i * 2_654_435_761L % blocks);
            text.append(String.format(
                    "L%d: add.u32 %%r1, %%r1, 1; setp.eq.u32 %%p, %%r1, %d; @%%p bra L%d;%n", i, blocks + 1, target));
        }
        return text.append("st.global.u32 [%d], %r1; ret; }").toString();
    }

    /** Blocks in braces one after the other, without a branch between them. */
    @Test
    void longStraightCodeRunsInFastMode() {
        int count = 220;
        StringBuilder text =
                new StringBuilder(".visible .entry k(.param .u64 out) {\n.reg .b64 %o;\nld.param.u64 %o, [out];\n");
        for (int i = 0; i < count; i++) {
            int b = i % 3 == 0 ? i : i + 1;
            text.append(String.format("""
                    {
                    .reg .b16 %%v1; mov.b16 %%v1, %d; .reg .b16 %%v2; mov.b16 %%v2, %d;
                    .reg .pred %%v3; setp.ne.u32 %%v3, %d, 0;
                    .reg .f32 %%v4; set.eq.and.f32.b16 %%v4, %%v1, %%v2, %%v3; st.global.f32 [%%o+%d], %%v4;
                    }
                    """, i, b, i % 2, 4 * i));
        }
        NativeArray out = new NativeArray(4 * count);
        Launch.run(PtxModule.parse("large.ptx", HEAD + text + "ret;\n}"), "k", Mode.FAST, Grid.of(1, 1), out);
        for (int i = 0; i < count; i++) {
            assertEquals(i % 3 == 0 && i % 2 == 1 ? 1 : 0, out.floats()[i], "result " + i);
        }
    }
}
