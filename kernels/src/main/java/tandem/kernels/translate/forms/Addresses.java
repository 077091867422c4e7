package tandem.kernels.translate.forms;

import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.CheckedMemory;

/** Computes native addresses from memory operands, and writes the calls of checked mode. */
final class Addresses implements Opcodes {

    private Addresses() {}

    static Operand.Address operand(Emitter e, PtxInstruction i, int index) {
        if (i.operands().get(index) instanceof Operand.Address address) {
            return address;
        }
        throw e.error("operand " + i.operands().get(index) + " must be a memory operand in brackets");
    }

    /** The state space that is accessed; {@code generic} when the instruction names none. */
    static String space(Emitter e, PtxInstruction i, Operand.Address address) {
        String stated = null;
        for (String space : new String[] {"global", "shared", "local", "const", "param"}) {
            stated = i.has(space) ? space : stated;
        }
        if (address.base() instanceof Operand.Symbol symbol) {
            String declared = e.frame().space(symbol.name());
            if (declared == null) {
                throw e.error("'" + symbol.name() + "' is not declared");
            }
            // Arguments of calls that were inlined are local variables now.
            boolean argument = "param".equals(stated) && declared.equals("local");
            if (stated != null && !stated.equals(declared) && !argument) {
                throw e.error("'" + symbol.name() + "' is in ." + declared + ", not in ." + stated);
            }
            return declared;
        }
        return stated == null ? "generic" : stated;
    }

    /** Pushes the native address. */
    static void push(Emitter e, Operand.Address address, String space, long extraOffset) {
        long offset = address.offset() + extraOffset;
        boolean window = space.equals("shared") || space.equals("local");
        if (address.base() instanceof Operand.Symbol symbol) {
            e.frame().pushSymbol(symbol.name());
        } else if (address.base() instanceof Operand.Register register
                && register.register().type().bits() == 32) {
            if (!window) {
                throw e.error("a 32-bit register can address .shared and .local memory only");
            }
            e.load(register, PtxType.U32);
            e.op(I2L);
        } else {
            e.load(address.base(), PtxType.U64);
        }
        if (window) {
            e.frame().pushWindow(space);
            e.op(LADD);
        }
        if (offset != 0) {
            e.push(offset);
            e.op(LADD);
        }
    }

    private static int how(PtxInstruction i) {
        boolean strong = i.has("relaxed") || i.has("acquire") || i.has("release") || i.has("acq_rel");
        return (i.has("nc") ? CheckedMemory.NON_COHERENT : 0)
                | (strong ? CheckedMemory.STRONG : 0)
                | (i.has("volatile") ? CheckedMemory.VOLATILE : 0)
                | (i.has("acquire") || i.has("acq_rel") ? CheckedMemory.ACQUIRE : 0)
                | (i.has("release") || i.has("acq_rel") ? CheckedMemory.RELEASE : 0)
                | (i.has("cta") ? CheckedMemory.OF_BLOCK : 0)
                | (i.has("cas") ? CheckedMemory.SWAP : 0);
    }

    /** Pushes how memory is accessed, the state space among it, line and thread. */
    static void pushWhere(Emitter e, PtxInstruction i, String space) {
        e.push(how(i)
                | (space.equals("shared")
                        ? CheckedMemory.SHARED
                        : space.equals("local")
                                ? CheckedMemory.LOCAL
                                : space.equals("const")
                                        ? CheckedMemory.CONSTANT
                                        : space.equals("global") ? CheckedMemory.GLOBAL : CheckedMemory.GENERIC));
        e.push(i.line());
        e.frame().pushThread();
    }

    /** Checks a read of the address on the stack, which stays there. */
    static void checkedRead(Emitter e, PtxInstruction i, String space, int bytes) {
        checked(e, i, space, bytes, "read");
    }

    /** Checks an atomic access to the address on the stack, which stays there. */
    static void checkedAtomic(Emitter e, PtxInstruction i, String space, int bytes) {
        checked(e, i, space, bytes, "atomic");
    }

    private static void checked(Emitter e, PtxInstruction i, String space, int bytes, String method) {
        e.push(bytes);
        pushWhere(e, i, space);
        e.method().visitVarInsn(ALOAD, e.frame().checks());
        e.call(CheckedMemory.class, method, "(JIIIILtandem/kernels/translate/machine/CheckedMemory;)J");
    }

    /** Checks the alignment of a whole vector. */
    static void checkedVector(Emitter e, PtxInstruction i, Operand.Address address, String space, int bytes) {
        if (space.equals("param")) {
            return;
        }
        push(e, address, space, 0);
        e.push(bytes);
        pushWhere(e, i, space);
        e.method().visitVarInsn(ALOAD, e.frame().checks());
        e.call(CheckedMemory.class, "aligned", "(JIIIILtandem/kernels/translate/machine/CheckedMemory;)V");
    }
}
