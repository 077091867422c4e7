package tandem.kernels.translate.forms;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.Comparison;
import tandem.kernels.translate.machine.FloatMath;

/** Comparison and selection (PTX ISA, section 9.7.6). */
final class CompareForms implements Opcodes {

    private static final String SELECTABLE = "b16|b32|b64|u16|u32|u64|s16|s32|s64|f32|f64";

    private CompareForms() {}

    static void register(FormTable table) {
        for (String opcode : new String[] {"setp", "set"}) {
            // set has the type of its result in front.
            String first = opcode.equals("set") ? "u32|s32|f32," : "";
            Emission emission = opcode.equals("set") ? CompareForms::set : CompareForms::setp;
            String combine = " +and|or|xor";
            table.add(opcode, first + "b16|b32|b64", "eq|ne" + combine, 4, 1, emission);
            table.add(opcode, first + "u16|u32|u64", "eq|ne|lt|le|gt|ge|lo|ls|hi|hs" + combine, 4, 1, emission);
            table.add(opcode, first + "s16|s32|s64", "eq|ne|lt|le|gt|ge" + combine, 4, 1, emission);
            table.add(opcode, first + "f32", FLOAT + combine + " +ftz", 4, 1, emission);
            table.add(opcode, first + "f64", FLOAT + combine, 4, 1, emission);
        }
        table.add("selp", SELECTABLE, "", 4, (e, i) -> {
            e.load(1, i.type());
            e.load(2, i.type());
            e.load(3, PtxType.PRED);
            char kind = Kind.of(i.type()).descriptor();
            e.call(Comparison.class, "select", "(" + kind + kind + "I)" + kind);
            e.store(0, i.type());
        });
        table.add("slct", SELECTABLE + ",s32", "", 4, CompareForms::slct);
        table.add("slct", SELECTABLE + ",f32", "?ftz", 4, CompareForms::slct);
    }

    private static final String FLOAT = "eq|ne|lt|le|gt|ge|equ|neu|ltu|leu|gtu|geu|num|nan";

    private static void setp(Emitter e, PtxInstruction i) {
        Operand destination = i.operands().get(0);
        compare(e, i, i.type());
        if (destination instanceof Operand.Pair pair) {
            int result = e.frame().temporary(Kind.INT);
            e.method().visitVarInsn(ISTORE, result);
            combine(e, i, result, false);
            int first = e.frame().temporary(Kind.INT);
            e.method().visitVarInsn(ISTORE, first);
            combine(e, i, result, true);
            e.store(pair.second(), PtxType.PRED);
            e.method().visitVarInsn(ILOAD, first);
            e.store(pair.first(), PtxType.PRED);
        } else {
            combineTop(e, i);
            e.store(destination, PtxType.PRED);
        }
    }

    private static void set(Emitter e, PtxInstruction i) {
        compare(e, i, i.types().get(1));
        combineTop(e, i);
        if (i.types().get(0) == PtxType.F32) {
            e.op(I2F);
        } else {
            e.op(INEG);
        }
        e.store(0, i.types().get(0));
    }

    private static void combine(Emitter e, PtxInstruction i, int result, boolean negated) {
        e.method().visitVarInsn(ILOAD, result);
        if (negated) {
            e.op(ICONST_1, IXOR);
        }
        combineTop(e, i);
    }

    private static void combineTop(Emitter e, PtxInstruction i) {
        boolean combines = i.has("and") || i.has("or") || i.has("xor");
        if (combines != (i.operands().size() == 4)) {
            throw e.error("a fourth operand goes with .and, .or or .xor, and only with them");
        }
        if (combines) {
            e.load(3, PtxType.PRED);
            e.op(i.has("and") ? IAND : i.has("or") ? IOR : IXOR);
        }
    }

    /** Pushes 1 when the comparison of operands 1 and 2 holds, else 0. */
    private static void compare(Emitter e, PtxInstruction i, PtxType type) {
        for (int operand = 1; operand <= 2; operand++) {
            e.load(operand, type);
            if (i.has("ftz") && type == PtxType.F32) {
                e.call(FloatMath.class, "flush", Kind.FLOAT, 1);
            }
        }
        if (type.isFloat()) {
            compareFloats(e, i, type);
        } else {
            compareIntegers(e, i, type);
        }
    }

    /** The same of the two floats on the stack. */
    static void compareFloats(Emitter e, PtxInstruction i, PtxType type) {
        boolean single = type == PtxType.F32;
        int nanBelow = single ? FCMPL : DCMPL;
        int nanAbove = single ? FCMPG : DCMPG;
        if (i.has("num") || i.has("nan") || i.has("ne") || i.has("equ")) {
            String name = i.has("num")
                    ? "ordered"
                    : i.has("nan") ? "unordered" : i.has("ne") ? "orderedNotEqual" : "unorderedEqual";
            char kind = Kind.of(type).descriptor();
            e.call(Comparison.class, name, "(" + kind + kind + ")I");
        } else if (i.has("lt") || i.has("le") || i.has("gtu") || i.has("geu")) {
            e.op(nanAbove);
            flag(e, i.has("lt") ? IFLT : i.has("le") ? IFLE : i.has("gtu") ? IFGT : IFGE);
        } else {
            e.op(nanBelow);
            flag(
                    e,
                    i.has("eq")
                            ? IFEQ
                            : i.has("neu")
                                    ? IFNE
                                    : i.has("gt") ? IFGT : i.has("ge") ? IFGE : i.has("ltu") ? IFLT : IFLE);
        }
    }

    private static void compareIntegers(Emitter e, PtxInstruction i, PtxType type) {
        boolean wide = Kind.of(type) == Kind.LONG;
        boolean unsigned = !type.isSigned() && type.bits() > 16 && !i.has("eq") && !i.has("ne");
        if (unsigned) {
            e.call(wide ? Long.class : Integer.class, "compareUnsigned", wide ? "(JJ)I" : "(II)I");
        } else if (wide) {
            e.op(LCMP);
        }
        boolean withZero = unsigned || wide;
        int jump = i.has("eq")
                ? IFEQ
                : i.has("ne")
                        ? IFNE
                        : i.has("lt") || i.has("lo")
                                ? IFLT
                                : i.has("le") || i.has("ls") ? IFLE : i.has("gt") || i.has("hi") ? IFGT : IFGE;
        // IF_ICMPxx follow IFxx in the same order.
        flag(e, withZero ? jump : jump + (IF_ICMPEQ - IFEQ));
    }

    /** Turns a jump into 1 (taken) or 0. */
    private static void flag(Emitter e, int jump) {
        Label taken = new Label();
        Label end = new Label();
        e.method().visitJumpInsn(jump, taken);
        e.op(ICONST_0);
        e.method().visitJumpInsn(GOTO, end);
        e.method().visitLabel(taken);
        e.op(ICONST_1);
        e.method().visitLabel(end);
    }

    private static void slct(Emitter e, PtxInstruction i) {
        PtxType selector = i.types().get(1);
        Label negative = new Label();
        Label end = new Label();
        e.load(3, selector);
        if (selector == PtxType.F32) {
            if (i.has("ftz")) {
                e.call(FloatMath.class, "flush", Kind.FLOAT, 1);
            }
            e.op(FCONST_0, FCMPL);
        }
        e.method().visitJumpInsn(IFLT, negative);
        e.load(1, i.types().get(0));
        e.method().visitJumpInsn(GOTO, end);
        e.method().visitLabel(negative);
        e.load(2, i.types().get(0));
        e.method().visitLabel(end);
        e.store(0, i.types().get(0));
    }
}
