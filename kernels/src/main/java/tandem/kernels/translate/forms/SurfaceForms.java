package tandem.kernels.translate.forms;

import java.util.List;
import org.objectweb.asm.Opcodes;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.TextureUnit;

/** Unformatted reads and writes of surfaces by their handle (PTX ISA, "Surface Instructions"). */
final class SurfaceForms implements Opcodes {

    private SurfaceForms() {}

    static void register(FormTable table) {
        String outside = " trap|clamp|zero";
        for (String vector : new String[] {"", " v2", " v4"}) {
            String types = vector.equals(" v4") ? "b8|b16|b32" : "b8|b16|b32|b64";
            table.add("suld", types, "b 1d|2d|3d" + vector + outside, 2, SurfaceForms::load);
            table.add("sust", types, "b 1d|2d|3d" + vector + outside, 2, SurfaceForms::store);
        }
    }

    /** Pushes the address of the first element. */
    private static void pushAddress(Emitter e, PtxInstruction i, int operand, int bytes, boolean writes) {
        Operand.Texel texel = TextureForms.texel(e, i, operand);
        int dims = i.has("1d") ? 1 : i.has("2d") ? 2 : 3;
        if (texel.coordinates().size() < dims) {
            throw e.error("takes " + dims + " coordinates");
        }
        TextureForms.pushHandle(e, i, texel.handle());
        for (int dim = 0; dim < 3; dim++) {
            if (dim < dims) {
                e.load(texel.coordinates().get(dim), PtxType.S32);
            } else {
                e.push(0);
            }
        }
        e.push(bytes);
        e.push(i.has("clamp") ? TextureUnit.CLAMP : i.has("zero") ? TextureUnit.ZERO : TextureUnit.TRAP);
        e.push(writes ? 1 : 0);
        e.call(TextureUnit.class, "surface", "(JIIIIII)J");
    }

    /** Keeps the address in a local variable, as all elements are behind it. */
    private static int address(Emitter e, PtxInstruction i, int operand, int count, boolean writes) {
        pushAddress(e, i, operand, count * i.type().bytes(), writes);
        int local = e.frame().temporary(Kind.LONG);
        e.method().visitVarInsn(LSTORE, local);
        return local;
    }

    private static void pushElement(Emitter e, PtxInstruction i, int local, int element) {
        e.frame().pushUnsafe();
        e.method().visitVarInsn(LLOAD, local);
        if (element > 0) {
            e.push((long) element * i.type().bytes());
            e.op(LADD);
        }
    }

    private static void load(Emitter e, PtxInstruction i) {
        List<Operand> targets = MemoryForms.elements(e, i, i.operands().get(0));
        int local = address(e, i, 1, targets.size(), false);
        for (int k = 0; k < targets.size(); k++) {
            pushElement(e, i, local, k);
            MemoryForms.access(e, "get", i.type(), false);
            e.narrow(i.type());
            e.storeExtended(targets.get(k), i.type());
        }
    }

    private static void store(Emitter e, PtxInstruction i) {
        List<Operand> sources = MemoryForms.elements(e, i, i.operands().get(1));
        int local = address(e, i, 0, sources.size(), true);
        for (int k = 0; k < sources.size(); k++) {
            pushElement(e, i, local, k);
            e.load(sources.get(k), i.type());
            MemoryForms.access(e, "put", i.type(), false);
        }
    }
}
