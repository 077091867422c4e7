package tandem.kernels.translate.forms;

import java.util.Set;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/**
 * Writes the bytecode of one method: loads operands as the type that an instruction requires, stores results into the
 * local variable of a register. Registers of 16 bits are stored zero-extended; predicates are 0 or 1.
 */
public final class Emitter implements Opcodes {

    /** Special registers that count time; here all in nanoseconds. */
    private static final Set<String> TIMES =
            Set.of("%clock", "%clock_hi", "%clock64", "%globaltimer", "%globaltimer_lo", "%globaltimer_hi");

    private final String file;
    private final MethodVisitor method;
    private final Frame frame;
    private PtxInstruction instruction;

    /** Where the method keeps what instructions refer to. */
    public interface Frame {

        /** Local variable of a register. */
        int slot(PtxRegister register);

        /** How the register is held. */
        Kind kind(PtxRegister register);

        /** Pushes a special register as an int. */
        void pushSpecial(String name);

        /** Pushes the address of a variable or parameter, within its own window when it is shared or local. */
        void pushSymbol(String name);

        /** The state space of a variable or parameter, or null when there is none of that name. */
        String space(String name);

        /** Pushes the base address of the {@code shared} or {@code local} window. */
        void pushWindow(String space);

        /** Pushes the {@link tandem.kernels.translate.machine.BlockContext}. */
        void pushContext();

        /** Pushes the sun.misc.Unsafe. */
        void pushUnsafe();

        /** Where a thread goes when it exits. */
        Label exit();

        /** Label of the block with that name. */
        Label target(String name);

        /** A local variable that only the current instruction uses. */
        int temporary(Kind kind);

        /** Local variable of the carry flag. */
        int carry();

        /** Pushes the thread's number in its block. */
        void pushThread();

        /** Pushes the address of the thread's record. */
        void pushRecord();

        /** Local variable of the checks; negative when nothing is checked. */
        int checks();
    }

    /** @param file name of the PTX file, for errors */
    public Emitter(String file, MethodVisitor method, Frame frame) {
        this.file = file;
        this.method = method;
        this.frame = frame;
    }

    /** Writes one instruction with its guard. */
    public void instruction(PtxInstruction next) {
        Form form = FormTable.find(file, next);
        instruction = next;
        if (next.guard() == null || next.opcode().equals("bra")) {
            form.emission().emit(this, next);
        } else {
            Label skip = new Label();
            method.visitVarInsn(ILOAD, frame.slot(next.guard()));
            method.visitJumpInsn(next.guardNegated() ? IFNE : IFEQ, skip);
            form.emission().emit(this, next);
            method.visitLabel(skip);
        }
    }

    /** Takes over what the thread got while it waited at a suspension. */
    public void results(PtxInstruction suspension) {
        instruction = suspension;
        SuspensionForms.results(this, suspension);
    }

    /** The frame of the method. */
    Frame frame() {
        return frame;
    }

    /** The visitor that takes the bytecode. */
    public MethodVisitor method() {
        return method;
    }

    /** An exception about the current instruction. */
    public PtxException error(String message) {
        return new PtxException(file, instruction.line(), "'" + instruction.text() + "': " + message);
    }

    /** Writes opcodes that take no argument. */
    public void op(int... opcodes) {
        for (int opcode : opcodes) {
            method.visitInsn(opcode);
        }
    }

    /** Calls a static method of the machine package. */
    public void call(Class<?> owner, String name, String descriptor) {
        method.visitMethodInsn(INVOKESTATIC, Type.getInternalName(owner), name, descriptor, false);
    }

    /** Calls a static method whose arguments and result are values of one kind. */
    public void call(Class<?> owner, String name, Kind kind, int arguments) {
        call(owner, name, "(" + String.valueOf(kind.descriptor()).repeat(arguments) + ")" + kind.descriptor());
    }

    /** Pushes an int constant. */
    public void push(int value) {
        if (value >= -1 && value <= 5) {
            method.visitInsn(ICONST_0 + value);
        } else if (value == (byte) value) {
            method.visitIntInsn(BIPUSH, value);
        } else if (value == (short) value) {
            method.visitIntInsn(SIPUSH, value);
        } else {
            method.visitLdcInsn(value);
        }
    }

    /** Pushes a long constant. */
    public void push(long value) {
        if (value == 0 || value == 1) {
            method.visitInsn(LCONST_0 + (int) value);
        } else if (value == (short) value) {
            push((int) value);
            method.visitInsn(I2L);
        } else {
            method.visitLdcInsn(value);
        }
    }

    /** Pushes a float constant; NaN with its bits. */
    public void push(float value) {
        if (Float.floatToRawIntBits(value) == 0 || value == 1f || value == 2f) {
            method.visitInsn(FCONST_0 + (int) value);
        } else {
            method.visitLdcInsn(value);
        }
    }

    /** Pushes a double constant. */
    public void push(double value) {
        if (Double.doubleToRawLongBits(value) == 0 || value == 1.0) {
            method.visitInsn(DCONST_0 + (int) value);
        } else {
            method.visitLdcInsn(value);
        }
    }

    /** Pushes operand {@code index} of the current instruction as that type. */
    public void load(int index, PtxType type) {
        load(instruction.operands().get(index), type);
    }

    /**
     * Pushes an operand as a value of that type: narrow integers extended to int by their sign, the rest by
     * {@link Kind}.
     */
    public void load(Operand operand, PtxType type) {
        if (operand instanceof Operand.Register register) {
            loadRegister(register.register(), type);
        } else if (operand instanceof Operand.IntegerLiteral literal) {
            pushBits(literal.value(), type);
        } else if (operand instanceof Operand.FloatLiteral literal) {
            pushBits(literalBits(literal, type), type);
        } else if (operand instanceof Operand.Special special && TIMES.contains(special.name())) {
            call(System.class, "nanoTime", "()J");
            if (special.name().endsWith("_hi")) {
                push(32);
                op(LUSHR);
            }
            if (type.bytes() < 8) {
                op(L2I);
            }
        } else if (operand instanceof Operand.Special special) {
            frame.pushSpecial(special.name());
            if (type.bytes() == 8) {
                op(I2L);
                push(0xFFFF_FFFFL);
                op(LAND);
            } else {
                narrow(type);
            }
        } else if (operand instanceof Operand.Symbol symbol) {
            loadSymbol(symbol, type);
        } else if (operand instanceof Operand.Negated negated && type == PtxType.PRED) {
            load(negated.operand(), type);
            op(ICONST_1, IXOR);
        } else {
            throw error("operand " + operand + " cannot be read as ." + type.ptxName());
        }
    }

    private void loadSymbol(Operand.Symbol symbol, PtxType type) {
        if (frame.space(symbol.name()) == null) {
            throw error("'" + symbol.name() + "' is not declared");
        }
        frame.pushSymbol(symbol.name());
        if (symbol.offset() != 0) {
            push(symbol.offset());
            op(LADD);
        }
        if (type.bytes() == 4) {
            op(L2I);
        } else if (type.bytes() != 8) {
            throw error("an address does not fit ." + type.ptxName());
        }
    }

    private long literalBits(Operand.FloatLiteral literal, PtxType type) {
        if (type == PtxType.F64) {
            return Double.doubleToRawLongBits(literal.value());
        }
        if (type == PtxType.F32) {
            return literal.single() ? literal.bits() : Float.floatToRawIntBits((float) literal.value());
        }
        return literal.bits();
    }

    private void pushBits(long bits, PtxType type) {
        switch (type) {
            case F32 -> push(Float.intBitsToFloat((int) bits));
            case F64 -> push(Double.longBitsToDouble(bits));
            case S64, U64, B64 -> push(bits);
            case PRED -> push(bits != 0 ? 1 : 0);
            case S8 -> push((int) (byte) bits);
            case U8, B8 -> push((int) bits & 0xFF);
            case S16 -> push((int) (short) bits);
            case U16, B16, F16 -> push((int) bits & 0xFFFF);
            default -> push((int) bits);
        }
    }

    private void loadRegister(PtxRegister register, PtxType type) {
        PtxType declared = register.type();
        Kind kind = frame.kind(register);
        if (type.bits() > declared.bits()
                || (type == PtxType.PRED) != (declared == PtxType.PRED)
                || type.isFloat() && type.bits() != declared.bits()) {
            throw error(
                    "register " + register + " is declared ." + declared.ptxName() + " but read as ." + type.ptxName());
        }
        method.visitVarInsn(kind.load(), frame.slot(register));
        Kind wanted = Kind.of(type);
        if (kind == Kind.FLOAT && wanted != Kind.FLOAT) {
            call(Float.class, "floatToRawIntBits", "(F)I");
            kind = Kind.INT;
        } else if (kind == Kind.DOUBLE && wanted != Kind.DOUBLE) {
            call(Double.class, "doubleToRawLongBits", "(D)J");
            kind = Kind.LONG;
        }
        if (kind == Kind.LONG && wanted == Kind.INT) {
            op(L2I);
            kind = Kind.INT;
        }
        if (kind == Kind.INT && wanted == Kind.FLOAT) {
            call(Float.class, "intBitsToFloat", "(I)F");
        } else if (kind == Kind.LONG && wanted == Kind.DOUBLE) {
            call(Double.class, "longBitsToDouble", "(J)D");
        } else if (declared.bits() > type.bits() || type.isSigned()) {
            narrow(type);
        }
    }

    /** Brings the int on the stack into the range of a type of 8 or 16 bits; leaves other types alone. */
    void narrow(PtxType type) {
        switch (type) {
            case S8 -> op(I2B);
            case U8, B8 -> {
                push(0xFF);
                op(IAND);
            }
            case S16 -> op(I2S);
            case U16, B16, F16 -> op(I2C);
            default -> {}
        }
    }

    /** Stores the value on the stack into operand {@code index}, which must be as wide as the type. */
    public void store(int index, PtxType type) {
        store(instruction.operands().get(index), type);
    }

    /** Stores the value on the stack, of that type, into a register as wide as the type, or drops it. */
    public void store(Operand operand, PtxType type) {
        if (operand instanceof Operand.Register register
                && register.register().type().bits() != type.bits()) {
            throw error("register " + register + " is declared ."
                    + register.register().type().ptxName() + " but receives ." + type.ptxName());
        }
        storeExtended(operand, type);
    }

    /** Stores the value on the stack into a register at least as wide as the type, extending integers by their sign. */
    void storeExtended(Operand operand, PtxType type) {
        if (operand instanceof Operand.Sink) {
            op(Kind.of(type).size() == 2 ? POP2 : POP);
            return;
        }
        if (!(operand instanceof Operand.Register target)) {
            throw error("operand " + operand + " cannot be written");
        }
        PtxRegister register = target.register();
        PtxType declared = register.type();
        if (declared.bits() < type.bits()
                || (type == PtxType.PRED) != (declared == PtxType.PRED)
                || type.isFloat() && declared.bits() != type.bits()) {
            throw error("register " + register + " is declared ." + declared.ptxName() + " but receives ."
                    + type.ptxName());
        }
        Kind have = Kind.of(type);
        if (have == Kind.INT && declared.bits() == 64) {
            op(I2L);
            if (!type.isSigned() && type.bits() == 32) {
                push(0xFFFF_FFFFL);
                op(LAND);
            }
            have = Kind.LONG;
        } else if (have == Kind.INT && declared.bits() == 16) {
            op(I2C);
        }
        Kind wanted = frame.kind(register);
        if (have == Kind.INT && wanted == Kind.FLOAT) {
            call(Float.class, "intBitsToFloat", "(I)F");
        } else if (have == Kind.FLOAT && wanted == Kind.INT) {
            call(Float.class, "floatToRawIntBits", "(F)I");
        } else if (have == Kind.LONG && wanted == Kind.DOUBLE) {
            call(Double.class, "longBitsToDouble", "(J)D");
        } else if (have == Kind.DOUBLE && wanted == Kind.LONG) {
            call(Double.class, "doubleToRawLongBits", "(D)J");
        }
        method.visitVarInsn(wanted.store(), frame.slot(register));
    }
}
