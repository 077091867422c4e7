package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.DADD;
import static org.objectweb.asm.Opcodes.DDIV;
import static org.objectweb.asm.Opcodes.DMUL;
import static org.objectweb.asm.Opcodes.DNEG;
import static org.objectweb.asm.Opcodes.DSUB;
import static org.objectweb.asm.Opcodes.F2D;
import static org.objectweb.asm.Opcodes.FADD;
import static org.objectweb.asm.Opcodes.FDIV;
import static org.objectweb.asm.Opcodes.FMUL;
import static org.objectweb.asm.Opcodes.FNEG;
import static org.objectweb.asm.Opcodes.FSUB;

import java.util.List;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.DoubleRounding;
import tandem.kernels.translate.machine.FloatMath;
import tandem.kernels.translate.machine.FloatRounding;

/** Floating-point arithmetic (PTX ISA, section 9.7.3). NaN payloads are Java's, not the canonical ones of a GPU. */
final class FloatForms {

    private static final String ROUNDING = "rn|rz|rm|rp";

    private FloatForms() {}

    static void register(FormTable table) {
        arithmetic(table, "add", "?" + ROUNDING, " ?ftz ?sat", 2, FADD, DADD);
        arithmetic(table, "sub", "?" + ROUNDING, " ?ftz ?sat", 2, FSUB, DSUB);
        arithmetic(table, "mul", "?" + ROUNDING, " ?ftz ?sat", 2, FMUL, DMUL);
        arithmetic(table, "fma", ROUNDING, " ?ftz ?sat", 3, 0, 0);
        arithmetic(table, "mad", ROUNDING, " ?ftz ?sat", 3, 0, 0);
        arithmetic(table, "div", ROUNDING, " ?ftz", 2, FDIV, DDIV);
        arithmetic(table, "sqrt", ROUNDING, " ?ftz", 1, 0, 0);
        table.add("rcp", "f32", ROUNDING + " ?ftz", 2, FloatForms::reciprocal);
        table.add("rcp", "f64", ROUNDING, 2, FloatForms::reciprocal);
        table.add("rcp", "f32", "approx ?ftz", 2, FloatForms::reciprocal);
        table.add("rcp", "f64", "approx ftz", 2, function("rcpApprox"));
        table.add("div", "f32", "full ?ftz", 3, (e, i) -> operation(e, i, 2, FDIV, DDIV, "div"));
        table.add("div", "f32", "approx ?ftz", 3, (e, i) -> {
            operand(e, i, 1);
            operand(e, i, 2);
            e.call(FloatMath.class, "divApprox", Kind.FLOAT, 2);
            finish(e, i);
        });
        table.add("sqrt", "f32", "approx ?ftz", 2, function("sqrt"));
        table.add("rsqrt", "f32", "approx ?ftz", 2, function("rsqrt"));
        table.add("rsqrt", "f64", "approx", 2, function("rsqrtApprox"));
        for (String name : List.of("sin", "cos", "ex2", "lg2")) {
            table.add(name, "f32", "approx ?ftz", 2, function(name));
        }
        table.add("tanh", "f32", "approx", 2, function("tanh"));
        for (String types : List.of("f32", "f64")) {
            String modifiers = types.equals("f32") ? "?ftz" : "";
            table.add("neg", types, modifiers, 2, (e, i) -> {
                operand(e, i, 1);
                e.op(i.type() == PtxType.F32 ? FNEG : DNEG);
                e.store(0, i.type());
            });
            table.add("abs", types, modifiers, 2, (e, i) -> {
                operand(e, i, 1);
                e.call(Math.class, "abs", Kind.of(i.type()), 1);
                e.store(0, i.type());
            });
            for (String name : List.of("min", "max")) {
                table.add(name, types, types.equals("f32") ? "?ftz ?NaN" : "", 3, (e, i) -> {
                    operand(e, i, 1);
                    operand(e, i, 2);
                    e.call(i.has("NaN") ? Math.class : FloatMath.class, name, Kind.of(i.type()), 2);
                    e.store(0, i.type());
                });
            }
        }
        table.add("copysign", "f32|f64", "", 3, (e, i) -> {
            e.load(1, i.type());
            e.load(2, i.type());
            e.call(FloatMath.class, "copySign", Kind.of(i.type()), 2);
            e.store(0, i.type());
        });
        for (String test : List.of("finite", "infinite", "number", "notanumber", "normal", "subnormal")) {
            String name = test.equals("notanumber")
                    ? "isNotANumber"
                    : "is" + Character.toUpperCase(test.charAt(0)) + test.substring(1);
            table.add("testp", "f32|f64", test, 2, (e, i) -> {
                e.load(1, i.type());
                boolean single = i.type() == PtxType.F32;
                boolean own = single && (i.has("normal") || i.has("subnormal"));
                if (single && !own) {
                    e.op(F2D);
                }
                e.call(FloatMath.class, name, own ? "(F)I" : "(D)I");
                e.store(0, PtxType.PRED);
            });
        }
    }

    /** Registers the forms of an operation that has all four roundings in both precisions. */
    private static void arithmetic(
            FormTable table,
            String opcode,
            String rounding,
            String single,
            int arguments,
            int forFloat,
            int forDouble) {
        String method = opcode.equals("mad") ? "fma" : opcode;
        Emission emission = (e, i) -> operation(e, i, arguments, forFloat, forDouble, method);
        table.add(opcode, "f32", rounding + single, arguments + 1, emission);
        table.add(opcode, "f64", rounding, arguments + 1, emission);
    }

    private static void operation(
            Emitter e, PtxInstruction i, int arguments, int forFloat, int forDouble, String method) {
        for (int index = 1; index <= arguments; index++) {
            operand(e, i, index);
        }
        boolean single = i.type() == PtxType.F32;
        String directed = i.has("rz") ? "Rz" : i.has("rm") ? "Rm" : i.has("rp") ? "Rp" : null;
        if (directed != null) {
            e.call(
                    single ? FloatRounding.class : DoubleRounding.class,
                    method + directed,
                    Kind.of(i.type()),
                    arguments);
        } else if (method.equals("fma")) {
            e.call(Math.class, "fma", Kind.of(i.type()), 3);
        } else if (method.equals("sqrt")) {
            e.call(single ? FloatMath.class : Math.class, "sqrt", Kind.of(i.type()), 1);
        } else {
            e.op(single ? forFloat : forDouble);
        }
        finish(e, i);
    }

    private static void reciprocal(Emitter e, PtxInstruction i) {
        if (i.type() == PtxType.F32) {
            e.push(1f);
        } else {
            e.push(1.0);
        }
        operand(e, i, 1);
        String directed = i.has("rz") ? "Rz" : i.has("rm") ? "Rm" : i.has("rp") ? "Rp" : null;
        if (directed != null) {
            e.call(
                    i.type() == PtxType.F32 ? FloatRounding.class : DoubleRounding.class,
                    "div" + directed,
                    Kind.of(i.type()),
                    2);
        } else {
            e.op(i.type() == PtxType.F32 ? FDIV : DDIV);
        }
        finish(e, i);
    }

    private static Emission function(String method) {
        return (e, i) -> {
            operand(e, i, 1);
            e.call(FloatMath.class, method, Kind.of(i.type()), 1);
            finish(e, i);
        };
    }

    private static void operand(Emitter e, PtxInstruction i, int index) {
        e.load(index, i.type());
        flush(e, i);
    }

    private static void flush(Emitter e, PtxInstruction i) {
        if (i.has("ftz") && i.type() == PtxType.F32) {
            e.call(FloatMath.class, "flush", Kind.FLOAT, 1);
        }
    }

    private static void finish(Emitter e, PtxInstruction i) {
        flush(e, i);
        if (i.has("sat")) {
            e.call(FloatMath.class, "saturate", Kind.of(i.type()), 1);
        }
        e.store(0, i.type());
    }
}
