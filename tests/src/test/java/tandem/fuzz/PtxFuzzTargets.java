package tandem.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/** PTX, parsed and translated. */
final class PtxFuzzTargets {

    /** Short files of the instruction corpus, without the comments at their head. */
    private static final List<String> FILES = List.of(
            "mov.pred",
            "trap",
            "ret",
            "bra",
            "bar.sync",
            "ld.const",
            "ld.param",
            "st.shared",
            "atom.shared.f32",
            "shfl.sync",
            "mov.pack",
            "fields.b32",
            "cvta.local",
            "carry.u64",
            "add.f32");

    private static final String CALLS = """
            .version 7.0
            .target sm_75
            .address_size 64
            .func (.param .b32 r) twice(.param .b32 a)
            {
            .reg .b32 %r<3>;
            ld.param.b32 %r1, [a];
            add.s32 %r2, %r1, %r1;
            st.param.b32 [r], %r2;
            ret;
            }
            .visible .entry calls(.param .u64 out, .param .align 8 .b8 data[24])
            .maxntid 64, 1, 1
            {
            .reg .pred %p<2>;
            .reg .b32 %r<6>;
            .reg .b64 %rd<3>;
            .shared .align 4 .b8 tile[256];
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, %tid.x;
            mov.u32 %r4, 0;
            $loop:
            {
            .param .b32 p0;
            .param .b32 q0;
            st.param.b32 [p0], %r1;
            call.uni (q0), twice, (p0);
            ld.param.b32 %r2, [q0];
            }
            add.s32 %r4, %r4, 1;
            setp.lt.s32 %p1, %r4, 4;
            @%p1 bra $loop;
            mul.wide.u32 %rd2, %r1, 4;
            add.s64 %rd2, %rd1, %rd2;
            st.global.u32 [%rd2], %r2;
            ret;
            }
            """;

    private PtxFuzzTargets() {}

    static List<FuzzTarget> all() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(CALLS.getBytes(StandardCharsets.ISO_8859_1));
        for (String file : FILES) {
            try (InputStream stream =
                    PtxFuzzTargets.class.getResourceAsStream("/tandem/kernels/corpus/" + file + ".ptx")) {
                String text = new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
                seeds.add(text.substring(text.indexOf(".version")).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return List.of(
                new FuzzTarget("ptx parse", seeds, PtxException.class, PtxFuzzTargets::parse),
                new FuzzTarget("ptx translate", seeds, PtxException.class, input -> {
                    PtxModule module = parse(input);
                    for (PtxEntry entry : module.entries()) {
                        Translator.translate(module, entry.name(), input.length % 4 == 0 ? Mode.CHECKED : Mode.FAST);
                    }
                }));
    }

    private static PtxModule parse(byte[] input) {
        return PtxModule.parse("fuzzed.ptx", new String(input, StandardCharsets.ISO_8859_1));
    }
}
