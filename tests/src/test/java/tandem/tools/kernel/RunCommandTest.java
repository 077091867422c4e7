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
}
