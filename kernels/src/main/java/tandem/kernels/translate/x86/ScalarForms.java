package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;
import static tandem.kernels.translate.x86.Code.RCX;
import static tandem.kernels.translate.x86.Code.RDX;

import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/**
 * The code of instructions whose result is scalar: it runs once for all lanes, in general registers, on the values of
 * lane 0. Predicates are 0 or -1. What the {@link Guard} of an instruction checks ends at a label when it fails, with
 * nothing changed.
 */
final class ScalarForms {

    private final FullLanes e;
    private final Code x;
    private PtxInstruction i;

    ScalarForms(FullLanes lanes) {
        this.e = lanes;
        this.x = lanes.x;
    }

    /** Writes the code; {@code fail} is where a check that fails goes. */
    void lower(PtxInstruction instruction, Code.Label fail) {
        i = instruction;
        e.instruction = instruction;
        PtxRegister result = e.result(0);
        PtxType type = i.type();
        boolean wide = type.bits() == 64;
        switch (i.opcode()) {
            case "ld" -> {
                e.memory().loadScalar(i);
                if (result.type().bits() == 64 && !wide) {
                    // Loads extend to the width of the register.
                    wide = true;
                    if (type.isSigned()) {
                        x.alu(true, Code.MOVSXD, RAX, RAX);
                    }
                }
            }
            case "mov", "cvta" -> {
                load(RAX, 1, type);
                if (i.has("shared")) {
                    x.alu(true, i.has("to") ? Code.SUB : Code.ADD, RAX, Frame.at(Frame.SHARED));
                }
            }
            case "add" -> binary(Code.ADD, type);
            case "sub" -> binary(Code.SUB, type);
            case "or" -> binary(Code.OR, type);
            case "xor" -> binary(Code.XOR, type);
            case "and" -> {
                binary(Code.AND, type);
                if (guard() == Guard.LOW_BITS) {
                    lowBits(wide, fail);
                }
            }
            case "not", "neg" -> {
                load(RAX, 1, type);
                x.unary(wide, i.opcode().equals("not") ? 2 : 3, Place.reg(RAX));
            }
            case "mul", "mad" -> {
                product(type, fail);
                wide |= i.has("wide");
            }
            case "shl", "shr" -> shift(type, fail);
            case "div", "rem" -> divide(type, fail);
            case LaneBlocks.DIVIDE -> joinedDivision(fail);
            case "min", "max" -> {
                load(RAX, 1, type);
                load(RCX, 2, type);
                x.alu(wide, Code.CMP, RCX, RAX);
                boolean max = i.opcode().equals("max");
                int better = type.isSigned() ? max ? Code.GREATER : Code.LESS : max ? Code.ABOVE : Code.BELOW;
                x.alu(wide, Code.CMOV | better, RAX, RCX);
            }
            case "setp" -> compare(type, fail);
            case "selp" -> {
                load(RAX, 2, type);
                load(RCX, 1, type);
                load(RDX, 3, PtxType.PRED);
                x.alu(false, Code.TEST, RDX, RDX);
                x.alu(wide, Code.CMOV | Code.NOT_EQUAL, RAX, RCX);
            }
            case "cvt" -> convert(fail);
            default -> throw e.unsupported();
        }
        int bits = i.opcode().equals("setp")
                ? 1
                : i.opcode().equals("cvt") ? i.types().get(0).bits() : wide ? 64 : type.bits();
        if (bits != result.type().bits()) {
            throw e.unsupported();
        }
        x.alu(bits == 64, Code.MOV_STORE, RAX, e.scalar(result));
    }

    private Guard guard() {
        return e.shapes().guard(i);
    }

    private Shape shape(int operand) {
        return e.shapes().shape(i.operands().get(operand));
    }

    /** Brings an operand into a general register, 32-bit ones zero-extended. */
    private void load(int to, int index, PtxType type) {
        load(to, i.operands().get(index), type);
    }

    void load(int to, Operand operand, PtxType type) {
        if (operand instanceof Operand.IntegerLiteral literal) {
            x.constant(
                    to,
                    type == PtxType.PRED
                            ? literal.value() != 0 ? -1 : 0
                            : type.bits() == 64 ? literal.value() : literal.value() & 0xFFFF_FFFFL);
        } else if (operand instanceof Operand.Register register
                && register.register().type().bits() == type.bits()) {
            x.alu(type.bits() == 64, Code.MOV, to, e.scalar(register.register()));
        } else if (operand instanceof Operand.Special special && type.bits() == 32) {
            x.alu(false, Code.MOV, to, FullLanes.specialScalar(special.name()));
        } else if (operand instanceof Operand.Symbol symbol
                && (type.bits() == 64 || type.bits() == 32 && e.symbols.isShared(symbol.name()))) {
            x.constant(to, e.symbols.address(symbol));
        } else if (operand instanceof Operand.Negated negated && type == PtxType.PRED) {
            load(to, negated.operand(), type);
            x.unary(false, 2, Place.reg(to));
        } else {
            throw e.unsupported();
        }
    }

    private void binary(int opcode, PtxType type) {
        boolean wide = type.bits() == 64;
        load(RAX, 1, type);
        Operand second = i.operands().get(2);
        if (second instanceof Operand.IntegerLiteral literal
                && type != PtxType.PRED
                && (type.bits() == 32 || literal.value() == (int) literal.value())) {
            x.aluConstant(wide, opcode, RAX, (int) literal.value());
        } else if (second instanceof Operand.Register register
                && register.register().type().bits() == type.bits()) {
            x.alu(wide, opcode, RAX, e.scalar(register.register()));
        } else {
            load(RCX, 2, type);
            x.alu(wide, opcode, RAX, RCX);
        }
    }

    /** The value of the last lane in rdx, from that of the first in rax; fails where one between them wraps around. */
    private void last(long stride, boolean wide, boolean signed, Code.Label fail) {
        x.alu(wide, Code.MOV, RDX, RAX);
        int distance = Math.toIntExact(e.lastLane() * Math.abs(stride));
        x.aluConstant(wide, stride > 0 ? Code.ADD : Code.SUB, RDX, distance);
        x.jump(signed ? Code.OVERFLOW : Code.BELOW, fail);
    }

    private void lowBits(boolean wide, Code.Label fail) {
        long mask = ((Operand.IntegerLiteral) i.operands().get(2)).value();
        x.alu(wide, Code.MOV, RDX, RAX);
        x.aluConstant(wide, Code.ADD, RDX, Math.toIntExact(e.lastLane() * shape(1).stride()));
        x.aluConstant(wide, Code.CMP, RDX, Math.toIntExact(mask));
        x.jump(Code.ABOVE, fail);
    }

    private void product(PtxType type, Code.Label fail) {
        boolean sum = i.opcode().equals("mad");
        boolean signed = type.isSigned();
        if (i.has("lo")) {
            load(RAX, 1, type);
            load(RCX, 2, type);
            x.alu(type.bits() == 64, Code.IMUL, RAX, RCX);
            if (sum) {
                load(RCX, 3, type);
                x.alu(type.bits() == 64, Code.ADD, RAX, RCX);
            }
            return;
        }
        int strided = shape(1).strided() ? 1 : 2;
        load(RAX, strided, type);
        if (guard() == Guard.WIDEN) {
            last(shape(strided).stride(), false, signed, fail);
        }
        load(RCX, 3 - strided, type);
        if (signed) {
            x.alu(true, Code.MOVSXD, RAX, RAX);
            x.alu(true, Code.MOVSXD, RCX, RCX);
        }
        x.alu(true, Code.IMUL, RAX, RCX);
        if (i.has("hi")) {
            x.shift(true, 5, RAX, 32);
        } else if (sum) {
            load(RCX, 3, signed ? PtxType.S64 : PtxType.U64);
            x.alu(true, Code.ADD, RAX, RCX);
        }
    }

    private void shift(PtxType type, Code.Label fail) {
        boolean wide = type.bits() == 64;
        boolean left = i.opcode().equals("shl");
        int digit = left ? 4 : type.isSigned() ? 7 : 5;
        load(RAX, 1, type);
        boolean checked = guard() == Guard.QUOTIENT;
        if (checked) {
            last(shape(1).stride(), wide, type.isSigned(), fail);
        }
        if (i.operands().get(2) instanceof Operand.IntegerLiteral by && by.value() >= 0 && by.value() < type.bits()) {
            x.shift(wide, digit, RAX, (int) by.value());
            if (checked) {
                x.shift(wide, digit, RDX, (int) by.value());
                x.alu(wide, Code.CMP, RAX, RDX);
                x.jump(Code.NOT_EQUAL, fail);
            }
            return;
        }
        load(RCX, 2, PtxType.U32);
        if (checked) {
            x.aluConstant(false, Code.CMP, RCX, type.bits() - 1);
            x.jump(Code.ABOVE, fail);
            x.shiftByCl(wide, digit, RAX);
            x.shiftByCl(wide, digit, RDX);
            x.alu(wide, Code.CMP, RAX, RDX);
            x.jump(Code.NOT_EQUAL, fail);
        } else if (digit == 7) {
            x.constant(RDX, type.bits() - 1);
            x.alu(false, Code.CMP, RCX, RDX);
            x.alu(false, Code.CMOV | Code.ABOVE, RCX, RDX);
            x.shiftByCl(wide, digit, RAX);
        } else {
            x.shiftByCl(wide, digit, RAX);
            x.constant(RDX, 0);
            x.aluConstant(false, Code.CMP, RCX, type.bits() - 1);
            x.alu(wide, Code.CMOV | Code.ABOVE, RAX, RDX);
        }
    }

    /** (first factor * second factor) >> shift, which must be the same for the first and the last lane. */
    private void joinedDivision(Code.Label fail) {
        int strided = shape(1).strided() ? 1 : 2;
        load(RAX, strided, PtxType.U32);
        boolean checked = guard() == Guard.QUOTIENT;
        if (checked) {
            last(shape(strided).stride(), false, false, fail);
        }
        load(RCX, 3 - strided, PtxType.U32);
        x.alu(true, Code.IMUL, RAX, RCX);
        if (checked) {
            x.alu(true, Code.IMUL, RDX, RCX);
        }
        load(RCX, 3, PtxType.U32);
        x.shiftByCl(true, 5, RAX);
        if (checked) {
            x.shiftByCl(true, 5, RDX);
            x.alu(true, Code.CMP, RAX, RDX);
            x.jump(Code.NOT_EQUAL, fail);
            x.aluConstant(false, Code.CMP, RCX, 63);
            x.jump(Code.ABOVE, fail);
        } else {
            x.constant(RDX, 0);
            x.aluConstant(false, Code.CMP, RCX, 63);
            x.alu(true, Code.CMOV | Code.ABOVE, RAX, RDX);
        }
    }

    private void divide(PtxType type, Code.Label fail) {
        boolean signed = type.isSigned();
        Code.Label end = new Code.Label();
        load(RCX, 2, type);
        if (guard() == Guard.QUOTIENT) {
            // A divisor of 0 or -1 is left to the other code.
            x.alu(false, Code.TEST, RCX, RCX);
            x.jump(Code.EQUAL, fail);
            x.aluConstant(false, Code.CMP, RCX, -1);
            x.jump(Code.EQUAL, fail);
            load(RAX, 1, type);
            last(shape(1).stride(), false, signed, fail);
            x.alu(false, Code.MOV_STORE, RDX, Frame.at(Frame.DATA));
            quotient(signed);
            x.alu(false, Code.MOV_STORE, RAX, Frame.at(Frame.DATA + 8));
            x.alu(false, Code.MOV, RAX, Frame.at(Frame.DATA));
            quotient(signed);
            x.alu(false, Code.CMP, RAX, Frame.at(Frame.DATA + 8));
            x.jump(Code.NOT_EQUAL, fail);
            return;
        }
        boolean remainder = i.opcode().equals("rem");
        Code.Label special = new Code.Label();
        load(RAX, 1, type);
        x.alu(false, Code.TEST, RCX, RCX);
        x.jump(Code.EQUAL, special);
        Code.Label minusOne = new Code.Label();
        if (signed) {
            x.aluConstant(false, Code.CMP, RCX, -1);
            x.jump(Code.EQUAL, minusOne);
        }
        quotient(signed);
        if (remainder) {
            x.alu(false, Code.MOV, RAX, RDX);
        }
        x.jump(end);
        if (signed) {
            x.bind(minusOne);
            if (remainder) {
                x.constant(RAX, 0);
            } else {
                x.unary(false, 3, Place.reg(RAX));
            }
            x.jump(end);
        }
        x.bind(special);
        x.constant(RAX, 0xFFFF_FFFFL);
        x.bind(end);
    }

    private void quotient(boolean signed) {
        if (signed) {
            x.cdq();
        } else {
            x.alu(false, Code.XOR, RDX, RDX);
        }
        x.unary(false, signed ? 7 : 6, Place.reg(RCX));
    }

    private void compare(PtxType type, Code.Label fail) {
        boolean wide = type.bits() == 64;
        boolean signed = type.isSigned();
        int condition = condition(signed);
        load(RAX, 1, type);
        if (guard() == Guard.COMPARE && (condition == Code.EQUAL || condition == Code.NOT_EQUAL)) {
            // The same for all where the number lies outside of those of the lanes.
            load(RDX, 2, type);
            x.alu(wide, Code.SUB, RDX, RAX);
            x.aluConstant(wide, Code.CMP, RDX, Math.toIntExact(e.lastLane() * shape(1).stride()));
            x.jump(Code.BELOW_EQUAL, fail);
            x.constant(RAX, condition == Code.EQUAL ? 0 : 1);
        } else if (guard() == Guard.COMPARE) {
            last(shape(1).stride(), wide, signed, fail);
            load(RCX, 2, type);
            x.alu(wide, Code.CMP, RDX, RCX);
            x.set(condition, RDX);
            x.alu(false, Code.MOVZX_BYTE, RDX, RDX);
            x.alu(wide, Code.CMP, RAX, RCX);
            x.set(condition, RAX);
            x.alu(false, Code.MOVZX_BYTE, RAX, RAX);
            x.alu(false, Code.CMP, RAX, RDX);
            x.jump(Code.NOT_EQUAL, fail);
        } else {
            load(RCX, 2, type);
            x.alu(wide, Code.CMP, RAX, RCX);
            x.set(condition, RAX);
            x.alu(false, Code.MOVZX_BYTE, RAX, RAX);
        }
        x.unary(false, 3, Place.reg(RAX));
        if (i.operands().size() == 4) {
            load(RCX, 3, PtxType.PRED);
            x.alu(false, i.has("and") ? Code.AND : i.has("or") ? Code.OR : Code.XOR, RAX, RCX);
        }
    }

    private int condition(boolean signed) {
        if (i.has("eq")) {
            return Code.EQUAL;
        }
        if (i.has("ne")) {
            return Code.NOT_EQUAL;
        }
        if (i.has("lt") || i.has("lo")) {
            return signed ? Code.LESS : Code.BELOW;
        }
        if (i.has("le") || i.has("ls")) {
            return signed ? Code.LESS_EQUAL : Code.BELOW_EQUAL;
        }
        if (i.has("gt") || i.has("hi")) {
            return signed ? Code.GREATER : Code.ABOVE;
        }
        if (i.has("ge") || i.has("hs")) {
            return signed ? Code.GREATER_EQUAL : Code.ABOVE_EQUAL;
        }
        throw e.unsupported();
    }

    private void convert(Code.Label fail) {
        PtxType to = i.types().get(0);
        PtxType from = i.types().get(1);
        load(RAX, 1, from);
        if (guard() == Guard.WIDEN) {
            last(shape(1).stride(), false, from.isSigned(), fail);
        }
        if (to.bits() > from.bits() && from.isSigned()) {
            x.alu(true, Code.MOVSXD, RAX, RAX);
        }
    }
}
