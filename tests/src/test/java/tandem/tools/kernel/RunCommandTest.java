package tandem.tools.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.kernels.Grid;
import tandem.tools.CommandRun;
import tandem.tools.InputException;

class RunCommandTest {

    /** y[i] = i + k, without a bound. */
    private static final String ADD_INDEX = """
            .version 7.0
            .target sm_75
            .address_size 64
            .visible .entry add_index(.param .u64 y, .param .u32 k)
            {
                .reg .b32 %r<6>;
                .reg .b64 %rd<5>;
                ld.param.u64 %rd1, [y];
                ld.param.u32 %r1, [k];
                mov.u32 %r2, %tid.x;
                mov.u32 %r3, %ctaid.x;
                mov.u32 %r4, %ntid.x;
                mad.lo.s32 %r5, %r3, %r4, %r2;
                cvta.to.global.u64 %rd2, %rd1;
                mul.wide.u32 %rd3, %r5, 4;
                add.s64 %rd4, %rd2, %rd3;
                add.s32 %r5, %r5, %r1;
                st.global.u32 [%rd4], %r5;
                ret;
            }
            """;

    @TempDir
    Path folder;

    private CommandRun run(String... arguments) throws IOException {
        Path file = Files.writeString(folder.resolve("add_index.ptx"), ADD_INDEX);
        String[] all = new String[arguments.length + 3];
        all[0] = "kernels";
        all[1] = "run";
        all[2] = file.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandRun.of(all);
    }

    /** Without a directive any block runs; with one, a block that does not fit is refused before the launch. */
    @ParameterizedTest
    @CsvSource({
        "'',0,''",
        "'.maxntid 8, 1, 1',0,''",
        "'.maxntid 4, 1, 1',2,'is larger than the limit of 4 (.maxntid 4, 1, 1)'",
        "'.reqntid 16, 1, 1',2,'differs from the required size (.reqntid 16, 1, 1)'"
    })
    void theBlockSizeOfTheEntryIsChecked(String directive, int status, String complaint) throws IOException {
        Path file = Files.writeString(
                folder.resolve("limited.ptx"), ADD_INDEX.replace("u32 k)\n", "u32 k)\n" + directive + "\n"));
        CommandRun run =
                CommandRun.of("kernels", "run", file.toString(), "--grid", "1,8", "--arg", "u32[8]", "--arg", "u32:10");
        assertEquals(status, run.code(), run.err());
        assertTrue(run.err().contains(complaint), run.err());
        assertTrue(status == 0 || run.err().contains("kernel add_index: a block of 8 x 1 x 1 threads"), run.err());
    }

    /** 300,000 bytes for each block, where every GPU has at most 227 KiB, and 48 KiB for variables. */
    @Test
    void moreSharedMemoryThanAnyGpuHasIsRefused() throws IOException {
        Path file = Files.writeString(
                folder.resolve("shared.ptx"),
                ADD_INDEX.replace(".reg .b32 %r<6>;", ".reg .b32 %r<6>; .shared .align 4 .b8 s[300000];"));
        CommandRun run =
                CommandRun.of("kernels", "run", file.toString(), "--grid", "1,8", "--arg", "u32[8]", "--arg", "u32:10");
        assertEquals(2, run.code(), run.out());
        assertTrue(run.err().contains("add_index has 300000 bytes of static shared memory"), run.err());
    }

    /** The function that a failed assert calls is of the CUDA driver, and has no body in the file. */
    @Test
    void anEntryBesideOneThatCallsAssertRuns() throws IOException {
        Path file = Files.writeString(folder.resolve("two.ptx"), """
                .version 7.8
                .target sm_80
                .address_size 64
                .visible .entry good(.param .u64 p) {
                    .reg .b64 %rd<2>; .reg .b32 %r<2>;
                    ld.param.u64 %rd1, [p]; mov.u32 %r1, 7; st.global.u32 [%rd1], %r1; ret;
                }
                .extern .func __assertfail (.param .b64 a, .param .b64 b, .param .b32 c, .param .b64 d, .param .b64 e);
                .visible .entry bad(.param .u64 p) {
                    .reg .b64 %rd<2>;
                    ld.param.u64 %rd1, [p];
                    { .param .b64 p0; .param .b64 p1; .param .b32 p2; .param .b64 p3; .param .b64 p4;
                      st.param.b64 [p0], %rd1; st.param.b64 [p1], %rd1; st.param.b32 [p2], 1;
                      st.param.b64 [p3], %rd1; st.param.b64 [p4], 1;
                      call.uni __assertfail, (p0, p1, p2, p3, p4); }
                    ret;
                }
                """);
        Path out = folder.resolve("out");
        CommandRun good = CommandRun.of(
                "kernels",
                "run",
                file.toString(),
                "--entry",
                "good",
                "--grid",
                "1,1",
                "--arg",
                "u32[1]",
                "--output",
                out.toString());
        assertEquals(0, good.code(), good.out() + good.err());
        assertEquals(
                7,
                ByteBuffer.wrap(Files.readAllBytes(out.resolve("arg1.bin")))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt());
        CommandRun bad =
                CommandRun.of("kernels", "run", file.toString(), "--entry", "bad", "--grid", "1,1", "--arg", "u32[16]");
        assertEquals(1, bad.code(), bad.out() + bad.err());
    }

    /** The size of dynamic shared memory is the third number of the grid. */
    @Test
    void dynamicSharedMemoryNeedsItsSize() throws IOException {
        String file = Files.writeString(folder.resolve("dynamic.ptx"), """
                .version 7.8
                .target sm_75
                .address_size 64
                .extern .shared .align 4 .b8 s[];
                .visible .entry reverse(.param .u64 y)
                {
                    .reg .b32 %r<8>;
                    .reg .b64 %rd<4>;
                    ld.param.u64 %rd1, [y];
                    mov.u32 %r1, %tid.x;
                    shl.b32 %r2, %r1, 2;
                    mov.u32 %r3, s;
                    add.u32 %r4, %r3, %r2;
                    st.shared.u32 [%r4], %r1;
                    bar.sync 0;
                    sub.u32 %r5, 28, %r2;
                    add.u32 %r5, %r3, %r5;
                    ld.shared.u32 %r6, [%r5];
                    mul.wide.u32 %rd2, %r1, 4;
                    add.s64 %rd3, %rd1, %rd2;
                    st.global.u32 [%rd3], %r6;
                    ret;
                }
                """).toString();
        CommandRun run = CommandRun.of("kernels", "run", file, "--grid", "1,8,32", "--arg", "u32[8]");
        assertEquals(0, run.code(), run.out() + run.err());
        assertTrue(run.out().contains("7 6 5 4 3 2 1 0"), run.out());
        run = CommandRun.of("kernels", "run", file, "--grid", "1,8", "--arg", "u32[8]");
        assertEquals(2, run.code());
        assertTrue(
                run.err().contains("reverse has arrays in dynamic shared memory; give their bytes as third number"),
                run.err());
        run = CommandRun.of("kernels", "run", file, "--grid", "1,8,28", "--arg", "u32[8]");
        assertEquals(1, run.code());
        assertTrue(
                run.out().contains("bytes at byte 28, 0 bytes behind the end of variable 's' (28 bytes)"), run.out());
    }

    @Test
    void printsAndWritesWhatTheKernelComputed() throws IOException {
        CommandRun run = run(
                "--grid",
                "2,4",
                "--arg",
                "u32[8]",
                "--arg",
                "u32:10",
                "--show",
                "3",
                "--output",
                folder.resolve("out").toString());
        assertEquals(0, run.code(), run.out() + run.err());
        assertTrue(run.out().contains("add_index: 2 blocks of 4 threads in checked mode, no errors"), run.out());
        assertTrue(run.out().contains("u32[8]: 8 of 8 changed, min 10, max 17, mean 13.5"), run.out());
        assertTrue(run.out().contains("\n    10 11 12 ..."), run.out());
        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("out/arg1.bin")))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 8; i++) {
            assertEquals(10 + i, written.getInt());
        }
        assertEquals(0, written.remaining());
    }

    @Test
    void anAccessOutOfBoundsNamesLineAndThread() throws IOException {
        CommandRun run = run("--grid", "3,4", "--arg", "u32[8]", "--arg", "u32:0");
        assertEquals(1, run.code());
        assertTrue(run.out().contains("add_index.ptx:18:"), run.out());
        assertTrue(run.out().contains("thread (0, 0, 0) of block (2, 0, 0)"), run.out());
    }

    @Test
    void aReadOfMemoryThatNothingWroteIsFound() {
        CommandRun run = CommandRun.of(
                "kernels",
                "run",
                "elementwise",
                "--entry",
                "elementwise_scale",
                "--grid",
                "1,256",
                "--arg",
                "f32[4]",
                "--arg",
                "f32[4]",
                "--arg",
                "f32:2",
                "--arg",
                "u32:4");
        assertEquals(1, run.code());
        assertTrue(run.out().contains("which nothing has written"), run.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--arg u32[8]",
                "--arg u32[8] --arg f32:1",
                "--arg u32:8 --arg u32:1",
                "--arg u32[8] --arg u64:1",
                "--arg u32[8] --arg u32:1 --arg u32:1",
                "--arg u32[8]=three --arg u32:1",
                "--arg u32[8] --arg u32:1 --entry other"
            })
    void argumentsThatDoNotFitAreWrongUsage(String arguments) throws IOException {
        CommandRun run = run(("--grid 2,4 " + arguments).split(" "));
        assertEquals(2, run.code(), run.out());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void gridsHaveUpToThreeSidesEach() {
        assertEquals(new Grid(4, 1, 1, 256, 1, 1), LaunchGrid.parse("4,256"));
        assertEquals(new Grid(2, 3, 1, 16, 4, 2), LaunchGrid.parse("2x3,16x4x2"));
        for (String wrong : new String[] {"4", "4,", "0,1", "1,2048", "1x1x1x1,1", "a,b", "4,99999999999"}) {
            assertThrows(InputException.class, () -> LaunchGrid.parse(wrong), wrong);
        }
    }

    @Test
    void fastModePrintsTimes() throws IOException {
        CommandRun run = run("--grid", "1,8", "--arg", "u32[8]", "--arg", "u32:10", "--fast", "--launches", "3");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("10 11 12 13 14 15 16 17"), run.out());
        assertTrue(
                run.out()
                        .matches("(?s).*add_index: 1 blocks of 8 threads without checks as .*, 3 kernel launches in one"
                                + " thread: min [0-9.e-]+ ms, median [0-9.e-]+ ms\\s*"),
                run.out());
        assertEquals(
                2,
                run("--grid", "1,8", "--arg", "u32[8]", "--arg", "u32:1", "--fast", "--counters")
                        .code());
        assertEquals(
                2,
                run("--grid", "1,8", "--arg", "u32[8]", "--arg", "u32:1", "--fast", "--launches", "0")
                        .code());
    }

    /** y[t] = s.x[t] + s.k + counter; counter += 1. */
    private static final String STRUCTURE = """
            .version 7.8
            .target sm_75
            .address_size 64
            .global .align 4 .u32 counter = 5;
            .global .align 4 .b8 _ZN4some5tableE[8] = {1, 0, 0, 0, 2, 0, 0, 0};
            .visible .entry add(.param .align 8 .b8 s[16], .param .u64 y)
            {
                .reg .b32 %r<8>;
                .reg .b64 %rd<8>;
                ld.param.u32 %r1, [s];
                ld.param.u64 %rd1, [s+8];
                ld.param.u64 %rd2, [y];
                mov.u32 %r2, %tid.x;
                mul.wide.u32 %rd3, %r2, 4;
                add.s64 %rd4, %rd1, %rd3;
                ld.global.u32 %r3, [%rd4];
                add.u32 %r4, %r3, %r1;
                ld.global.u32 %r5, [counter];
                add.u32 %r4, %r4, %r5;
                add.s64 %rd5, %rd2, %rd3;
                st.global.u32 [%rd5], %r4;
                add.u32 %r5, %r5, 1;
                st.global.u32 [counter], %r5;
                ret;
            }
            """;

    @Test
    void structuresAndVariablesOfTheModuleAreArguments() throws IOException {
        String file =
                Files.writeString(folder.resolve("structure.ptx"), STRUCTURE).toString();
        CommandRun run = CommandRun.of(
                "kernels",
                "run",
                file,
                "--grid",
                "1,1",
                "--arg",
                "{i32:7;u32[1]=30}",
                "--arg",
                "u32[1]",
                "--variable",
                "counter=u32[1]=100",
                "--variable",
                "table=i32[2]");
        assertEquals(0, run.code(), run.out() + run.err());
        assertTrue(run.out().contains("137"), run.out());
        assertTrue(run.out().contains("variable counter: 101"), run.out());
        assertTrue(run.out().contains("variable _ZN4some5tableE: 1 2"), run.out());
        CommandRun small =
                CommandRun.of("kernels", "run", file, "--grid", "1,1", "--arg", "{i32:7;i32:8}", "--arg", "u32[1]");
        assertEquals(2, small.code());
        assertTrue(small.err().contains("has 8 bytes, but parameter s of add has 16"), small.err());
        CommandRun unknown = CommandRun.of(
                "kernels",
                "run",
                file,
                "--grid",
                "1,1",
                "--arg",
                "{i32:7;u32[1]=30}",
                "--arg",
                "u32[1]",
                "--variable",
                "count=u32[1]");
        assertEquals(2, unknown.code());
        assertTrue(
                unknown.err().contains("there is no variable 'count'; the module has [_ZN4some5tableE, counter]"),
                unknown.err());
    }

    /** y[t] = texture at (t + 1, 1), with linear interpolation between the elements. */
    @Test
    void texturesAreArguments() throws IOException {
        String file = Files.writeString(folder.resolve("texture.ptx"), """
                .version 7.8
                .target sm_75
                .address_size 64
                .visible .entry read(.param .u64 t, .param .u64 y)
                {
                    .reg .b32 %r<4>;
                    .reg .f32 %f<8>;
                    .reg .b64 %rd<6>;
                    ld.param.u64 %rd1, [t];
                    ld.param.u64 %rd2, [y];
                    mov.u32 %r1, %tid.x;
                    add.u32 %r2, %r1, 1;
                    cvt.rn.f32.u32 %f1, %r2;
                    mov.f32 %f2, 0f3F800000;
                    tex.2d.v4.f32.f32 {%f3, %f4, %f5, %f6}, [%rd1, {%f1, %f2}];
                    mul.wide.u32 %rd3, %r1, 4;
                    add.s64 %rd4, %rd2, %rd3;
                    st.global.f32 [%rd4], %f3;
                    ret;
                }
                """).toString();
        CommandRun run = CommandRun.of(
                "kernels",
                "run",
                file,
                "--grid",
                "1,3",
                "--arg",
                "texture:f32[4x2],linear=0,1,2,3,10,11,12,13",
                "--arg",
                "f32[3]");
        assertEquals(0, run.code(), run.out() + run.err());
        // The mean of four elements: (0 + 1 + 10 + 11) / 4 and so on.
        assertTrue(run.out().contains("5.5 6.5 7.5"), run.out());
        CommandRun bad = CommandRun.of(
                "kernels", "run", file, "--grid", "1,3", "--arg", "texture:i32[4x2],linear", "--arg", "f32[3]");
        assertEquals(2, bad.code());
        assertTrue(bad.err().contains("elements of type S32 are not interpolated"), bad.err());
    }
}
