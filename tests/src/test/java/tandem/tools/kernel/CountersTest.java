package tandem.tools.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.CommandRun;

/** Counters of small kernels against numbers computed by hand. */
class CountersTest {

    /**
     * A warp of 32 threads t: writes y[t] (128 bytes in 4 sectors) and y[32 t] (4 bytes in each of 32 sectors); writes
     * s[t], s[2 t] (2 words in each of 16 banks) and s[32 t] (32 words in one bank); adds 1 to y[0] atomically; odd
     * threads skip an instruction.
     */
    private static final String KERNEL = """
            .version 7.0
            .target sm_75
            .address_size 64
            .visible .entry counted(.param .u64 y)
            {
                .reg .pred %p<3>;
                .reg .b32 %r<9>;
                .reg .b64 %rd<9>;
                .shared .align 4 .b8 s[4096];
                ld.param.u64 %rd1, [y];
                mov.u32 %r1, %tid.x;
                mul.wide.u32 %rd2, %r1, 4;
                add.s64 %rd3, %rd1, %rd2;
                st.global.u32 [%rd3], %r1;
                mul.wide.u32 %rd4, %r1, 128;
                add.s64 %rd5, %rd1, %rd4;
                bar.warp.sync -1;
                st.global.u32 [%rd5], %r1;
                mov.u32 %r2, s;
                shl.b32 %r3, %r1, 2;
                add.s32 %r4, %r2, %r3;
                st.shared.u32 [%r4], %r1;
                bar.warp.sync -1;
                shl.b32 %r5, %r1, 3;
                add.s32 %r6, %r2, %r5;
                st.shared.u32 [%r6], %r1;
                bar.warp.sync -1;
                shl.b32 %r5, %r1, 7;
                add.s32 %r6, %r2, %r5;
                st.shared.u32 [%r6], %r1;
                bar.warp.sync -1;
                red.global.add.u32 [%rd1], 1;
                and.b32 %r7, %r1, 1;
                setp.eq.u32 %p1, %r7, 1;
                @%p1 bra END;
                add.u32 %r8, %r1, 1;
            END:
                ret;
            }
            """;

    @TempDir
    Path folder;

    /** The counters of the line on which that text begins. */
    private static List<Integer> counters(CommandRun run, String instruction) {
        int line = KERNEL.substring(0, KERNEL.indexOf(instruction)).split("\n", -1).length;
        String row = run.out()
                .lines()
                .filter(text -> text.startsWith("PTX line " + line + " "))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(row.substring(24).strip().split("\\s+"))
                .map(Integer::valueOf)
                .toList();
    }

    @Test
    void linesAreCountedAsByHand() throws IOException {
        Path file = Files.writeString(folder.resolve("counted.ptx"), KERNEL);
        Path html = folder.resolve("counted.html");
        CommandRun run = CommandRun.of(
                "kernels",
                "run",
                file.toString(),
                "-g",
                "2,32",
                "-a",
                "u32[1024]=zeros",
                "--counters",
                "--html",
                html.toString(),
                "--card",
                "100,1");
        // Two blocks write the same values; columns: instructions, bytes, moved, shared, conflicts, branches,
        // divergent,
        // atomics, same address.
        assertEquals(List.of(64, 256, 256, 0, 0, 0, 0, 0, 0), counters(run, "st.global.u32 [%rd3]"), run.out());
        assertEquals(List.of(64, 256, 2048, 0, 0, 0, 0, 0, 0), counters(run, "st.global.u32 [%rd5]"));
        assertEquals(List.of(64, 0, 0, 2, 0, 0, 0, 0, 0), counters(run, "st.shared.u32 [%r4]"));
        assertEquals(
                List.of(64, 0, 0, 2, 2, 0, 0, 0, 0),
                counters(run, "st.shared.u32 [%r6], %r1;\n    bar.warp.sync -1;\n    shl"));
        assertEquals(
                List.of(64, 0, 0, 2, 62, 0, 0, 0, 0),
                counters(run, "st.shared.u32 [%r6], %r1;\n    bar.warp.sync -1;\n    red"));
        assertEquals(List.of(64, 256, 64, 0, 0, 0, 0, 64, 62), counters(run, "red.global"));
        assertEquals(List.of(64, 0, 0, 0, 0, 2, 2, 0, 0), counters(run, "@%p1 bra"));
        assertEquals(List.of(32, 0, 0, 0, 0, 0, 0, 0, 0), counters(run, "add.u32 %r8"));
        // 2368 bytes at 100 GB/s are 0.0237 us.
        assertTrue(run.out().contains("bound by memory below 10.0; at least 0.0237 us for memory"), run.out());
        assertTrue(Files.readString(html).contains("<td class=w>2048"), Files.readString(html));
    }
}
