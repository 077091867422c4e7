package tandem.kernels.translate.forms;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.Conversion;
import tandem.kernels.translate.machine.DoubleRounding;
import tandem.kernels.translate.machine.FloatMath;
import tandem.kernels.translate.machine.FloatRounding;
import tandem.kernels.translate.machine.HalfPrecision;

/** Conversions between types (PTX ISA, {@code cvt}). Conversions to integers clamp, with or without {@code .sat}. */
final class ConvertForms implements Opcodes {

    private static final String INTEGERS = "u8|s8|u16|s16|u32|s32|u64|s64";

    private ConvertForms() {}

    static void register(FormTable table) {
        table.add("cvt", INTEGERS + "," + INTEGERS, "", 2, ConvertForms::integers);
        for (String from : INTEGERS.split("\\|")) {
            String narrower = Arrays.stream(INTEGERS.split("\\|"))
                    .filter(to -> !holdsAll(PtxType.find(to), PtxType.find(from)))
                    .collect(Collectors.joining("|"));
            table.add("cvt", narrower + "," + from, "sat", 2, ConvertForms::integers);
        }
        table.add("cvt", "f32|f64," + INTEGERS, "rn|rz|rm|rp", 2, ConvertForms::toFloat);
        table.add("cvt", INTEGERS + ",f32", "rni|rzi|rmi|rpi ?ftz ~sat", 2, ConvertForms::toInteger);
        table.add("cvt", INTEGERS + ",f64", "rni|rzi|rmi|rpi ~sat", 2, ConvertForms::toInteger);
        table.add("cvt", "f32,f64", "rn|rz|rm|rp ?ftz ?sat", 2, ConvertForms::narrow);
        table.add("cvt", "f64,f32", "?ftz ?sat", 2, (e, i) -> {
            source(e, i);
            e.op(F2D);
            finish(e, i);
        });
        table.add("cvt", "f32,f16", "", 2, (e, i) -> {
            e.load(1, PtxType.F16);
            e.call(HalfPrecision.class, "toFloat", "(I)F");
            e.store(0, PtxType.F32);
        });
        table.add("cvt", "f16,f32", "rn", 2, (e, i) -> {
            e.load(1, PtxType.F32);
            e.call(HalfPrecision.class, "ofFloat", "(F)I");
            e.store(0, PtxType.F16);
        });
        table.add("cvt", "f32,f32", "?rni|rzi|rmi|rpi ?ftz ?sat", 2, ConvertForms::integral);
        table.add("cvt", "f64,f64", "?rni|rzi|rmi|rpi ?sat", 2, ConvertForms::integral);
    }

    /** Whether every value of {@code from} fits {@code to}: then PTX allows no {@code .sat}. */
    private static boolean holdsAll(PtxType to, PtxType from) {
        return to.isSigned() == from.isSigned() ? to.bits() >= from.bits() : to.isSigned() && to.bits() > from.bits();
    }

    private static PtxType to(PtxInstruction i) {
        return i.types().get(0);
    }

    private static PtxType from(PtxInstruction i) {
        return i.types().get(1);
    }

    private static void source(Emitter e, PtxInstruction i) {
        e.load(1, from(i));
        if (i.has("ftz") && from(i) == PtxType.F32) {
            e.call(FloatMath.class, "flush", Kind.FLOAT, 1);
        }
    }

    private static void finish(Emitter e, PtxInstruction i) {
        if (i.has("ftz") && to(i) == PtxType.F32) {
            e.call(FloatMath.class, "flush", Kind.FLOAT, 1);
        }
        if (i.has("sat")) {
            e.call(FloatMath.class, "saturate", Kind.of(to(i)), 1);
        }
        e.store(0, to(i));
    }

    /** Pushes the integer operand as a long. */
    private static void loadLong(Emitter e, PtxInstruction i) {
        e.load(1, from(i));
        if (from(i).bits() < 64) {
            e.op(I2L);
            if (from(i) == PtxType.U32) {
                e.push(0xFFFF_FFFFL);
                e.op(LAND);
            }
        }
    }

    private static void integers(Emitter e, PtxInstruction i) {
        PtxType to = to(i);
        if (!i.has("sat") && to.bits() < 64 && from(i).bits() < 64) {
            e.load(1, from(i));
        } else {
            loadLong(e, i);
            if (i.has("sat")) {
                clampLong(e, to, !from(i).isSigned());
            }
            if (to.bits() < 64) {
                e.op(L2I);
            }
        }
        e.narrow(to);
        e.storeExtended(i.operands().get(0), to);
    }

    private static void clampLong(Emitter e, PtxType to, boolean unsigned) {
        int valueBits = to.isSigned() ? to.bits() - 1 : to.bits();
        if (unsigned) {
            if (valueBits < 64) {
                e.push((1L << valueBits) - 1);
                e.call(Conversion.class, "clampUnsigned", Kind.LONG, 2);
            }
        } else if (to != PtxType.S64) {
            e.push(to.isSigned() ? -1L << valueBits : 0L);
            e.push(valueBits == 64 ? Long.MAX_VALUE : (1L << valueBits) - 1);
            e.call(Conversion.class, "clamp", Kind.LONG, 3);
        }
    }

    private static void toFloat(Emitter e, PtxInstruction i) {
        boolean single = to(i) == PtxType.F32;
        String direction = i.has("rz") ? "Rz" : i.has("rm") ? "Rm" : i.has("rp") ? "Rp" : "Rn";
        if (direction.equals("Rn") && from(i) != PtxType.U32 && from(i).bits() < 64) {
            e.load(1, from(i));
            e.op(single ? I2F : I2D);
        } else {
            loadLong(e, i);
            if (direction.equals("Rn") && from(i) != PtxType.U64) {
                e.op(single ? L2F : L2D);
            } else {
                String name = from(i) == PtxType.U64 ? "unsigned" : single ? "float" : "double";
                e.call(single ? FloatRounding.class : DoubleRounding.class, name + direction, single ? "(J)F" : "(J)D");
            }
        }
        e.store(0, to(i));
    }

    private static void toInteger(Emitter e, PtxInstruction i) {
        source(e, i);
        integerOf(e, i, from(i) == PtxType.F32);
    }

    /** Rounds the float on the stack to the integer type of the result, and stores it. */
    static void integerOfFloat(Emitter e, PtxInstruction i) {
        integerOf(e, i, true);
    }

    private static void integerOf(Emitter e, PtxInstruction i, boolean single) {
        PtxType to = to(i);
        if (i.has("rzi") && to == PtxType.S32) {
            e.op(single ? F2I : D2I);
            e.storeExtended(i.operands().get(0), to);
            return;
        }
        if (single) {
            e.op(F2D);
        }
        if (!i.has("rzi")) {
            e.call(Math.class, i.has("rni") ? "rint" : i.has("rmi") ? "floor" : "ceil", Kind.DOUBLE, 1);
        }
        if (to == PtxType.S32) {
            e.op(D2I);
        } else if (to == PtxType.U64) {
            e.call(Conversion.class, "toUnsigned", "(D)J");
        } else {
            e.op(D2L);
            if (to != PtxType.S64) {
                clampLong(e, to, false);
                e.op(L2I);
            }
        }
        e.storeExtended(i.operands().get(0), to);
    }

    /** Rounds the double on the stack to an integral value. */
    static void toIntegral(Emitter e, PtxInstruction i) {
        if (i.has("rzi")) {
            e.call(Conversion.class, "truncate", Kind.DOUBLE, 1);
        } else {
            e.call(Math.class, i.has("rni") ? "rint" : i.has("rmi") ? "floor" : "ceil", Kind.DOUBLE, 1);
        }
    }

    private static void narrow(Emitter e, PtxInstruction i) {
        source(e, i);
        if (i.has("rn")) {
            e.op(D2F);
        } else {
            e.call(FloatRounding.class, i.has("rz") ? "floatRz" : i.has("rm") ? "floatRm" : "floatRp", "(D)F");
        }
        finish(e, i);
    }

    /** Rounds to an integral value in the same precision, or only flushes and saturates. */
    private static void integral(Emitter e, PtxInstruction i) {
        source(e, i);
        boolean single = to(i) == PtxType.F32;
        boolean rounds = i.has("rni") || i.has("rzi") || i.has("rmi") || i.has("rpi");
        if (rounds && single) {
            e.op(F2D);
        }
        if (rounds) {
            toIntegral(e, i);
        }
        if (rounds && single) {
            e.op(D2F);
        }
        finish(e, i);
    }
}
