package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes kernels at random: integers that are the same in all threads, that follow the thread's number or that are read
 * from memory, floats (whose bits never become an integer, since payloads of NaN may differ), predicates, branches,
 * loops and predicated instructions. Each thread stores its registers at the end.
 */
final class RandomKernel {

    /** Values that each thread stores, 8 bytes each. */
    static final int STORED = 24;

    private static final int INTS = 12;
    private static final int LONGS = 6;
    private static final int FLOATS = 10;
    private static final int PREDICATES = 4;

    private final Random random;
    private final StringBuilder body = new StringBuilder();
    private int labels;
    private int counters;
    /** Threads exchange values in shared memory, all at the same barriers. */
    private final boolean exchanges;
    /** Threads wait at barriers anywhere, also in branches and loops. */
    private final boolean waits;
    /** The lanes of a warp exchange values where all that have not ended run together. */
    private final boolean warps;

    private RandomKernel(long seed) {
        this.random = new Random(seed);
        this.exchanges = seed % 3 == 0;
        this.waits = seed % 3 == 1;
        this.warps = seed % 3 == 2 && seed % 2 == 0;
    }

    /** The PTX of a kernel {@code k(in, out, number, threads of the grid)}. */
    static String write(long seed) {
        return new RandomKernel(seed).text();
    }

    private void line(String text) {
        body.append("\t").append(text).append(";\n");
    }

    private String text() {
        line("ld.param.u64 %rd0, [in]");
        line("ld.param.u64 %rd1, [out]");
        line("ld.param.u32 %r0, [number]");
        line("mov.u32 %r1, %tid.x");
        line("mov.u32 %r2, %ctaid.x");
        line("mov.u32 %r3, %ntid.x");
        line("mad.lo.s32 %r4, %r2, %r3, %r1");
        line("mul.wide.u32 %rd2, %r4, 8");
        line("add.s64 %rd3, %rd0, %rd2");
        for (int i = 0; i < INTS; i++) {
            switch (random.nextInt(5)) {
                case 0 -> line("mov.u32 %i" + i + ", " + random.nextInt(200));
                case 1 -> line("add.s32 %i" + i + ", %r0, " + random.nextInt(50));
                case 2 -> line("mad.lo.s32 %i" + i + ", %r4, " + (1 + random.nextInt(4)) + ", %r0");
                case 3 -> line("mov.u32 %i" + i + ", %r1");
                default -> line("ld.global.u32 %i" + i + ", [%rd3+" + 4 * random.nextInt(2) + "]");
            }
        }
        for (int i = 0; i < LONGS; i++) {
            switch (random.nextInt(3)) {
                case 0 -> line("cvt.u64.u32 %l" + i + ", " + anyInt());
                case 1 -> line("mul.wide.s32 %l" + i + ", %r4, " + random.nextInt(9));
                default -> line("ld.global.u64 %l" + i + ", [%rd3]");
            }
        }
        for (int i = 0; i < FLOATS; i++) {
            line(
                    random.nextBoolean()
                            ? "ld.global.f32 %f" + i + ", [%rd3+" + 4 * random.nextInt(2) + "]"
                            : "cvt.rn.f32.s32 %f" + i + ", " + anyInt());
        }
        for (int i = 0; i < PREDICATES; i++) {
            line("setp.lt.s32 %p" + i + ", " + anyInt() + ", " + anyInt());
        }
        if (exchanges) {
            line("shl.b32 %r7, %r1, 2");
            line("mov.u32 %r8, buffer");
            line("add.s32 %r7, %r7, %r8");
            line("st.shared.u32 [%r7], %r1");
            line("bar.sync 0");
        }
        statements(3, 3);
        if (random.nextInt(3) == 0) {
            line("@" + anyPredicate() + " ret");
        }
        for (int i = 0; i < 3; i++) {
            if (exchanges) {
                exchange();
            }
            if (warps) {
                shuffle();
            }
            statements(3, 1);
        }
        line("mul.lo.s32 %r5, %r4, " + 8 * STORED);
        line("cvt.u64.u32 %rd4, %r5");
        line("add.s64 %rd5, %rd1, %rd4");
        int at = 0;
        for (int i = 0; i < 10; i++) {
            line("st.global.u32 [%rd5+" + 8 * at++ + "], %i" + i);
        }
        for (int i = 0; i < LONGS; i++) {
            line("st.global.u64 [%rd5+" + 8 * at++ + "], %l" + i);
        }
        for (int i = 0; i < 7; i++) {
            line("st.global.f32 [%rd5+" + 8 * at++ + "], %f" + i);
        }
        line("selp.u32 %r6, 1, 0, %p0");
        line("st.global.u32 [%rd5+" + 8 * at + "], %r6");
        line("ret");
        return """
                .version 7.8
                .target sm_75
                .address_size 64
                .visible .entry k(.param .u64 in, .param .u64 out, .param .u32 number)
                {
                	.reg .b32 %r<10>;
                	.reg .b32 %i<12>;
                	.reg .b32 %c<64>;
                	.reg .b64 %rd<10>;
                	.reg .b64 %l<6>;
                	.reg .f32 %f<10>;
                	.reg .pred %p<4>;
                	.reg .pred %q<64>;
                	.shared .align 4 .b8 buffer[1024];
                """ + body + "}\n";
    }

    private String anyInt() {
        return "%i" + random.nextInt(INTS);
    }

    private String anySource() {
        return random.nextInt(4) == 0 ? Integer.toString(random.nextInt(64)) : anyInt();
    }

    private String anyLong() {
        return "%l" + random.nextInt(LONGS);
    }

    private String anyFloat() {
        return "%f" + random.nextInt(FLOATS);
    }

    private String anyPredicate() {
        return "%p" + random.nextInt(PREDICATES);
    }

    private String pick(String... options) {
        return options[random.nextInt(options.length)];
    }

    private void statements(int depth, int count) {
        for (int s = 0; s < count; s++) {
            int kind = depth == 0 ? 0 : random.nextInt(6);
            if (kind == 4) {
                String label = "$L" + labels++;
                line("@" + pick("", "!") + anyPredicate() + " bra " + label);
                statements(depth - 1, 3);
                body.append(label).append(":\n");
            } else if (kind == 5 && counters < 60) {
                loop(depth);
            } else {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    simple();
                }
                if (waits && random.nextInt(4) == 0) {
                    line((random.nextInt(4) == 0 ? "@" + anyPredicate() + " " : "") + "bar.sync 0");
                }
            }
        }
    }

    private void exchange() {
        line("st.shared.u32 [%r7], " + anyInt());
        line("bar.sync 0");
        line("add.s32 %r5, %r1, " + random.nextInt(64));
        line("rem.u32 %r5, %r5, %r3");
        line("shl.b32 %r5, %r5, 2");
        line("add.s32 %r5, %r5, %r8");
        line("ld.shared.u32 " + anyInt() + ", [%r5]");
        line("bar.sync 0");
    }

    private void shuffle() {
        for (int i = random.nextInt(3); i >= 0; i--) {
            String by = pick("1", "2", "3", "4", "8", "16", "21", anyInt());
            String control = pick("31", "31", "31", "0", "6175", "7199", anyInt());
            line("shfl.sync." + pick("up", "down", "bfly", "bfly", "idx") + ".b32 "
                    + pick(anyInt() + pick("", "|" + anyPredicate()) + ", " + anyInt(), anyFloat() + ", " + anyFloat())
                    + ", " + by + ", " + control + ", -1");
        }
        line(pick(
                        "vote.sync." + pick("all", "any", "uni") + ".pred " + anyPredicate() + ", " + anyPredicate(),
                        "vote.sync.ballot.b32 " + anyInt() + ", " + pick("", "!") + anyPredicate())
                + ", -1");
    }

    private void loop(int depth) {
        int counter = counters++;
        String label = "$L" + labels++;
        line("and.b32 %c" + counter + ", " + anyInt() + ", 3");
        body.append(label).append(":\n");
        statements(depth - 1, 2);
        line("add.s32 %c" + counter + ", %c" + counter + ", 1");
        line("setp.lt.u32 %q" + counter + ", %c" + counter + ", 4");
        line("@%q" + counter + " bra " + label);
    }

    private void simple() {
        String guard = random.nextInt(8) == 0 ? "@" + anyPredicate() + " " : "";
        List<String> lines = new ArrayList<>();
        switch (random.nextInt(14)) {
            case 0, 1, 2 ->
                lines.add(pick(
                                "add.s32",
                                "sub.s32",
                                "mul.lo.s32",
                                "and.b32",
                                "or.b32",
                                "xor.b32",
                                "min.s32",
                                "max.s32",
                                "min.u32",
                                "max.u32",
                                "mul.hi.u32",
                                "mul.hi.s32",
                                "add.s32",
                                "add.s32")
                        + " " + anyInt() + ", " + anyInt() + ", " + anySource());
            case 3 ->
                lines.add(pick("mad.lo.s32") + " " + anyInt() + ", " + anyInt() + ", " + anySource() + ", " + anyInt());
            case 4 ->
                lines.add(pick("shl.b32", "shr.u32", "shr.s32") + " " + anyInt() + ", " + anyInt() + ", "
                        + pick(anyInt(), Integer.toString(random.nextInt(34))));
            case 5 ->
                lines.add(pick("div.u32", "div.s32", "rem.u32", "rem.s32") + " " + anyInt() + ", " + anyInt() + ", "
                        + anySource());
            case 6 ->
                lines.add(
                        pick("mul.wide.u32", "mul.wide.s32") + " " + anyLong() + ", " + anyInt() + ", " + anySource());
            case 7 ->
                lines.add(pick("add.s64", "sub.s64", "mul.lo.s64", "and.b64", "or.b64", "xor.b64", "min.s64", "max.u64")
                        + " " + anyLong() + ", " + anyLong() + ", " + anyLong());
            case 8 ->
                lines.add(pick(
                        "cvt.u64.u32 " + anyLong() + ", " + anyInt(),
                        "cvt.s64.s32 " + anyLong() + ", " + anyInt(),
                        "cvt.u32.u64 " + anyInt() + ", " + anyLong(),
                        "shr.u64 " + anyLong() + ", " + anyLong() + ", " + pick(anyInt(), "7"),
                        "shl.b64 " + anyLong() + ", " + anyLong() + ", " + pick(anyInt(), "7"),
                        "shr.s64 " + anyLong() + ", " + anyLong() + ", 9"));
            case 9 ->
                lines.add("setp." + pick("eq", "ne", "lt", "le", "gt", "ge") + pick("", ".and", ".or", ".xor")
                        + pick(".s32", ".u32") + " " + anyPredicate() + ", " + anyInt() + ", " + anySource());
            case 10 ->
                lines.add(pick(
                        "selp.b32 " + anyInt() + ", " + anyInt() + ", " + anySource() + ", " + anyPredicate(),
                        "selp.b64 " + anyLong() + ", " + anyLong() + ", " + anyLong() + ", " + anyPredicate(),
                        "selp.f32 " + anyFloat() + ", " + anyFloat() + ", " + anyFloat() + ", " + anyPredicate(),
                        "setp." + pick("eq", "lt", "geu", "ne") + ".f32 " + anyPredicate() + ", " + anyFloat() + ", "
                                + anyFloat(),
                        "setp." + pick("eq", "lt", "ge") + pick(".s64 ", ".u64 ") + anyPredicate() + ", " + anyLong()
                                + ", " + anyLong(),
                        pick("and", "or", "xor") + ".pred " + anyPredicate() + ", " + anyPredicate() + ", "
                                + anyPredicate(),
                        "not.pred " + anyPredicate() + ", " + anyPredicate()));
            case 11, 12 ->
                lines.add(pick("add.f32", "sub.f32", "mul.f32", "min.f32", "max.f32", "div.rn.f32") + " " + anyFloat()
                        + ", " + anyFloat() + ", " + pick(anyFloat(), anyFloat(), "0f3F000000"));
            default ->
                lines.add(pick(
                        "fma.rn.f32 " + anyFloat() + ", " + anyFloat() + ", " + anyFloat() + ", " + anyFloat(),
                        "fma.rn.f32 %f0, " + anyFloat() + ", %f0, %f0",
                        "cvt.rn.f32.u32 " + anyFloat() + ", " + anyInt(),
                        "cvt.rzi.s32.f32 " + anyInt() + ", " + anyFloat(),
                        "ex2.approx.f32 " + anyFloat() + ", " + anyFloat(),
                        "mov.b32 " + anyInt() + ", " + anyInt(),
                        "mov.b64 " + anyLong() + ", {" + anyInt() + ", " + anyInt() + "}",
                        "mov.b64 {%i1, %i2}, " + anyLong()));
        }
        for (String text : lines) {
            String complete = text;
            if (text.startsWith("setp.") && (text.contains(".and") || text.contains(".or") || text.contains(".xor"))) {
                complete += ", " + anyPredicate();
            }
            line(guard + complete);
        }
    }
}
