package tandem.kernels.translate.forms;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;

/**
 * Loads and stores (PTX ISA, sections 9.7.9.8 to 9.7.9.14). Cache hints, scopes and orderings change nothing on the
 * host.
 */
final class MemoryForms implements Opcodes {

    private static final String SCALARS = "u8|s8|b8|u16|s16|b16|u32|s32|b32|u64|s64|b64|f32|f64";
    private static final String UP_TO_32_BITS = "u8|s8|b8|u16|s16|b16|u32|s32|b32|f32";
    private static final String ORDERINGS = "weak|volatile|relaxed|cta|cluster|gpu|sys";
    private static final String EVICTIONS =
            "|L1::evict_normal|L1::evict_unchanged|L1::evict_first|L1::evict_last|L1::no_allocate";
    private static final String LOAD_HINTS =
            " ~ca|cg|cs|lu|cv|nc|acquire|" + ORDERINGS + EVICTIONS + "|L2::64B|L2::128B|L2::256B";
    private static final String STORE_HINTS = " ~wb|cg|cs|wt|release|" + ORDERINGS + EVICTIONS;

    private MemoryForms() {}

    static void register(FormTable table) {
        String from = "?global|shared|local|const|param";
        table.add("ld", SCALARS, from + LOAD_HINTS, 2, MemoryForms::load);
        table.add("ld", SCALARS, from + " v2" + LOAD_HINTS, 2, MemoryForms::load);
        table.add("ld", UP_TO_32_BITS, from + " v4" + LOAD_HINTS, 2, MemoryForms::load);
        String to = "?global|shared|local|param";
        table.add("st", SCALARS, to + STORE_HINTS, 2, MemoryForms::store);
        table.add("st", SCALARS, to + " v2" + STORE_HINTS, 2, MemoryForms::store);
        table.add("st", UP_TO_32_BITS, to + " v4" + STORE_HINTS, 2, MemoryForms::store);
        table.add("prefetch", "", "?global|local L1|L2", 1, (e, i) -> {});
    }

    private static void load(Emitter e, PtxInstruction i) {
        Operand.Address address = Addresses.operand(e, i, 1);
        List<Operand> targets = elements(e, i, i.operands().get(0));
        String space = Addresses.space(e, i, address);
        PtxType type = i.type();
        if (targets.size() > 1 && e.frame().checks() >= 0) {
            Addresses.checkedVector(e, i, address, space, targets.size() * type.bytes());
        }
        boolean ordered = ordered(i, type);
        if (i.has("acquire") && e.frame().checks() < 0) {
            e.frame().pushContext();
            e.call(BlockContext.class, "looks", "(" + Type.getDescriptor(BlockContext.class) + ")V");
        }
        for (int lane = 0; lane < targets.size(); lane++) {
            e.frame().pushUnsafe();
            if (ordered) {
                e.op(ACONST_NULL);
            }
            Addresses.push(e, address, space, (long) lane * type.bytes());
            if (e.frame().checks() >= 0 && !space.equals("param")) {
                Addresses.checkedRead(e, i, space, type.bytes());
            }
            access(e, "get", type, ordered);
            if (type == PtxType.U8 || type == PtxType.B8 || type == PtxType.U16 || type == PtxType.B16) {
                e.narrow(type);
            }
            e.storeExtended(targets.get(lane), type);
        }
    }

    private static void store(Emitter e, PtxInstruction i) {
        Operand.Address address = Addresses.operand(e, i, 0);
        List<Operand> sources = elements(e, i, i.operands().get(1));
        String space = Addresses.space(e, i, address);
        PtxType type = i.type();
        boolean checked = e.frame().checks() >= 0;
        if (sources.size() > 1 && checked) {
            Addresses.checkedVector(e, i, address, space, sources.size() * type.bytes());
        }
        boolean ordered = ordered(i, type);
        for (int lane = 0; lane < sources.size(); lane++) {
            if (checked) {
                e.method().visitVarInsn(ALOAD, e.frame().checks());
                Addresses.push(e, address, space, (long) lane * type.bytes());
                e.load(sources.get(lane), type);
                widen(e, type);
                e.push(type.bytes());
                Addresses.pushWhere(e, i, space);
                e.method()
                        .visitMethodInsn(
                                INVOKEVIRTUAL, Type.getInternalName(CheckedMemory.class), "write", "(JJIIII)V", false);
            } else {
                e.frame().pushUnsafe();
                if (ordered) {
                    e.op(ACONST_NULL);
                }
                Addresses.push(e, address, space, (long) lane * type.bytes());
                e.load(sources.get(lane), type);
                access(e, "put", type, ordered);
            }
        }
    }

    /** Turns the value on the stack into its bits as a long. */
    private static void widen(Emitter e, PtxType type) {
        if (type == PtxType.F32) {
            e.call(Float.class, "floatToRawIntBits", "(F)I");
        } else if (type == PtxType.F64) {
            e.call(Double.class, "doubleToRawLongBits", "(D)J");
        }
        if (type.bits() < 64) {
            e.op(I2L);
        }
    }

    /** Whether another thread's access must not be reordered with this one, nor this one left out. */
    private static boolean ordered(PtxInstruction i, PtxType type) {
        return type.bytes() >= 4 && (i.has("volatile") || i.has("relaxed") || i.has("acquire") || i.has("release"));
    }

    /**
     * Reads or writes memory at the address on the stack.
     *
     * @param verb {@code get} or {@code put}
     */
    static void access(Emitter e, String verb, PtxType type, boolean ordered) {
        Kind kind = Kind.of(type);
        String name = switch (type.bytes()) {
            case 1 -> "Byte";
            case 2 -> "Short";
            default -> kind == Kind.INT ? "Int" : kind == Kind.LONG ? "Long" : kind == Kind.FLOAT ? "Float" : "Double";
        };
        char descriptor = type.bytes() == 1 ? 'B' : type.bytes() == 2 ? 'S' : kind.descriptor();
        String address = ordered ? "(Ljava/lang/Object;J" : "(J";
        e.method()
                .visitMethodInsn(
                        INVOKEVIRTUAL,
                        Type.getInternalName(Unsafe.class),
                        verb + name + (ordered ? "Volatile" : ""),
                        verb.equals("get") ? address + ")" + descriptor : address + descriptor + ")V",
                        false);
    }

    /** The registers of a vector, or the one register. */
    static List<Operand> elements(Emitter e, PtxInstruction i, Operand operand) {
        int lanes = i.has("v2") ? 2 : i.has("v4") ? 4 : 1;
        List<Operand> elements = operand instanceof Operand.Vector vector ? vector.elements() : List.of(operand);
        if (elements.size() != lanes) {
            throw e.error("takes " + lanes + " registers, not " + elements.size());
        }
        return elements;
    }
}
