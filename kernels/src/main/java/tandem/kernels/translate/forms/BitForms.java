package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.IAND;
import static org.objectweb.asm.Opcodes.ICONST_1;
import static org.objectweb.asm.Opcodes.ICONST_M1;
import static org.objectweb.asm.Opcodes.IOR;
import static org.objectweb.asm.Opcodes.ISHL;
import static org.objectweb.asm.Opcodes.ISHR;
import static org.objectweb.asm.Opcodes.IUSHR;
import static org.objectweb.asm.Opcodes.IXOR;
import static org.objectweb.asm.Opcodes.LAND;
import static org.objectweb.asm.Opcodes.LOR;
import static org.objectweb.asm.Opcodes.LSHL;
import static org.objectweb.asm.Opcodes.LSHR;
import static org.objectweb.asm.Opcodes.LUSHR;
import static org.objectweb.asm.Opcodes.LXOR;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.IntegerMath;

/** Logic, shifts and bit fields (PTX ISA, sections 9.7.1 and 9.7.8). */
final class BitForms {

    private BitForms() {}

    static void register(FormTable table) {
        table.add("and", "pred|b16|b32|b64", "", 3, logic(IAND, LAND));
        table.add("or", "pred|b16|b32|b64", "", 3, logic(IOR, LOR));
        table.add("xor", "pred|b16|b32|b64", "", 3, logic(IXOR, LXOR));
        table.add("not", "pred|b16|b32|b64", "", 2, (e, i) -> {
            e.load(1, i.type());
            if (Kind.of(i.type()) == Kind.LONG) {
                e.push(-1L);
                e.op(LXOR);
            } else {
                e.op(i.type() == PtxType.PRED ? ICONST_1 : ICONST_M1, IXOR);
            }
            e.store(0, i.type());
        });
        table.add("cnot", "b16|b32|b64", "", 2, (e, i) -> {
            e.load(1, i.type());
            e.call(IntegerMath.class, "cnot", Kind.of(i.type()), 1);
            e.store(0, i.type());
        });
        table.add("shl", "b16|b32|b64", "", 3, shift(ISHL, LSHL, "shl"));
        table.add("shr", "b16|b32|b64|u16|u32|u64", "", 3, shift(IUSHR, LUSHR, "shrUnsigned"));
        table.add("shr", "s16|s32|s64", "", 3, shift(ISHR, LSHR, "shr"));
        for (String direction : new String[] {"l", "r"}) {
            for (String mode : new String[] {"clamp", "wrap"}) {
                String name = "funnel" + (direction.equals("l") ? "Left" : "Right")
                        + (mode.equals("wrap") ? "Wrap" : "Clamp");
                table.add("shf", "b32", direction + " " + mode, 4, ints(name));
            }
        }
        table.add("lop3", "b32", "", 5, BitForms::lop3);
        table.add("prmt", "b32", "", 4, ints("prmt"));
        for (String mode : new String[] {"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"}) {
            table.add("prmt", "b32", mode, 4, ints("prmt" + Character.toUpperCase(mode.charAt(0)) + mode.substring(1)));
        }
        for (String mode : new String[] {"clamp", "wrap"}) {
            String name = "mask" + (mode.equals("wrap") ? "Wrap" : "Clamp");
            table.add("bmsk", "b32", mode, 3, (e, i) -> {
                e.load(1, PtxType.U32);
                e.load(2, PtxType.U32);
                e.call(IntegerMath.class, name, Kind.INT, 2);
                e.store(0, PtxType.B32);
            });
        }
        table.add("popc", "b32|b64", "", 2, count("bitCount"));
        table.add("clz", "b32|b64", "", 2, count("numberOfLeadingZeros"));
        table.add("brev", "b32|b64", "", 2, (e, i) -> {
            e.load(1, i.type());
            e.call(i.type().bits() == 64 ? Long.class : Integer.class, "reverse", Kind.of(i.type()), 1);
            e.store(0, i.type());
        });
        table.add("bfind", "u32|s32|u64|s64", "?shiftamt", 2, (e, i) -> {
            e.load(1, i.type());
            String name =
                    (i.has("shiftamt") ? "bfindShift" : "bfind") + (i.type().isSigned() ? "Signed" : "");
            e.call(IntegerMath.class, name, "(" + Kind.of(i.type()).descriptor() + ")I");
            e.store(0, PtxType.U32);
        });
        table.add("bfe", "u32|s32|u64|s64", "", 4, (e, i) -> {
            char kind = Kind.of(i.type()).descriptor();
            e.load(1, i.type());
            e.load(2, PtxType.U32);
            e.load(3, PtxType.U32);
            e.call(IntegerMath.class, i.type().isSigned() ? "bfeSigned" : "bfeUnsigned", "(" + kind + "II)" + kind);
            e.store(0, i.type());
        });
        table.add("bfi", "b32|b64", "", 5, (e, i) -> {
            char kind = Kind.of(i.type()).descriptor();
            e.load(1, i.type());
            e.load(2, i.type());
            e.load(3, PtxType.U32);
            e.load(4, PtxType.U32);
            e.call(IntegerMath.class, "bfi", "(" + kind + kind + "II)" + kind);
            e.store(0, i.type());
        });
    }

    private static Emission logic(int forInt, int forLong) {
        return (e, i) -> {
            e.load(1, i.type());
            e.load(2, i.type());
            e.op(Kind.of(i.type()) == Kind.LONG ? forLong : forInt);
            e.store(0, i.type());
        };
    }

    /** Calls a method of {@link IntegerMath} on ints. */
    private static Emission ints(String name) {
        return (e, i) -> {
            int arguments = i.operands().size() - 1;
            for (int operand = 1; operand <= arguments; operand++) {
                e.load(operand, i.type());
            }
            e.call(IntegerMath.class, name, Kind.INT, arguments);
            e.store(0, i.type());
        };
    }

    private static Emission count(String name) {
        return (e, i) -> {
            e.load(1, i.type());
            e.call(
                    i.type().bits() == 64 ? Long.class : Integer.class,
                    name,
                    "(" + Kind.of(i.type()).descriptor() + ")I");
            e.store(0, PtxType.U32);
        };
    }

    /** One machine shift when the amount is a constant within the width, else a call that clamps. */
    private static Emission shift(int forInt, int forLong, String name) {
        return (e, i) -> {
            PtxType type = i.type();
            Kind kind = Kind.of(type);
            e.load(1, type);
            e.load(2, PtxType.U32);
            boolean simple = i.operands().get(2) instanceof Operand.IntegerLiteral amount
                    && amount.value() >= 0
                    && amount.value() < type.bits();
            if (simple) {
                e.op(kind == Kind.LONG ? forLong : forInt);
            } else {
                e.call(IntegerMath.class, name, "(" + kind.descriptor() + "I)" + kind.descriptor());
            }
            e.store(0, type);
        };
    }

    private static void lop3(Emitter e, PtxInstruction i) {
        if (!(i.operands().get(4) instanceof Operand.IntegerLiteral table)
                || table.value() < 0
                || table.value() > 255) {
            throw e.error("the last operand of lop3 must be a constant from 0 to 255");
        }
        for (int operand = 1; operand <= 3; operand++) {
            e.load(operand, PtxType.B32);
        }
        e.push((int) table.value());
        e.call(IntegerMath.class, "lop3", Kind.INT, 4);
        e.store(0, PtxType.B32);
    }
}
