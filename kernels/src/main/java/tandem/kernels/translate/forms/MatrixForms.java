package tandem.kernels.translate.forms;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.MatrixElement;
import tandem.kernels.translate.machine.MatrixFragment;
import tandem.kernels.translate.machine.MatrixFragment.Role;
import tandem.kernels.translate.machine.MatrixLoad;
import tandem.kernels.translate.machine.MatrixOperation;
import tandem.kernels.translate.machine.MatrixProduct;
import tandem.kernels.translate.machine.Suspension;

/**
 * Matrix products of a warp (PTX ISA, "Warp Level Matrix Multiply-Accumulate Instructions"): {@code wmma}, {@code mma}
 * and {@code ldmatrix}. {@code bf16} and {@code tf32} are no {@link PtxType}: they count as modifiers. Lanes read and
 * write matrices in memory on their own; at products and at {@code ldmatrix} they wait for each other.
 */
final class MatrixForms implements Opcodes {

    private static final String SHAPES = "m16n16k16|m8n32k16|m32n8k16";
    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");
    /** The lanes of a whole warp. */
    private static final Operand ALL = new Operand.IntegerLiteral(-1);

    private MatrixForms() {}

    static void register(FormTable table) {
        transfers(table);
        String wmma = "mma sync aligned ~row|col ";
        table.add("wmma", "f16|f32,f16|f32", wmma + SHAPES, 4, MatrixForms::handOver);
        table.add("wmma", "f32,f32", wmma + SHAPES + " bf16", 4, MatrixForms::handOver);
        table.add("wmma", "f32,f32", wmma + "m16n16k8 tf32", 4, MatrixForms::handOver);
        table.add("wmma", "f64,f64,f64,f64", wmma + "m8n8k4 ?rn", 4, MatrixForms::handOver);
        table.add("wmma", "s32,s8,s8,s32", wmma + SHAPES + " ?satfinite", 4, MatrixForms::handOver);
        table.add("wmma", "s32,u8,u8,s32", wmma + SHAPES + " ?satfinite", 4, MatrixForms::handOver);
        String mma = "sync aligned row col ";
        table.add("mma", "f32,f16,f16,f32", mma + "m16n8k8|m16n8k16", 4, MatrixForms::handOver);
        table.add("mma", "f16,f16,f16,f16", mma + "m16n8k8|m16n8k16", 4, MatrixForms::handOver);
        table.add("mma", "f32,f32", mma + "m16n8k8|m16n8k16 bf16", 4, MatrixForms::handOver);
        table.add("mma", "f32,f32", mma + "m16n8k4|m16n8k8 tf32", 4, MatrixForms::handOver);
        table.add("mma", "f64,f64,f64,f64", mma + "m8n8k4", 4, MatrixForms::handOver);
        table.add("mma", "s32,s8|u8,s8|u8,s32", mma + "m8n8k16|m16n8k16|m16n8k32 ?satfinite", 4, MatrixForms::handOver);
        table.add("ldmatrix", "b16", "sync aligned m8n8 x1|x2|x4 ?trans ?shared|shared::cta", 2, MatrixForms::rows);
    }

    private static void transfers(FormTable table) {
        String to = " sync aligned row|col ";
        String space = " +global|shared";
        for (String load : new String[] {"load a|b", "load c", "store d"}) {
            Emission emission = load.startsWith("store") ? MatrixForms::store : MatrixForms::load;
            boolean factor = load.equals("load a|b");
            table.add("wmma", factor ? "f16|u8|s8" : "f16|f32|s32", load + to + SHAPES + space, 3, 1, emission);
            table.add("wmma", "f64", load + to + "m8n8k4" + space, 3, 1, emission);
            if (factor) {
                table.add("wmma", "", load + to + SHAPES + space + " bf16", 3, 1, emission);
                table.add("wmma", "", load + to + "m16n16k8" + space + " tf32", 3, 1, emission);
            } else {
                table.add("wmma", "f32", load + to + "m16n16k8" + space, 3, 1, emission);
            }
        }
    }

    /** Whether the lanes of the warp wait for each other. */
    static boolean isCollective(PtxInstruction i) {
        return i.opcode().equals("mma")
                || i.opcode().equals("ldmatrix")
                || i.opcode().equals("wmma") && i.has("mma");
    }

    /** What the warp does when its lanes have come. */
    static MatrixOperation describe(PtxInstruction i) {
        if (i.opcode().equals("ldmatrix")) {
            return new MatrixLoad(i.has("x1") ? 1 : i.has("x2") ? 2 : 4, i.has("trans"));
        }
        List<PtxType> types = i.types();
        MatrixElement d = element(types.get(0));
        MatrixElement c = element(types.get(types.size() - 1));
        MatrixElement a = types.size() == 4 ? element(types.get(1)) : factor(i);
        MatrixElement b = types.size() == 4 ? element(types.get(2)) : factor(i);
        return new MatrixProduct(
                fragment(i, Role.A, a),
                fragment(i, Role.B, b),
                fragment(i, Role.C, c),
                fragment(i, Role.C, d),
                i.has("satfinite") && d == MatrixElement.S32);
    }

    private static MatrixElement element(PtxType type) {
        return MatrixElement.valueOf(type.name());
    }

    /** The element of A and B where the types do not name it. */
    private static MatrixElement factor(PtxInstruction i) {
        return i.has("bf16") ? MatrixElement.BF16 : i.has("tf32") ? MatrixElement.TF32 : MatrixElement.F16;
    }

    private static MatrixFragment fragment(PtxInstruction i, Role role, MatrixElement element) {
        Matcher shape = i.modifiers().stream()
                .map(SHAPE::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow();
        int m = Integer.parseInt(shape.group(1));
        int n = Integer.parseInt(shape.group(2));
        int k = Integer.parseInt(shape.group(3));
        return new MatrixFragment(
                role, i.opcode().equals("wmma"), role == Role.B ? k : m, role == Role.A ? k : n, element);
    }

    /** The fragment that a load or store of {@code wmma} moves. */
    private static MatrixFragment transferred(PtxInstruction i) {
        MatrixElement element = i.types().isEmpty() ? factor(i) : element(i.type());
        return fragment(i, i.has("a") ? Role.A : i.has("b") ? Role.B : Role.C, element);
    }

    private static List<Operand> registers(Emitter e, Operand operand, MatrixFragment fragment) {
        List<Operand> registers = operand instanceof Operand.Vector vector ? vector.elements() : List.of(operand);
        if (registers.size() != fragment.registers()) {
            throw e.error("a fragment of this shape and type has " + fragment.registers() + " registers, not "
                    + registers.size());
        }
        return registers;
    }

    /** The type of one register of a fragment. */
    private static PtxType register(MatrixElement element) {
        return element == MatrixElement.F64 ? PtxType.F64 : element == MatrixElement.F32 ? PtxType.F32 : PtxType.B32;
    }

    /** The type of an element in memory. */
    private static PtxType stored(MatrixElement element) {
        return element.bytes() == 1 ? PtxType.B8 : element.bytes() == 2 ? PtxType.B16 : register(element);
    }

    private static void handOver(Emitter e, PtxInstruction i) {
        MatrixProduct product = (MatrixProduct) describe(i);
        int offset = MatrixOperation.REGISTERS;
        int operand = 1;
        for (MatrixFragment fragment : List.of(product.a(), product.b(), product.c())) {
            PtxType type = fragment.element() == MatrixElement.F64 ? PtxType.B64 : PtxType.B32;
            for (Operand register : registers(e, i.operands().get(operand), fragment)) {
                SuspensionForms.put(e, register, type, offset);
                offset += 8;
            }
            operand++;
        }
        registers(e, i.operands().get(0), product.d());
        SuspensionForms.put(e, ALL, PtxType.U32, Suspension.MASK);
    }

    private static void rows(Emitter e, PtxInstruction i) {
        Operand.Address address = Addresses.operand(e, i, 1);
        String space = i.has("shared") || i.has("shared::cta") ? "shared" : "generic";
        SuspensionForms.pushSlot(e, Suspension.FIRST);
        Addresses.push(e, address, space, 0);
        if (e.frame().checks() >= 0) {
            e.push(8 * describe(i).registers());
            Addresses.pushWhere(e, i, space);
            e.method().visitVarInsn(ALOAD, e.frame().checks());
            e.call(CheckedMemory.class, "matrixRow", "(JIIIILtandem/kernels/translate/machine/CheckedMemory;)J");
        }
        SuspensionForms.putLong(e);
        SuspensionForms.put(e, ALL, PtxType.U32, Suspension.MASK);
    }

    /** Takes the result from the thread's record. */
    static void results(Emitter e, PtxInstruction i) {
        Operand target = i.operands().get(0);
        List<Operand> registers = target instanceof Operand.Vector vector ? vector.elements() : List.of(target);
        boolean wide = !i.opcode().equals("ldmatrix") && i.types().get(0) == PtxType.F64;
        for (int register = 0; register < registers.size(); register++) {
            SuspensionForms.getLong(e, MatrixOperation.REGISTERS + 8 * register);
            if (!wide) {
                e.op(L2I);
            }
            e.store(registers.get(register), wide ? PtxType.B64 : PtxType.B32);
        }
    }

    private static void load(Emitter e, PtxInstruction i) {
        MatrixFragment fragment = transferred(i);
        MatrixElement element = fragment.element();
        int place = 0;
        for (Operand register : registers(e, i.operands().get(0), fragment)) {
            for (int part = 0; part < element.perRegister(); part++) {
                e.frame().pushUnsafe();
                String space = pushAddress(e, i, 1, fragment, place++);
                if (e.frame().checks() >= 0) {
                    Addresses.checkedRead(e, i, space, element.bytes());
                }
                MemoryForms.access(e, "get", stored(element), false);
                if (element.bytes() < 4) {
                    e.narrow(stored(element));
                }
                if (part > 0) {
                    e.push(8 * element.bytes() * part);
                    e.op(ISHL, IOR);
                }
            }
            e.store(register, register(element));
        }
    }

    private static void store(Emitter e, PtxInstruction i) {
        MatrixFragment fragment = transferred(i);
        MatrixElement element = fragment.element();
        int place = 0;
        for (Operand register : registers(e, i.operands().get(1), fragment)) {
            for (int part = 0; part < element.perRegister(); part++) {
                boolean checked = e.frame().checks() >= 0;
                if (checked) {
                    e.method().visitVarInsn(ALOAD, e.frame().checks());
                } else {
                    e.frame().pushUnsafe();
                }
                String space = pushAddress(e, i, 0, fragment, place++);
                if (!checked) {
                    pushPart(e, register, element, part);
                    MemoryForms.access(e, "put", stored(element), false);
                    continue;
                }
                if (element == MatrixElement.F64) {
                    e.load(register, PtxType.B64);
                } else {
                    e.load(register, PtxType.B32);
                    e.push(8 * element.bytes() * part);
                    e.op(IUSHR, I2L);
                }
                e.push(element.bytes());
                Addresses.pushWhere(e, i, space);
                e.method()
                        .visitMethodInsn(
                                INVOKEVIRTUAL, Type.getInternalName(CheckedMemory.class), "write", "(JJIIII)V", false);
            }
        }
    }

    private static void pushPart(Emitter e, Operand register, MatrixElement element, int part) {
        if (element.bytes() >= 4) {
            e.load(register, register(element));
            return;
        }
        e.load(register, PtxType.B32);
        e.push(8 * element.bytes() * part);
        e.op(IUSHR);
    }

    /** Pushes the address of an element; returns the state space. */
    private static String pushAddress(Emitter e, PtxInstruction i, int operand, MatrixFragment fragment, int place) {
        Operand.Address address = Addresses.operand(e, i, operand);
        String space = Addresses.space(e, i, address);
        Addresses.push(e, address, space, 0);
        e.frame().pushSpecial("%laneid");
        e.push(place);
        e.push(fragment.number());
        e.push(i.has("row") ? 1 : 0);
        if (i.operands().size() > 2) {
            e.load(2, PtxType.U32);
        } else {
            e.push(i.has("row") ? fragment.columns() : fragment.rows());
        }
        e.call(MatrixFragment.class, "offset", "(IIIII)J");
        e.op(LADD);
        return space;
    }
}
