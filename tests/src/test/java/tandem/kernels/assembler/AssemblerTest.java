package tandem.kernels.assembler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssemblerTest {

    @Test
    void errorsNameFileAndLine() throws IOException {
        String text = read("mismatched_types.ptx");
        AssemblyException e =
                assertThrows(AssemblyException.class, () -> Assembler.assemble("planted.ptx", text, "sm_86"));
        assertTrue(
                e.getMessage().contains("planted.ptx:11: error: Arguments mismatch for instruction 'add'"),
                e.getMessage());
        assertTrue(e.getMessage().contains("planted.ptx:12: error: Unknown symbol '%r9'"), e.getMessage());
        for (Verdict verdict : IsolatedAssembler.assemble("planted.ptx", text, List.of("sm_75", "sm_90"))) {
            assertFalse(verdict.good());
            assertEquals(e.getMessage(), verdict.complaint());
        }
    }

    @Test
    void versionTooNewIsNamed() throws IOException {
        String text = read("known_cost.ptx").replace(".version 7.8", ".version 9.0");
        AssemblyException e = assertThrows(AssemblyException.class, () -> Assembler.assemble("new.ptx", text, "sm_75"));
        assertTrue(e.getMessage().startsWith("new.ptx:1: fatal: Unsupported .version 9.0"), e.getMessage());
    }

    @Test
    void architectureTooOldForTheTextIsNamed() throws IOException {
        String text = read("known_cost.ptx").replace("sm_75", "sm_90");
        AssemblyException e =
                assertThrows(AssemblyException.class, () -> Assembler.assemble("target.ptx", text, "sm_75"));
        assertTrue(
                e.getMessage().startsWith("target.ptx: fatal: SM version specified by .target is higher"),
                e.getMessage());
        assertTrue(e.getMessage().endsWith("[sm_75]"), e.getMessage());
    }

    @Test
    void usageIsWhatTheTextDeclares() throws IOException {
        for (String architecture : Assembler.ARCHITECTURES) {
            Assembly assembly = Assembler.assemble("known_cost.ptx", read("known_cost.ptx"), architecture);
            assertEquals(
                    List.of("quiet", "costly"),
                    assembly.entries().stream().map(Usage::entry).toList());
            Usage quiet = assembly.entry("quiet");
            Usage costly = assembly.entry("costly");
            assertEquals(0, quiet.sharedBytes());
            assertEquals(0, quiet.stackBytes());
            assertEquals(512, costly.sharedBytes());
            assertEquals(64, costly.stackBytes());
            assertEquals(0, costly.spillStoreBytes());
            assertTrue(costly.registers() >= 4 && costly.registers() <= 32, costly.toString());
            assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, java.util.Arrays.copyOf(assembly.cubin(), 4));
        }
    }

    @Test
    void spillsAreReported() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            body.append("ld.volatile.global.f32 %f")
                    .append(i)
                    .append(", [%rd1+")
                    .append(4 * i)
                    .append("];\n");
        }
        for (int i = 99; i >= 0; i--) {
            body.append("st.volatile.global.f32 [%rd1+")
                    .append(4 * i)
                    .append("], %f")
                    .append(i)
                    .append(";\n");
        }
        String text =
                ".version 7.8\n.target sm_75\n.address_size 64\n.visible .entry tight(.param .u64 p)\n.maxnreg 32\n{\n"
                        + ".reg .f32 %f<100>;\n.reg .b64 %rd<2>;\nld.param.u64 %rd1, [p];\n" + body + "ret;\n}\n";
        Usage usage = Assembler.assemble("tight.ptx", text, "sm_80").entry("tight");
        // 100 values alive at once in at most 32 registers: at least 68 of them, 4 bytes each, must leave.
        assertTrue(usage.spillStoreBytes() >= 4 * 68, usage.toString());
        assertTrue(usage.spillLoadBytes() >= 4 * 68, usage.toString());
    }

    @Test
    void textThatDoesNotStartLikeAModuleIsRefused() throws IOException {
        for (String text :
                List.of("", "hello\nworld\n", ".version 7.8\n.target sm_75\n", "\0\0\0", ".entry f() { ret; }")) {
            AssemblyException e =
                    assertThrows(AssemblyException.class, () -> Assembler.assemble("x.ptx", text, "sm_75"));
            assertTrue(e.getMessage().startsWith("x.ptx: error: "), e.getMessage());
            assertEquals(
                    e.getMessage(),
                    IsolatedAssembler.assemble("x.ptx", text, List.of("sm_75"))
                            .get(0)
                            .complaint());
        }
        assertThrows(
                IllegalArgumentException.class, () -> Assembler.assemble("x.ptx", read("known_cost.ptx"), "hopper"));
    }

    @Test
    void isolatedResultsEqualThoseOfThisProcess() throws IOException {
        String text = read("known_cost.ptx");
        List<Verdict> isolated = IsolatedAssembler.assemble("known_cost.ptx", text, List.of("sm_80", "sm_90"));
        assertEquals(
                List.of("sm_80", "sm_90"),
                isolated.stream().map(Verdict::architecture).toList());
        for (Verdict there : isolated) {
            Assembly here = Assembler.assemble("known_cost.ptx", text, there.architecture());
            assertEquals(here.entries(), there.assembly().entries());
            assertArrayEquals(here.cubin(), there.assembly().cubin());
        }
    }

    /** A child process that a signal ends before it answers, as a text that ends the assembler would. */
    @Test
    void childThatASignalEndsIsAnError() throws IOException {
        List<String> child = List.of("sh", "-c", "ulimit -c 0; cat > /dev/null; kill -SEGV $$", "child");
        List<Verdict> verdicts = IsolatedAssembler.assemble(
                child, Duration.ofMinutes(1), "x.ptx", "any text", List.of("sm_75", "sm_90"));
        assertEquals(
                List.of("sm_75", "sm_90"),
                verdicts.stream().map(Verdict::architecture).toList());
        for (Verdict verdict : verdicts) {
            assertFalse(verdict.good());
            assertFalse(verdict.late());
            assertEquals(
                    "x.ptx: error: NVIDIA's assembler ended on this text without a message, so it is probably malformed",
                    verdict.complaint());
        }
    }

    /** The answers given before the signal count. */
    @Test
    void childThatASignalEndsBetweenArchitecturesIsAnErrorForTheRest() throws IOException {
        List<String> child = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -c 0; \"$0\" \"$1\" \"$2\" \"$3\" \"$4\" \"$5\" \"$6\" \"$7\" \"$8\" \"$9\"; kill -SEGV $$"));
        child.addAll(IsolatedAssembler.child());
        List<Verdict> verdicts = IsolatedAssembler.assemble(
                child, Duration.ofMinutes(1), "x.ptx", read("known_cost.ptx"), List.of("sm_75", "sm_80", "sm_90"));
        assertEquals(
                List.of(true, false, false),
                verdicts.stream().map(Verdict::good).toList());
        assertEquals(
                "x.ptx: error: NVIDIA's assembler ended on this text without a message, so it is probably malformed",
                verdicts.get(2).complaint());
    }

    @Test
    void childThatTakesTooLongIsStopped() throws IOException {
        List<String> child = List.of("sh", "-c", "exec sleep 600", "child");
        List<Verdict> verdicts =
                IsolatedAssembler.assemble(child, Duration.ofSeconds(1), "x.ptx", "any text", List.of("sm_75"));
        assertEquals(
                "x.ptx: error: NVIDIA's assembler did not finish this text within 1 s",
                verdicts.get(0).complaint());
        assertTrue(verdicts.get(0).late());
    }

    @Test
    void eachArchitectureHasItsVerdict() throws IOException {
        String text = read("known_cost.ptx").replace("sm_75", "sm_86");
        assertEquals(
                List.of(false, false, true, true),
                IsolatedAssembler.assemble("x.ptx", text, List.of("sm_75", "sm_80", "sm_86", "sm_90")).stream()
                        .map(Verdict::good)
                        .toList());
    }

    private static String read(String name) throws IOException {
        try (InputStream stream = AssemblerTest.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
