package tandem.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PtxModuleTest {

    private static final String HEAD = ".version 7.8\n.target sm_75\n.address_size 64\n";

    private static PtxEntry entry(String body) {
        return PtxModule.parse("test.ptx", HEAD + ".visible .entry k()\n{\n" + body + "\n}\n")
                .entry("k");
    }

    private static PtxInstruction instruction(PtxEntry entry, int index) {
        return (PtxInstruction) entry.body().stream()
                .filter(PtxInstruction.class::isInstance)
                .toList()
                .get(index);
    }

    @Test
    void parametersAreLaidOutByTheirAlignment() {
        PtxModule module = PtxModule.parse("test.ptx", HEAD + """
                .visible .entry k(
                    .param .u64 .ptr .global .align 16 a,
                    .param .u8 b,
                    .param .f32 c,
                    .param .align 8 .b8 d[12],
                    .param .u16 e,
                    .param .f64 f
                )
                .maxntid 256, 1, 1
                .minnctapersm 2
                { ret; }
                """);
        PtxEntry entry = module.entry("k");
        assertEquals(
                List.of(0, 8, 12, 16, 28, 32),
                entry.parameters().stream().map(PtxParameter::offset).toList());
        assertEquals(
                List.of(8, 1, 4, 12, 2, 8),
                entry.parameters().stream().map(PtxParameter::bytes).toList());
        assertEquals(
                List.of(true, true, true, false, true, true),
                entry.parameters().stream().map(PtxParameter::isScalar).toList());
        assertEquals(40, entry.parameterBytes());
        assertEquals("7.8", module.version());
        assertEquals("sm_75", module.target());
    }

    @Test
    void typesKeepTheirOrderAndModifiersDoNot() {
        PtxEntry entry = entry("""
                .reg .f32 %f<3>; .reg .b64 %r<3>; .reg .pred %z, %y;
                cvt.rn.f32.s32 %f1, %r1;
                ld.global.nc.L1::no_allocate.v2.f32 {%f1, %f2}, [%r1+-8];
                @!%z setp.lt.and.ftz.f32 %z|%y, %f1, 0fBF800000, !%z;
                """);
        PtxInstruction cvt = instruction(entry, 0);
        assertEquals(List.of(PtxType.F32, PtxType.S32), cvt.types());
        assertEquals(Set.of("rn"), cvt.modifiers());
        PtxInstruction ld = instruction(entry, 1);
        assertEquals(Set.of("v2", "nc", "global", "L1::no_allocate"), ld.modifiers());
        assertEquals(-8, ((Operand.Address) ld.operands().get(1)).offset());
        assertEquals(2, ((Operand.Vector) ld.operands().get(0)).elements().size());
        PtxInstruction setp = instruction(entry, 2);
        assertTrue(setp.guardNegated());
        assertEquals("%z", setp.guard().name());
        assertEquals(-1.0, ((Operand.FloatLiteral) setp.operands().get(2)).value());
        assertTrue(setp.operands().get(3) instanceof Operand.Negated);
    }

    @Test
    void numbersOfAllNotations() {
        PtxEntry entry =
                entry(".reg .b64 %r<9>; .reg .f64 %d<3>; mov.u64 %r1, 0x1F; mov.u64 %r2, 017; mov.u64 %r3, 0b101; "
                        + "mov.s64 %r4, -5; mov.u64 %r5, 18446744073709551615; mov.u32 %r6, 7U; mov.f64 %d1, 1.5e3; mov.f64 %d2, 0d3FF8000000000000; "
                        + "mov.u64 %r7, 0x1e;");
        List<Long> values = List.of(31L, 15L, 5L, -5L, -1L, 7L);
        for (int i = 0; i < values.size(); i++) {
            assertEquals(
                    new Operand.IntegerLiteral(values.get(i)),
                    instruction(entry, i).operands().get(1));
        }
        assertEquals(
                1500.0, ((Operand.FloatLiteral) instruction(entry, 6).operands().get(1)).value());
        assertEquals(
                1.5, ((Operand.FloatLiteral) instruction(entry, 7).operands().get(1)).value());
        assertEquals(
                new Operand.IntegerLiteral(30), instruction(entry, 8).operands().get(1));
    }

    @Test
    void innerScopesHideRegistersAndLabels() {
        PtxEntry entry = entry("""
                .reg .b32 %r<2>;
                L: mov.u32 %r1, 1;
                { .reg .b64 %r1; mov.u64 %r1, 2; bra L; L: mov.u64 %r1, 3; }
                mov.u32 %r1, 4;
                bra L;
                """);
        PtxRegister outer = ((Operand.Register) instruction(entry, 0).operands().get(0)).register();
        PtxRegister inner = ((Operand.Register) instruction(entry, 1).operands().get(0)).register();
        assertEquals(PtxType.B32, outer.type());
        assertEquals(PtxType.B64, inner.type());
        assertEquals(outer, ((Operand.Register) instruction(entry, 4).operands().get(0)).register());
        String innerTarget = ((Operand.Symbol) instruction(entry, 2).operands().get(0)).name();
        String outerTarget = ((Operand.Symbol) instruction(entry, 5).operands().get(0)).name();
        assertEquals("L", outerTarget);
        assertTrue(
                !innerTarget.equals(outerTarget) && entry.body().contains(new PtxLabel(8, innerTarget)), innerTarget);
    }

    @Test
    void commentsDebugLinesAndPragmasAreSkipped() {
        PtxEntry entry = entry("// comment ; {\n/* two\n lines */ .loc 1 20 3\n .pragma \"nounroll\";\n ret; // end");
        assertEquals(1, entry.instructionCount());
        assertEquals(10, instruction(entry, 0).line());
    }

    @Test
    void variablesAndTheSharedMemoryOfAnEntry() {
        PtxModule module = PtxModule.parse("test.ptx", HEAD + """
                .file 1 "x.cu"
                .const .align 4 .b8 table[8] = {1, 2, 3};
                .global .f32 factors[2] = {0f3F800000, 2.5};
                .shared .align 16 .b8 common[20];
                .visible .entry a() { .shared .align 4 .b8 first[6]; .shared .f64 second; .local .align 8 .b8 own[24];
                  .reg .b32 %r; ld.shared.u32 %r, [common+4]; ret; }
                .visible .entry b() { .shared .align 4 .b8 first[6]; .shared .f64 second; ret; }
                """);
        assertEquals(3, module.variables().get(0).initial().size());
        assertEquals(8, module.variables().get(1).bytes());
        assertEquals(20 + 6 + 6 + 8, module.entry("a").sharedBytes(), "common at 0, first at 20, second at 32");
        assertEquals(16, module.entry("b").sharedBytes());
        assertEquals(24, module.entry("a").localBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add.u32 %r1, %r1, 1; | 6 | register %r1 is not declared",
                "bra NOWHERE; | 6 | there is no label NOWHERE",
                "L: L: ret; | 6 | label L is defined twice",
                "ret | 7 | expected an operand but found '}'",
                ".reg .f8 %x; | 6 | registers of type '.f8' are not supported",
                "@%p ret; | 6 | '%p' is not a predicate register",
                "ret; # | 6 | unexpected character '#'",
                ".tex .u32 t; | 6 | '.tex' is not supported inside a body",
                "/* open | 6 | a comment is not closed",
                "{ ret; | 8 | the file ends inside a body",
                ".reg .b32 %r; mov.u32 %r, 12x; | 6 | expected an integer but found '12x'",
            })
    void malformedTextIsAnErrorWithItsLine(String body, int line, String message) {
        PtxException e = assertThrows(PtxException.class, () -> entry(body));
        assertEquals(line, e.line(), e.getMessage());
        assertTrue(
                e.getMessage().startsWith("test.ptx:" + line + ": ")
                        && e.getMessage().contains(message),
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | 'hello' is not supported at module level",
                "{} | is not supported at module level",
                "'' | is not PTX: it has no .version",
                ".version 7.8 | is not PTX: it has no .target",
                ".version 7.8 .target sm_75 .address_size 32 | addresses of 32 bits are not supported",
                ".version 7.8 .target sm_75 .entry k() { ret; } .entry k() { ret; } | entry k is defined twice",
                ".version 7.8 .target sm_75 .global .u32 x[2] = {1, 2, 3}; | x has 2 elements but 3 initial values",
                ".version 7.8 .target sm_75 .entry k(.param .u32 a[]) { ret; } | parameter a has no size",
            })
    void otherTextIsNotPtx(String text, String message) {
        PtxException e = assertThrows(PtxException.class, () -> PtxModule.parse("test.ptx", text));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static Optional<BlockLimit> blockLimit(String directives) {
        return PtxModule.parse("test.ptx", HEAD + ".visible .entry k()\n" + directives + "\n{\nret;\n}\n")
                .entry("k")
                .blockLimit();
    }

    @Test
    void theBlockSizeIsReadFromDirectives() {
        assertEquals(Optional.empty(), blockLimit(""));
        assertEquals(Optional.empty(), blockLimit(".maxnreg 32"));
        assertEquals(Optional.of(new BlockLimit(false, 256, 1, 1)), blockLimit(".maxntid 256, 1, 1"));
        assertEquals(
                Optional.of(new BlockLimit(false, 16, 8, 1)),
                blockLimit(".minnctapersm 2\n.maxntid 16, 8\n.maxnreg 32"));
        assertEquals(Optional.of(new BlockLimit(true, 32, 4, 2)), blockLimit(".reqntid 0x20, 4, 2"));
        assertFalse(new BlockLimit(true, 32, 4, 2).allows(32, 4, 1));
        assertTrue(new BlockLimit(true, 32, 4, 2).allows(32, 4, 2));
        assertTrue(new BlockLimit(false, 32, 4, 2).allows(1, 1, 256));
        assertFalse(new BlockLimit(false, 32, 4, 2).allows(257, 1, 1));
    }

    @Test
    void aBlockSizeThatNoDeviceHasIsRefused() {
        for (String directives : List.of(".maxntid 0, 1, 1", ".maxntid 2048", ".reqntid 64, 64", ".maxntid x")) {
            assertTrue(assertThrows(PtxException.class, () -> blockLimit(directives))
                    .getMessage()
                    .startsWith("test.ptx:"));
        }
        assertTrue(assertThrows(PtxException.class, () -> blockLimit(".maxntid 64, 1, 1 .reqntid 64, 1, 1"))
                .getMessage()
                .contains("'.reqntid' follows '.maxntid 64, 1, 1'"));
    }

    @Test
    void aMissingEntryListsThoseThereAre() {
        PtxModule module = PtxModule.parse("test.ptx", HEAD + ".entry a() { ret; } .entry b() { ret; }");
        PtxException e = assertThrows(PtxException.class, () -> module.entry("c"));
        assertEquals("test.ptx: has no entry 'c'; its entries are [a, b]", e.getMessage());
    }

    /** What one entry has costs no other entry, whether in its parameters, its body, a function or a variable. */
    @Test
    void anEntryThatCannotBeReadCostsNoOther() {
        PtxModule module = PtxModule.parse("test.ptx", HEAD + """
                .global .unheard_of strange = { 1, 2 };
                .func odd() { mystery {; } }
                .entry first() { ret; }
                .entry badBody()
                {
                    .reg .b32 %r;
                    add.s32 %r, %missing, 1;
                    { mov.u32 %r, 1; }
                    ret;
                }
                .entry second() { ret; }
                .entry badParameter(.param .f8 x) { ret; }
                .entry calls() { call odd; ret; }
                .entry reads() { .reg .b64 %r; mov.u64 %r, strange; ret; }
                .entry third() { ret; }
                """);
        assertEquals(
                List.of("first", "second", "third"),
                module.entries().stream().map(PtxEntry::name).toList());
        assertEquals(
                Set.of("badBody", "badParameter", "calls", "reads"),
                module.refused().keySet());
        PtxException e = assertThrows(PtxException.class, () -> module.entry("badBody"));
        assertEquals(10, e.line());
        assertEquals(
                "test.ptx:10: register %missing is not declared in 'add.s32 %r, %missing, 1' (entry badBody)",
                e.getMessage());
        assertEquals(
                5, assertThrows(PtxException.class, () -> module.entry("calls")).line());
        assertEquals(
                4, assertThrows(PtxException.class, () -> module.entry("reads")).line());
    }
}
