package tandem.tools.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.tools.CommandRun;

class KernelsCommandTest {

    @TempDir
    Path folder;

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void listsEveryKernelOfTheCatalogue() {
        CommandRun run = CommandRun.of("kernels", "--architecture", "sm_75");
        assertEquals(0, run.code(), run.err());
        for (KernelEntry entry : Catalogue.entries()) {
            assertTrue(run.out().contains("\n  " + entry.entry() + " "), entry.entry());
        }
    }

    @Test
    void anUnknownModuleIsWrongInput() {
        CommandRun run = CommandRun.of("kernels", "--module", "nonsense");
        assertEquals(2, run.code());
        assertTrue(run.err().startsWith("tandem: --module nonsense: no such module; the modules are "), run.err());
    }

    @Test
    void aGoodFileShowsParametersAndSharedMemory() throws IOException {
        String ptx = file("good.ptx", """
                .version 7.0
                .target sm_75
                .address_size 64
                .visible .entry store_index(.param .u64 p, .param .u32 n, .param .f32 a, .param .f32 b)
                {
                    .shared .align 4 .b8 cache[1024];
                    .reg .b32 %r<4>;
                    .reg .b64 %rd<4>;
                    mov.u32 %r1, %tid.x;
                    mov.u32 %r2, cache;
                    mad.lo.s32 %r3, %r1, 4, %r2;
                    st.shared.u32 [%r3], %r1;
                    ld.shared.u32 %r2, [%r3];
                    ld.param.u64 %rd1, [p];
                    cvta.to.global.u64 %rd2, %rd1;
                    mul.wide.u32 %rd3, %r1, 4;
                    add.s64 %rd2, %rd2, %rd3;
                    st.global.u32 [%rd2], %r2;
                    ret;
                }
                """);
        CommandRun run = CommandRun.of("kernels", "check", ptx, "-a", "sm_80");
        assertEquals(0, run.code(), run.out() + run.err());
        assertTrue(run.out().contains("u64, u32, f32 x2"), run.out());
        assertTrue(run.out().contains("+1024B"), run.out());
        assertTrue(run.out().contains("1 entry, 0 errors, 0 warnings"), run.out());
    }

    @Test
    void aBadFileNamesTheLineAndFails() throws IOException {
        String ptx = file("bad.ptx", """
                .version 7.0
                .target sm_75
                .address_size 64
                .visible .entry bad(.param .u64 p)
                {
                    .reg .f32 %f<3>;
                    add.f32 %f1, %f2, %r9;
                    ret;
                }
                """);
        CommandRun run = CommandRun.of("kernels", "check", ptx, "--architecture", "sm_75,sm_90");
        assertEquals(1, run.code());
        assertTrue(run.out().contains(ptx + ":7: error: Unknown symbol '%r9'"), run.out());
    }

    /** As nvcc 13.0 writes it, with line numbers; the assembler is that of CUDA 12.0. */
    @Test
    void aFileOfANewerNvccIsAssembled() throws IOException {
        String ptx = file("new.ptx", """
                .version 9.0
                .target sm_80
                .address_size 64
                .visible .entry store(.param .u64 p)
                {
                    .reg .b64 %rd<3>;
                    .loc 1 3 5
                    ld.param.u64 %rd1, [p];
                    cvta.to.global.u64 %rd2, %rd1;
                    st.global.u32 [%rd2], 7;
                    ret;
                }
                .file 1 "/tmp/store.cu"
                """);
        CommandRun run = CommandRun.of("kernels", "check", ptx);
        assertEquals(0, run.code(), run.out() + run.err());
        assertTrue(run.out().contains("sm_80       sm_86       sm_89       sm_90"), run.out());
        assertTrue(run.out().contains("the file is PTX 9.0; it was assembled as PTX 8.0"), run.out());
        assertTrue(run.out().contains("1 entry, 0 errors, 1 warning"), run.out());
    }

    /** The assembler crashes on these line numbers when it assembles for sm_90. */
    @Test
    void aFileWithLineNumbersIsAssembled() throws IOException {
        try (InputStream planted =
                KernelsCommandTest.class.getResourceAsStream("/tandem/kernels/translate/planted/faults.ptx")) {
            String ptx = file("faults.ptx", new String(planted.readAllBytes(), StandardCharsets.UTF_8));
            CommandRun run = CommandRun.of("kernels", "check", ptx, "--architecture", "sm_75,sm_90");
            assertEquals(0, run.code(), run.out() + run.err());
            assertTrue(run.out().contains("41 entries, 0 errors"), run.out());
        }
    }

    @Test
    void emptyAndBinaryFilesAreErrorsNotCrashes() throws IOException {
        Path binary = Files.write(folder.resolve("binary.ptx"), new byte[] {0, -1, 7, (byte) 0x80, 10, 0});
        assertEquals(1, CommandRun.of("kernels", "check", binary.toString()).code());
        assertEquals(1, CommandRun.of("kernels", "check", file("empty.ptx", "")).code());
    }

    @Test
    void aMissingFileIsWrongInput() {
        CommandRun run = CommandRun.of("kernels", "check", "no-such.ptx");
        assertEquals(2, run.code());
        assertEquals("tandem: no-such.ptx: no such file or folder", run.err().strip());
    }

    @Test
    void anArchitectureMustLookLikeOne() {
        assertEquals(2, CommandRun.of("kernels", "--architecture", "pascal").code());
    }
}
