package tandem.kernels.translate.forms;

import static org.objectweb.asm.Opcodes.DUP2;
import static org.objectweb.asm.Opcodes.I2L;
import static org.objectweb.asm.Opcodes.L2I;
import static org.objectweb.asm.Opcodes.LADD;
import static org.objectweb.asm.Opcodes.LAND;
import static org.objectweb.asm.Opcodes.LOR;
import static org.objectweb.asm.Opcodes.LSHL;
import static org.objectweb.asm.Opcodes.LSUB;
import static org.objectweb.asm.Opcodes.LUSHR;
import static org.objectweb.asm.Opcodes.POP2;

import java.util.List;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/** Moves, packing and unpacking, and conversions of addresses (PTX ISA, sections 9.7.9.3 to 9.7.9.20). */
final class MoveForms {

    private MoveForms() {}

    static void register(FormTable table) {
        table.add("mov", "pred|b16|b32|b64|u16|u32|u64|s16|s32|s64|f32|f64", "", 2, MoveForms::move);
        // Shared and local addresses count from the start of their window; generic, global, constant and parameter
        // addresses
        // are native ones.
        table.add("cvta", "u64", "global|shared|local|const|param", 2, (e, i) -> address(e, i, LADD));
        table.add("cvta", "u64", "to global|shared|local|const|param", 2, (e, i) -> address(e, i, LSUB));
    }

    private static void move(Emitter e, PtxInstruction i) {
        if (i.operands().get(0) instanceof Operand.Vector parts) {
            unpack(e, i, parts.elements());
        } else if (i.operands().get(1) instanceof Operand.Vector parts) {
            pack(e, i, parts.elements());
        } else {
            e.load(1, i.type());
            e.store(0, i.type());
        }
    }

    private static PtxType partType(Emitter e, PtxInstruction i, int parts) {
        int bits = parts == 0 ? 0 : i.type().bits() / parts;
        if (i.type().kind() != PtxType.Kind.BITS || bits != 32 && bits != 16) {
            throw e.error("packs and unpacks .b64 as two or four parts and .b32 as two parts only");
        }
        return bits == 32 ? PtxType.B32 : PtxType.B16;
    }

    private static void unpack(Emitter e, PtxInstruction i, List<Operand> parts) {
        PtxType part = partType(e, i, parts.size());
        e.load(1, i.type());
        if (i.type().bits() == 32) {
            e.op(I2L);
        }
        for (int p = 0; p < parts.size(); p++) {
            e.op(DUP2);
            if (p > 0) {
                e.push(p * part.bits());
                e.op(LUSHR);
            }
            e.op(L2I);
            e.narrow(part);
            e.store(parts.get(p), part);
        }
        e.op(POP2);
    }

    private static void pack(Emitter e, PtxInstruction i, List<Operand> parts) {
        PtxType part = partType(e, i, parts.size());
        for (int p = 0; p < parts.size(); p++) {
            e.load(parts.get(p), part);
            e.op(I2L);
            if (part.bits() == 32) {
                e.push(0xFFFF_FFFFL);
                e.op(LAND);
            }
            if (p > 0) {
                e.push(p * part.bits());
                e.op(LSHL, LOR);
            }
        }
        if (i.type().bits() == 32) {
            e.op(L2I);
        }
        e.store(0, i.type());
    }

    private static void address(Emitter e, PtxInstruction i, int operation) {
        e.load(1, PtxType.U64);
        String space = i.has("shared") ? "shared" : i.has("local") ? "local" : null;
        if (space != null) {
            e.frame().pushWindow(space);
            e.op(operation);
        }
        e.store(0, PtxType.U64);
    }
}
