package tandem.kernels.translate.x86;

import java.util.List;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/** The addresses of loads and stores: of all lanes from one scalar register, or of each lane from the frame. */
final class AddressLanes {

    private static final List<String> HINTS =
            List.of("global", "shared", "const", "param", "nc", "ca", "cg", "cs", "lu", "wb", "wt", "weak", "v2", "v4");

    private final Lanes e;
    private final Code x;
    private final Addressing addressing;

    /** How addresses are found. */
    interface Addressing {

        /** The shape of an address register. */
        Shape shape(PtxRegister register);

        /** Brings a scalar address register into rax. */
        void load(PtxRegister register);
    }

    AddressLanes(Lanes lanes, Addressing addressing) {
        this.e = lanes;
        this.x = lanes.x;
        this.addressing = addressing;
    }

    /** The shape of an address, which is in rax or, lane by lane, in the frame, and what is accessed. */
    record Access(Shape shape, long offset, PtxType type, List<Operand> parts) {

        int bytes() {
            return type.bytes();
        }

        boolean is(int parts, int bytes) {
            return this.parts.size() == parts && bytes() == bytes;
        }
    }

    /** The access of an instruction; brings its address into rax or the frame. */
    Access access(PtxInstruction i, Operand where, Operand what) {
        for (String modifier : i.modifiers()) {
            boolean known = HINTS.contains(modifier) || i.opcode().equals("atom");
            if (!known && !modifier.startsWith("L1::") && !modifier.startsWith("L2::")) {
                throw e.unsupported();
            }
        }
        if (!(where instanceof Operand.Address address)) {
            throw e.unsupported();
        }
        int count = i.has("v2") ? 2 : i.has("v4") ? 4 : 1;
        List<Operand> parts = what instanceof Operand.Vector vector ? vector.elements() : List.of(what);
        if (parts.size() != count || i.types().size() != 1) {
            throw e.unsupported();
        }
        PtxType type = i.type();
        if (address.base() instanceof Operand.Symbol symbol) {
            return new Access(Shape.UNIFORM, symbol(i, symbol, address.offset()), type, parts);
        }
        if (!(address.base() instanceof Operand.Register base) || i.has("param")) {
            throw e.unsupported();
        }
        PtxRegister register = base.register();
        boolean shared = i.has("shared");
        boolean narrow = register.type().bits() == 32;
        if (narrow && !shared || register.type().bits() < 32) {
            throw e.unsupported();
        }
        Shape shape = addressing.shape(register);
        if (shape.scalar()) {
            addressing.load(register);
            if (narrow) {
                x.alu(true, Code.MOVSXD, Code.RAX, Code.RAX);
            }
            if (shared) {
                x.alu(true, Code.ADD, Code.RAX, Frame.at(Frame.SHARED));
            }
            return new Access(shape, address.offset(), type, parts);
        }
        for (int half = 0; half < 2; half++) {
            if (narrow) {
                Place low = e.quarter(e.source(base, PtxType.S32, 0, Lanes.S0), half, Lanes.S0);
                x.op(Vop.VPMOVSXDQ, Lanes.S0, low);
            } else {
                x.load(Lanes.S0, e.source(base, PtxType.U64, half, Lanes.S0));
            }
            if (shared) {
                x.op(Vop.VPBROADCASTQ, Lanes.S1, Frame.at(Frame.SHARED));
                x.op(Vop.VPADDQ, Lanes.S0, Lanes.S0, Lanes.S1);
            }
            x.store(Frame.at(Frame.ADDRESSES + 32 * half), Lanes.S0);
        }
        return new Access(Shape.VECTOR, address.offset(), type, parts);
    }

    private long symbol(PtxInstruction i, Operand.Symbol symbol, long offset) {
        String space =
                e.symbols.isParameter(symbol.name()) ? "param" : e.symbols.isShared(symbol.name()) ? "shared" : null;
        for (String stated : List.of("param", "shared", "global", "const")) {
            if (i.has(stated)
                    && (space == null ? stated.equals("param") || stated.equals("shared") : !stated.equals(space))) {
                throw e.unsupported();
            }
        }
        if (e.symbols.isParameter(symbol.name())) {
            x.alu(true, Code.MOV, Code.RAX, Frame.at(Frame.PARAMETERS));
            return e.symbols.parameterOffset(symbol) + offset;
        }
        long address = e.symbols.address(symbol);
        if (e.symbols.isShared(symbol.name())) {
            x.alu(true, Code.MOV, Code.RAX, Frame.at(Frame.SHARED));
            return address + offset;
        }
        x.constant(Code.RAX, address);
        return offset;
    }

    /** The memory of a lane; for a vector of addresses that needs an instruction. */
    Place.Mem lane(Access access, int lane) {
        if (access.shape.scalar()) {
            return new Place.Mem(Code.RAX, access.offset + (8L * e.part + lane) * access.shape.stride());
        }
        x.alu(true, Code.MOV, Code.RCX, Frame.at(Frame.ADDRESSES + 8 * lane));
        return new Place.Mem(Code.RCX, access.offset);
    }

    /** The memory of the first lane, whose address is in rax. */
    Place.Mem first(Access access) {
        return new Place.Mem(Code.RAX, access.offset + 8L * e.part * access.shape.stride());
    }

    /** Vector code where the addresses in the frame follow each other, other code where they do not. */
    void whenContiguous(Access access, Runnable vector, Runnable other) {
        int bytes = access.bytes() * access.parts.size();
        Code.Label scattered = new Code.Label();
        Code.Label end = new Code.Label();
        x.op(Vop.VPBROADCASTQ, Lanes.S2, Frame.at(Frame.ADDRESSES));
        x.op(Vop.VPADDQ, Lanes.S3, Lanes.S2, x.constant(0, bytes, 2L * bytes, 3L * bytes));
        x.op(Vop.VPADDQ, Lanes.S4, Lanes.S2, x.constant(4L * bytes, 5L * bytes, 6L * bytes, 7L * bytes));
        x.op(Vop.VPCMPEQQ, Lanes.S3, Lanes.S3, Frame.at(Frame.ADDRESSES));
        x.op(Vop.VPCMPEQQ, Lanes.S4, Lanes.S4, Frame.at(Frame.ADDRESSES + 32));
        x.op(Vop.VPAND, Lanes.S3, Lanes.S3, Lanes.S4);
        x.op(Vop.VMOVMSKPD, Code.RCX, Place.reg(Lanes.S3));
        x.aluConstant(false, Code.CMP, Code.RCX, 15);
        x.jump(Code.NOT_EQUAL, scattered);
        x.alu(true, Code.MOV, Code.RAX, Frame.at(Frame.ADDRESSES));
        vector.run();
        x.jump(end);
        x.bind(scattered);
        other.run();
        x.bind(end);
    }
}
