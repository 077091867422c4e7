package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.I2L;
import static org.objectweb.asm.Opcodes.IADD;
import static org.objectweb.asm.Opcodes.IMUL;
import static org.objectweb.asm.Opcodes.INEG;
import static org.objectweb.asm.Opcodes.ISHR;
import static org.objectweb.asm.Opcodes.ISUB;
import static org.objectweb.asm.Opcodes.LADD;
import static org.objectweb.asm.Opcodes.LAND;
import static org.objectweb.asm.Opcodes.LMUL;
import static org.objectweb.asm.Opcodes.LNEG;
import static org.objectweb.asm.Opcodes.LSUB;

import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.IntegerMath;

/** Integer arithmetic (PTX ISA, section 9.7.1). */
final class IntegerForms {

    private static final String ALL = "u16|s16|u32|s32|u64|s64";

    private IntegerForms() {}

    static void register(FormTable table) {
        table.add("add", ALL, "", 3, binary(IADD, LADD));
        table.add("add", "s32", "sat", 3, ternary("addSaturated", "addSaturated", 2));
        table.add("sub", ALL, "", 3, binary(ISUB, LSUB));
        table.add("sub", "s32", "sat", 3, ternary("subSaturated", "subSaturated", 2));
        table.add("mul", ALL, "lo|hi", 3, (e, i) -> {
            product(e, i);
            e.store(0, i.type());
        });
        table.add("mul", "u16|s16|u32|s32", "wide", 3, (e, i) -> {
            wide(e, i);
            e.store(0, widened(i.type()));
        });
        table.add("mad", ALL, "lo|hi", 4, (e, i) -> {
            product(e, i);
            addTo(e, i.type());
        });
        table.add("mad", "u16|s16|u32|s32", "wide", 4, (e, i) -> {
            wide(e, i);
            addTo(e, widened(i.type()));
        });
        table.add("mul24", "u32|s32", "lo|hi", 3, (e, i) -> {
            product24(e, i);
            e.store(0, i.type());
        });
        table.add("mad24", "u32|s32", "lo|hi", 4, (e, i) -> {
            product24(e, i);
            addTo(e, i.type());
        });
        table.add("sad", ALL, "", 4, ternary("sad", "sadUnsigned", 3));
        table.add("div", ALL, "", 3, division("div"));
        table.add("rem", ALL, "", 3, division("rem"));
        table.add("neg", "s16|s32|s64", "", 2, (e, i) -> {
            e.load(1, i.type());
            e.op(Kind.of(i.type()) == Kind.LONG ? LNEG : INEG);
            e.store(0, i.type());
        });
        table.add("abs", "s16|s32|s64", "", 2, (e, i) -> {
            e.load(1, i.type());
            e.call(Math.class, "abs", Kind.of(i.type()), 1);
            e.store(0, i.type());
        });
        table.add("min", ALL, "", 3, extreme("min"));
        table.add("max", ALL, "", 3, extreme("max"));
        for (String a : new String[] {"u32", "s32"}) {
            for (String b : new String[] {"u32", "s32"}) {
                table.add("dp4a", a + "," + b, "", 4, (e, i) -> {
                    for (int operand = 1; operand <= 3; operand++) {
                        e.load(operand, PtxType.B32);
                    }
                    e.push(i.types().get(0).isSigned() ? 1 : 0);
                    e.push(i.types().get(1).isSigned() ? 1 : 0);
                    e.call(IntegerMath.class, "dp4a", "(IIIZZ)I");
                    e.store(0, PtxType.B32);
                });
            }
        }
    }

    private static Emission binary(int forInt, int forLong) {
        return (e, i) -> {
            e.load(1, i.type());
            e.load(2, i.type());
            e.op(Kind.of(i.type()) == Kind.LONG ? forLong : forInt);
            e.store(0, i.type());
        };
    }

    private static Emission ternary(String signed, String unsigned, int arguments) {
        return (e, i) -> {
            for (int operand = 1; operand <= arguments; operand++) {
                e.load(operand, i.type());
            }
            e.call(IntegerMath.class, i.type().isSigned() ? signed : unsigned, Kind.of(i.type()), arguments);
            e.store(0, i.type());
        };
    }

    private static Emission division(String name) {
        Emission division = ternary(name, name + "Unsigned", 2);
        return (e, i) -> {
            if (e.frame().checks() >= 0) {
                e.load(2, i.type());
                if (Kind.of(i.type()) != Kind.LONG) {
                    e.op(I2L);
                }
                e.push(i.line());
                e.frame().pushThread();
                e.method().visitVarInsn(ALOAD, e.frame().checks());
                e.call(CheckedMemory.class, "divisor", "(JIILtandem/kernels/translate/machine/CheckedMemory;)V");
            }
            division.emit(e, i);
        };
    }

    private static Emission extreme(String name) {
        return (e, i) -> {
            e.load(1, i.type());
            e.load(2, i.type());
            if (i.type().isSigned() || i.type().bits() == 16) {
                e.call(Math.class, name, Kind.of(i.type()), 2);
            } else {
                e.call(IntegerMath.class, name + "Unsigned", Kind.of(i.type()), 2);
            }
            e.store(0, i.type());
        };
    }

    private static void addTo(Emitter e, PtxType type) {
        e.load(3, type);
        e.op(Kind.of(type) == Kind.LONG ? LADD : IADD);
        e.store(0, type);
    }

    private static PtxType widened(PtxType type) {
        return switch (type) {
            case U16 -> PtxType.U32;
            case S16 -> PtxType.S32;
            case U32 -> PtxType.U64;
            default -> PtxType.S64;
        };
    }

    /** Pushes the product in twice the width. */
    private static void wide(Emitter e, PtxInstruction i) {
        for (int operand = 1; operand <= 2; operand++) {
            e.load(operand, i.type());
            if (i.type().bits() == 32) {
                e.op(I2L);
                if (!i.type().isSigned()) {
                    e.push(0xFFFF_FFFFL);
                    e.op(LAND);
                }
            }
        }
        e.op(i.type().bits() == 32 ? LMUL : IMUL);
    }

    /** Pushes the low or the high half of the product, whichever the instruction names. */
    static void product(Emitter e, PtxInstruction i) {
        if (i.has("hi")) {
            high(e, i);
        } else {
            e.load(1, i.type());
            e.load(2, i.type());
            e.op(Kind.of(i.type()) == Kind.LONG ? LMUL : IMUL);
        }
    }

    private static void high(Emitter e, PtxInstruction i) {
        PtxType type = i.type();
        e.load(1, type);
        e.load(2, type);
        if (type.bits() == 16) {
            e.op(IMUL);
            e.push(16);
            e.op(ISHR);
        } else if (type == PtxType.S64) {
            e.call(Math.class, "multiplyHigh", Kind.LONG, 2);
        } else {
            e.call(IntegerMath.class, type.isSigned() ? "mulHigh" : "mulHighUnsigned", Kind.of(type), 2);
        }
    }

    private static void product24(Emitter e, PtxInstruction i) {
        e.load(1, i.type());
        e.load(2, i.type());
        String name = i.has("hi") ? "mul24High" : "mul24Low";
        e.call(IntegerMath.class, i.type().isSigned() ? name : name + "Unsigned", Kind.INT, 2);
    }
}
