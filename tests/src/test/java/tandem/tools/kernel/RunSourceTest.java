package tandem.tools.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.tools.CommandRun;

/** {@code tandem kernels run} with the planted faults: source lines, all findings, expectations, limits, bad input. */
class RunSourceTest {

    @TempDir
    Path folder;

    private Path planted(String name) throws IOException {
        String resource = "/tandem/kernels/translate/planted/" + name;
        try (InputStream stream = RunSourceTest.class.getResourceAsStream(resource)) {
            return Files.write(folder.resolve(name), stream.readAllBytes());
        }
    }

    private CommandRun run(String file, String... arguments) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("kernels", "run", planted(file).toString()));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static byte[] npy(String descr, String shape, ByteBuffer data) {
        String header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer file =
                ByteBuffer.allocate(10 + header.length() + data.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) 1)
                .put((byte) 0);
        file.putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.ISO_8859_1))
                .put(data.array());
        return file.array();
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return data;
    }

    @Test
    void aRaceHasBothSourceLines() throws IOException {
        CommandRun run = run(
                "faults.ptx", "-e", "f21_missing_sync_reuse", "-g", "1,64", "-a", "f32[256]=normal", "-a", "f32[256]");
        assertEquals(1, run.code(), run.err());
        assertTrue(run.out().contains("faults.cu:80: race: thread (32, 0, 0) of block (0, 0, 0) reads"), run.out());
        assertTrue(
                run.out().contains("thread (31, 0, 0) of the block wrote at line 78 without a barrier in between"),
                run.out());
        assertTrue(run.out().contains("in checked mode, 2 errors"), run.out());
    }

    @Test
    void oneBufferMayBeTwoArguments() throws IOException {
        String[] own = {"-e", "f10b_restrict", "-g", "1,32", "-a", "f32[33]=iota", "-a", "f32[33]"};
        assertEquals(0, run("faults.ptx", own).code());
        own[own.length - 1] = "same:1";
        CommandRun run = run("faults.ptx", own);
        assertEquals(1, run.code());
        assertTrue(run.out().contains("faults.cu:54: race"), run.out());
    }

    @Test
    void anEndlessLoopIsStoppedAtItsLine() throws IOException {
        CommandRun run = run("faults.ptx", "-e", "f11_infinite", "-g", "1,32", "-a", "i32[2]=zeros", "--limit", "0.2");
        assertEquals(1, run.code());
        assertTrue(run.out().contains("faults.cu:55: stopped: thread (0, 0, 0) of block (0, 0, 0)"), run.out());
    }

    @Test
    void aScheduleChangesWhoRunsFirst() throws IOException {
        String[] arguments = {
            "-e", "g16_device_var_race", "-g", "2,32", "-a", "f32[2]", "--schedule", "reverse", "--trace", "1,0"
        };
        CommandRun run = run("faults2.ptx", arguments);
        assertTrue(run.out().contains("faults2.cu:39: race: thread (0, 0, 0) of block (1, 0, 0) writes"), run.out());
        assertTrue(run.out().contains("buffer 'variable uninit_table' (16 bytes)"), run.out());
        assertTrue(
                run.out().contains("writes 4 bytes at byte 0 of global variable uninit_table: 0x3f800000"), run.out());
        arguments[7] = "sideways";
        assertEquals(2, run("faults2.ptx", arguments).code());
    }

    /** f14 writes 1 everywhere. */
    @Test
    void expectationsAreCompared() throws IOException {
        Path good = Files.write(folder.resolve("good.npy"), npy("<f4", "(2, 2)", floats(1, 1, 1, 1.000001f)));
        Path bad = Files.write(folder.resolve("bad.npy"), npy("<f4", "(4,)", floats(1, 1, 1.5f, 1)));
        Path odd = Files.write(folder.resolve("odd.npy"), npy("<f8", "(2,)", floats(1, 1, 1, 1)));
        String[] arguments = {"-e", "f14_launch_bounds", "-g", "1,4", "-a", "f32[4]=constant:3", "--expect", "1=" + good
        };
        CommandRun run = run("faults.ptx", arguments);
        assertEquals(0, run.code(), run.out() + run.err());
        arguments[7] = "1=" + bad;
        run = run("faults.ptx", arguments);
        assertEquals(1, run.code());
        assertTrue(run.out().contains("1 of 4 elements differ"), run.out());
        assertTrue(run.out().contains("element 2 is 1.0 instead of 1.5"), run.out());
        arguments[7] = "1=" + odd;
        run = run("faults.ptx", arguments);
        assertEquals(2, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("shape (2,) of f64"), run.err());
        arguments[5] = "f32[4]=" + bad;
        arguments[7] = "1=" + good;
        assertEquals(0, run("faults.ptx", arguments).code());
        arguments[5] = "i32[4]=" + bad;
        run = run("faults.ptx", Arrays.copyOf(arguments, 6));
        assertEquals(2, run.code());
        assertTrue(run.err().contains("not 4 of i32"), run.err());
    }

    /** What is wrong with the input is one line and exit code 2. */
    @ParameterizedTest
    @CsvSource({
        "-e f06_race -g 1;32, 'no entry ''f06_race''; the nearest names are f06_race_warps'",
        "-g 1;32, 'has 41 entries, choose one'",
        "-e f14b_launch_bounds -g 1;128 -a f32[128], is larger than the limit of 64",
        "-e f16_null -g 1;32, 'f16_null takes 1 arguments (u64), got 0'",
        "-e f16_null -g 1;32 -a same:1, argument 1 is not an array before it",
        "-e f16_null -g 1;32 -a f32[4]=none.npy, there is no such file",
        "-e f16_null -g 1;32 -a f32[4] --expect 2=none.npy, there is no such file",
        "-e f16_null -g 1;32 -a f32[32] --trace x, 'expected BLOCK,THREAD'"
    })
    void badInputIsOneLine(String arguments, String message) throws IOException {
        CommandRun run = run("faults.ptx", arguments.replace(';', ',').split(" "));
        assertEquals(2, run.code(), run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void filesThatAreNotPtxAreOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("x.ptx"), "int main() {}");
        CommandRun run = CommandRun.of("kernels", "run", text.toString(), "-g", "1,1");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("x.ptx is not PTX: it has no .version"), run.err());
        Files.writeString(text, ".version 99.1\n.target sm_75\n.address_size 64\n.nova x;\n");
        run = CommandRun.of("kernels", "run", text.toString(), "-g", "1,1");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("PTX 99.1, newer than the known 9.0"), run.err());
    }

    /** The instruction is unknown because the file is newer: the version comes first. */
    @Test
    void anUnknownInstructionOfANewerVersionNamesTheVersion() throws IOException {
        Path file = Files.writeString(folder.resolve("new.ptx"), """
                .version 9.9
                .target sm_75
                .address_size 64
                .visible .entry k(.param .u64 p) { .reg .b32 %r<3>; frobnicate.u32 %r1, 3; ret; }
                """);
        CommandRun run = CommandRun.of("kernels", "run", file.toString(), "-g", "1,1", "-a", "i32[1]");
        assertEquals(2, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("new.ptx is PTX 9.9, newer than the known 9.0"), run.err());
        assertTrue(run.err().contains("frobnicate"), run.err());
    }

    /** Options of nvcc look like options of the command; {@code -a} is one of them. */
    @ParameterizedTest
    @ValueSource(strings = {"--nvcc-option -arch=compute_80 --nvcc-option -DN=3", "--nvcc-option=-arch=compute_80"})
    void optionsOfNvccArePassedOn(String options) throws IOException {
        Path source = Files.writeString(folder.resolve("k.cu"), "x");
        Path nvcc = Files.writeString(
                folder.resolve("nvcc"), "#!/bin/sh\necho \"k.cu(1): error: $*\" | tr '\\n' ' '\nexit 2\n");
        assumeTrue(nvcc.toFile().setExecutable(true)
                && !System.getProperty("os.name").startsWith("Windows"));
        List<String> all =
                new ArrayList<>(List.of("kernels", "run", source.toString(), "-g", "1,1", "--nvcc", nvcc.toString()));
        all.addAll(List.of(options.split(" ")));
        CommandRun run = CommandRun.of(all.toArray(String[]::new));
        assertEquals(2, run.code());
        assertTrue(
                run.err().contains(options.contains("-D") ? " -arch=compute_80 -DN=3 " : " -arch=compute_80 "),
                run.err());
        assertFalse(run.err().contains("-arch=compute_75"), run.err());
    }

    @Test
    void filesOfHalfPrecisionAreCompared() throws IOException {
        ByteBuffer halves = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits : new int[] {0x3C00, 0xC100, 0x7BFF, 0x0001}) {
            halves.putShort((short) bits);
        }
        Path file = Files.write(folder.resolve("h.npy"), npy("<f2", "(4,)", halves));
        Path brain = Files.write(folder.resolve("b.npy"), npy("<V2", "(4,)", halves));
        CommandRun run =
                run("faults.ptx", "-e", "f16_null", "-g", "1,2", "-a", "f16[4]=" + file, "--expect", "1=" + file);
        assertEquals(1, run.code(), run.err());
        assertTrue(
                run.out().contains("element 0 is 0.0 instead of 1.0, element 1 is 1.875 instead of -2.5"), run.out());
        run = run("faults.ptx", "-e", "f16_null", "-g", "1,1", "-a", "bf16[4]=" + brain, "--expect", "1=" + brain);
        assertTrue(run.out().contains("element 0 is 0.0 instead of 0.0078125, element 1"), run.out());
    }

    @Test
    void anNvccThatFailsIsOneLine() throws IOException {
        Path source = Files.writeString(folder.resolve("k.cu"), "x");
        Path nvcc = Files.writeString(
                folder.resolve("nvcc"),
                "#!/bin/sh\necho 'warning: old'\necho 'k.cu(1): error: no such thing'\nexit 2\n");
        assumeTrue(nvcc.toFile().setExecutable(true)
                && !System.getProperty("os.name").startsWith("Windows"));
        CommandRun run = CommandRun.of("kernels", "run", source.toString(), "-g", "1,1", "--nvcc", nvcc.toString());
        assertEquals(2, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("k.cu(1): error: no such thing"), run.err());
        run = CommandRun.of(
                "kernels",
                "run",
                source.toString(),
                "-g",
                "1,1",
                "--nvcc",
                folder.resolve("no").toString());
        assertTrue(run.err().contains("there is no such program"), run.err());
    }

    @Test
    void aSourceFileIsCompiledWhereNvccExists() throws IOException {
        CommandRun run =
                run("faults.cu", "-e", "f06_race_warps", "-g", "1,128", "-a", "f32[128]=normal", "-a", "f32[128]");
        assumeTrue(!run.err().contains("needs nvcc") && !run.err().contains("nvcc does not compile"), run.err());
        assertEquals(1, run.code(), run.err());
        assertTrue(run.out().contains("faults.cu:19: race"), run.out());
        assertTrue(run.out().contains("     20 |   y[t] = s[127 - t];"), run.out());
    }

    @ParameterizedTest
    @CsvSource({
        "f06_race_warps, f06_race_warps",
        "_Z5saxpyPfPKff, saxpy",
        "_Z6reduceIiLj128ELm2EEvPT_, 'reduce<int, 128u, 2ul>'",
        "_Z6reduceIfLi256ELb1EEvPKT_PS0_i, 'reduce<float, 256, true>'",
        "_ZN4tile4copyI6__halfEEvPT_, tile::copy<__half>",
        "_Z4normI13__nv_bfloat16S0_EvPT_T0_, 'norm<__nv_bfloat16, __nv_bfloat16>'",
        "_ZN4tile4copyI6__halfS1_PS1_S2_EEvT_, 'tile::copy<__half, __half, __half*, __half*>'",
        "_Z4biasI13__nv_bfloat16St17integral_constantIbLb1EEEvv, 'bias<__nv_bfloat16, std::integral_constant<bool, true>>'",
        "_Z1fIN1a1bES1_S0_Evv, 'f<a::b, a::b, a>'",
        "_Z1fIS5_Evv, _Z1fIS5_Evv",
        "_Z, _Z",
        "_Z2foIDv4_fEvT_, _Z2foIDv4_fEvT_"
    })
    void namesAreDemangled(String mangled, String name) {
        assertEquals(name, CppName.of(mangled));
        assertFalse(CppName.of(mangled).isEmpty());
    }
}
