package tandem.kernels.translate.forms;

import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.Conversion;
import tandem.kernels.translate.machine.FloatMath;
import tandem.kernels.translate.machine.HalfMath;

/**
 * Floats of 16 bits and pairs of them (PTX ISA, sections 9.7.4 and 9.7.9.21). {@code bf16}, {@code bf16x2} and
 * {@code f16x2} are no {@link PtxType}: they count as modifiers.
 */
final class HalfForms implements Opcodes {

    private static final String RELATIONS = "eq|ne|lt|le|gt|ge|equ|neu|ltu|leu|gtu|geu|num|nan";
    private static final String INTEGERS = "u8|s8|u16|s16|u32|s32|u64|s64";

    private HalfForms() {}

    static void register(FormTable table) {
        for (String name : new String[] {"add", "sub", "mul"}) {
            half(table, name, "?rn ?ftz ?sat", "?rn", 2);
        }
        half(table, "fma", "rn ?ftz ?sat", "rn ?relu", 3);
        table.add("fma", "f16", "rn ?ftz relu", 4, (e, i) -> single(e, i, 3));
        table.add("fma", "", "rn ?ftz relu f16x2", 4, (e, i) -> both(e, i, 3));
        half(table, "min", "?ftz ?NaN", "?NaN", 2);
        half(table, "max", "?ftz ?NaN", "?NaN", 2);
        half(table, "neg", "?ftz", "", 1);
        half(table, "abs", "?ftz", "", 1);
        table.add("ex2", "f16", "approx", 2, (e, i) -> single(e, i, 1));
        table.add("ex2", "", "approx f16x2", 2, (e, i) -> both(e, i, 1));
        table.add("tanh", "f16", "approx", 2, (e, i) -> single(e, i, 1));
        table.add("tanh", "", "approx f16x2|bf16|bf16x2", 2, (e, i) -> {
            if (i.has("bf16")) {
                single(e, i, 1);
            } else {
                both(e, i, 1);
            }
        });
        table.add("setp", "f16", RELATIONS + " +ftz", 3, HalfForms::compare);
        table.add("setp", "", RELATIONS + " bf16", 3, HalfForms::compare);
        conversions(table);
    }

    private static void half(FormTable table, String name, String modifiers, String brain, int arguments) {
        String before = modifiers.isEmpty() ? "" : modifiers + " ";
        String beforeBrain = brain.isEmpty() ? "" : brain + " ";
        table.add(name, "f16", modifiers, arguments + 1, (e, i) -> single(e, i, arguments));
        table.add(name, "", before + "f16x2", arguments + 1, (e, i) -> both(e, i, arguments));
        table.add(name, "", beforeBrain + "bf16", arguments + 1, (e, i) -> single(e, i, arguments));
        table.add(name, "", beforeBrain + "bf16x2", arguments + 1, (e, i) -> both(e, i, arguments));
    }

    private static int flags(PtxInstruction i) {
        return (i.has("bf16") || i.has("bf16x2") ? HalfMath.BRAIN : 0)
                | (i.has("ftz") ? HalfMath.FTZ : 0)
                | (i.has("sat") ? HalfMath.SAT : 0)
                | (i.has("relu") ? HalfMath.RELU : 0)
                | (i.has("NaN") ? HalfMath.NAN : 0)
                | (i.has("rz") ? HalfMath.TOWARDS_ZERO : 0);
    }

    private static void single(Emitter e, PtxInstruction i, int arguments) {
        for (int k = 1; k <= arguments; k++) {
            e.load(k, PtxType.B16);
        }
        e.push(flags(i));
        e.call(HalfMath.class, i.opcode(), "(" + "I".repeat(arguments + 1) + ")I");
        e.store(0, PtxType.B16);
    }

    private static void both(Emitter e, PtxInstruction i, int arguments) {
        for (int half = 0; half < 2; half++) {
            for (int k = 1; k <= arguments; k++) {
                e.load(k, PtxType.B32);
                if (half == 1) {
                    e.push(16);
                    e.op(IUSHR);
                }
                e.narrow(PtxType.B16);
            }
            e.push(flags(i) | HalfMath.PAIR);
            e.call(HalfMath.class, i.opcode(), "(" + "I".repeat(arguments + 1) + ")I");
        }
        e.push(16);
        e.op(ISHL, SWAP);
        e.narrow(PtxType.B16);
        e.op(IOR);
        e.store(0, PtxType.B32);
    }

    private static void toFloat(Emitter e, PtxInstruction i, int operand) {
        e.load(operand, PtxType.B16);
        e.push(flags(i) & (HalfMath.BRAIN | HalfMath.FTZ));
        e.call(HalfMath.class, "toFloat", "(II)F");
    }

    private static void compare(Emitter e, PtxInstruction i) {
        toFloat(e, i, 1);
        toFloat(e, i, 2);
        CompareForms.compareFloats(e, i, PtxType.F32);
        e.store(0, PtxType.PRED);
    }

    private static void conversions(FormTable table) {
        table.add("cvt", "f32", "bf16", 2, (e, i) -> {
            toFloat(e, i, 1);
            e.store(0, PtxType.F32);
        });
        table.add("cvt", "f64,f16", "", 2, (e, i) -> {
            toFloat(e, i, 1);
            e.op(F2D);
            e.store(0, PtxType.F64);
        });
        table.add("cvt", "f32", "rn|rz ?relu bf16", 2, HalfForms::fromFloat);
        table.add("cvt", "f16,f32", "rz", 2, HalfForms::fromFloat);
        table.add("cvt", "f16,f32", "rn|rz relu", 2, HalfForms::fromFloat);
        table.add("cvt", "f32", "rn|rz ?relu f16x2|bf16x2", 3, (e, i) -> {
            e.load(1, PtxType.F32);
            e.load(2, PtxType.F32);
            e.push(flags(i));
            e.call(HalfMath.class, "pair", "(FFI)I");
            e.store(0, PtxType.B32);
        });
        table.add("cvt", "f16,f64", "rn", 2, (e, i) -> {
            e.load(1, PtxType.F64);
            fromDouble(e, i);
        });
        table.add("cvt", "f16," + INTEGERS, "rn", 2, (e, i) -> {
            PtxType from = i.types().get(1);
            e.load(1, from);
            if (from == PtxType.U64) {
                // From 2^63 on everything is infinite.
                e.push(Long.MAX_VALUE);
                e.call(Conversion.class, "clampUnsigned", Kind.LONG, 2);
                e.op(L2D);
            } else if (from == PtxType.S64) {
                e.op(L2D);
            } else if (from == PtxType.U32) {
                e.op(I2L);
                e.push(0xFFFF_FFFFL);
                e.op(LAND, L2D);
            } else {
                e.op(I2D);
            }
            fromDouble(e, i);
        });
        table.add("cvt", "f16,f16", "rni|rzi|rmi|rpi", 2, (e, i) -> {
            toFloat(e, i, 1);
            e.op(F2D);
            ConvertForms.toIntegral(e, i);
            fromDouble(e, i);
        });
        table.add("cvt", INTEGERS + ",f16", "rni|rzi|rmi|rpi", 2, (e, i) -> {
            toFloat(e, i, 1);
            ConvertForms.integerOfFloat(e, i);
        });
        table.add("cvt", "f32", "rna tf32", 2, (e, i) -> {
            e.load(1, PtxType.F32);
            e.call(FloatMath.class, "toTf32", "(F)I");
            e.store(0, PtxType.B32);
        });
    }

    private static void fromFloat(Emitter e, PtxInstruction i) {
        e.load(1, PtxType.F32);
        e.push(flags(i));
        e.call(HalfMath.class, "ofFloat", "(FI)I");
        e.store(0, PtxType.B16);
    }

    private static void fromDouble(Emitter e, PtxInstruction i) {
        e.push(flags(i));
        e.call(HalfMath.class, "ofDouble", "(DI)I");
        e.store(0, PtxType.F16);
    }
}
