package tandem.kernels.translate.forms;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.TextureUnit;

/** Reads of textures by their handle (PTX ISA, "Texture Instructions"). A texture has one level of detail. */
final class TextureForms implements Opcodes {

    private static final String RESULTS = "f32|s32|u32";

    private TextureForms() {}

    static void register(FormTable table) {
        table.add("tex", RESULTS + ",f32", "+level 1d|2d|3d|a1d|a2d|cube|acube v4", 3, 1, TextureForms::read);
        table.add("tex", RESULTS + ",s32", "1d|2d|3d|a1d|a2d v4", 2, TextureForms::read);
        table.add("tld4", RESULTS + ",f32", "r|g|b|a 2d v4", 2, TextureForms::gather);
        table.add("txq", "b32", "width|height|depth", 2, (e, i) -> {
            pushHandle(e, i, Addresses.operand(e, i, 1).base());
            e.push(i.has("width") ? 0 : i.has("height") ? 1 : 2);
            e.call(TextureUnit.class, "size", "(JI)I");
            e.store(0, PtxType.B32);
        });
    }

    /** Pushes the handle of a texture or surface, checked in checked mode. */
    static void pushHandle(Emitter e, PtxInstruction i, Operand handle) {
        e.load(handle, PtxType.U64);
        if (e.frame().checks() >= 0) {
            e.push(i.line());
            e.frame().pushThread();
            e.method().visitVarInsn(ALOAD, e.frame().checks());
            e.call(CheckedMemory.class, "texture", "(JIILtandem/kernels/translate/machine/CheckedMemory;)J");
        }
    }

    /** The operand in brackets. */
    static Operand.Texel texel(Emitter e, PtxInstruction i, int index) {
        if (i.operands().get(index) instanceof Operand.Texel texel) {
            return texel;
        }
        throw e.error("operand " + i.operands().get(index) + " must be a handle and coordinates in brackets");
    }

    private static void read(Emitter e, PtxInstruction i) {
        Operand.Texel texel = texel(e, i, 1);
        boolean layered = i.has("a1d") || i.has("a2d") || i.has("acube");
        int dims = i.has("1d") || i.has("a1d") ? 1 : i.has("2d") || i.has("a2d") ? 2 : 3;
        List<Operand> coordinates = new ArrayList<>(texel.coordinates());
        if (coordinates.size() < dims + (layered ? 1 : 0)) {
            throw e.error("takes " + (dims + (layered ? 1 : 0)) + " coordinates, not " + coordinates.size());
        }
        if (i.has("level") != (i.operands().size() == 3)) {
            throw e.error("takes a third operand only with .level");
        }
        PtxType type = i.type();
        pushHandle(e, i, texel.handle());
        if (layered) {
            e.load(coordinates.remove(0), PtxType.U32);
        } else {
            e.push(0);
        }
        for (int dim = 0; dim < 3; dim++) {
            if (dim < dims) {
                e.load(coordinates.get(dim), type);
            } else if (type == PtxType.F32) {
                e.push(0f);
            } else {
                e.push(0);
            }
        }
        e.frame().pushContext();
        String number = type == PtxType.F32 ? "FFF" : "III";
        e.call(
                TextureUnit.class,
                type == PtxType.F32 ? "sample" : "fetch",
                "(JI" + number + Type.getDescriptor(BlockContext.class) + ")V");
        results(e, i);
    }

    private static void gather(Emitter e, PtxInstruction i) {
        Operand.Texel texel = texel(e, i, 1);
        if (texel.coordinates().size() < 2) {
            throw e.error("takes 2 coordinates");
        }
        pushHandle(e, i, texel.handle());
        e.push(i.has("r") ? 0 : i.has("g") ? 1 : i.has("b") ? 2 : 3);
        e.load(texel.coordinates().get(0), PtxType.F32);
        e.load(texel.coordinates().get(1), PtxType.F32);
        e.frame().pushContext();
        e.call(TextureUnit.class, "gather", "(JIFF" + Type.getDescriptor(BlockContext.class) + ")V");
        results(e, i);
    }

    private static void results(Emitter e, PtxInstruction i) {
        if (!(i.operands().get(0) instanceof Operand.Vector targets)
                || targets.elements().size() != 4) {
            throw e.error("gives 4 results");
        }
        for (int c = 0; c < 4; c++) {
            e.frame().pushContext();
            e.method().visitFieldInsn(GETFIELD, Type.getInternalName(BlockContext.class), "texel", "[I");
            e.push(c);
            e.op(IALOAD);
            e.store(targets.elements().get(c), PtxType.B32);
        }
    }
}
