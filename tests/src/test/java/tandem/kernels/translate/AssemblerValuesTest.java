package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;

/** Values that NVIDIA's assembler computes when the operands are constants, here from memory. */
class AssemblerValuesTest {

    private static final String KERNEL = """
            .version 7.8
            .target sm_75
            .address_size 64
            .visible .entry k(.param .u64 out, .param .u64 in)
            {
            .reg .b32 %r<20>; .reg .b64 %o, %i, %x<9>; .reg .f32 %f<9>; .reg .pred %p<4>;
            ld.param.u64 %o, [out]; ld.param.u64 %i, [in];
            ld.global.u32 %r1, [%i]; ld.global.u32 %r2, [%i+4]; ld.global.u32 %r3, [%i+8]; ld.global.u32 %r4, [%i+12];
            mov.b32 %f1, %r1; testp.normal.f32 %p1, %f1; selp.u32 %r5, 1, 0, %p1; st.global.u32 [%o], %r5;
            sub.cc.u32 %r6, %r2, %r3; addc.u32 %r7, %r1, %r1; st.global.u32 [%o+4], %r7;
            sub.cc.u32 %r6, %r3, %r2; addc.u32 %r7, %r1, %r1; st.global.u32 [%o+8], %r7;
            add.cc.u32 %r6, %r4, %r4; subc.u32 %r7, %r1, %r1; st.global.u32 [%o+12], %r7;
            rem.u32 %r8, %r3, %r1; st.global.u32 [%o+16], %r8;
            div.u32 %r8, %r3, %r1; st.global.u32 [%o+20], %r8;
            rem.s32 %r8, %r3, %r1; st.global.u32 [%o+24], %r8;
            mov.u64 %x1, 0x8000000000000001; mov.u32 %r9, 260; mov.u32 %r10, 3;
            bfe.u64 %x2, %x1, %r9, %r10; cvt.u32.u64 %r11, %x2; st.global.u32 [%o+28], %r11;
            slct.s32.s32 %r12, %r2, %r3, %r4; st.global.u32 [%o+32], %r12;
            ret;
            }
            """;

    /**
     * Zeros are normal; a subtraction with a borrow clears the carry flag, one without sets it, and after an addition
     * without carry the next subtraction borrows; a quotient or remainder by zero has all bits; bits 260 to 262 of 64
     * are 0; 3 is chosen as 1 is not negative.
     */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void zerosFlagsAndPositions(Mode mode) {
        PtxModule module = PtxModule.parse("values.ptx", KERNEL);
        NativeArray out = new NativeArray(36);
        Launch.run(module, "k", mode, Grid.of(1, 1), out, NativeArray.of(new int[] {0, 3, 5, 1}));
        assertArrayEquals(new int[] {1, 0, 1, -1, -1, -1, -1, 0, 3}, out.ints());
        // -0.0f as the float, 2^31 as the integer.
        Launch.run(module, "k", mode, Grid.of(1, 1), out, NativeArray.of(new int[] {0x80000000, 3, 5, 1}));
        assertArrayEquals(new int[] {1, 0, 1, -1, 5, 0, 5, 0, 3}, out.ints());
    }
}
