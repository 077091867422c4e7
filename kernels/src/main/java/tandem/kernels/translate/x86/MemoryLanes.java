package tandem.kernels.translate.x86;

import java.util.List;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;

/**
 * Loads and stores of lanes (PTX ISA, sections 9.7.9.8 to 9.7.9.14). Lanes whose addresses follow each other are
 * accessed as one vector, four values of each lane as rows that are transposed, anything else lane by lane, the last
 * lane last.
 */
final class MemoryLanes {

    /** General register with a bit for each active lane, where not all are. */
    static final int ACTIVE_BITS = 8;

    private static final List<String> HINTS =
            List.of("global", "shared", "const", "param", "nc", "ca", "cg", "cs", "lu", "wb", "wt", "weak", "v2", "v4");

    private final Lanes e;
    private final Code x;
    private final Addressing addressing;
    private final boolean masked;

    /** How addresses are found. */
    interface Addressing {

        /** The shape of an address register. */
        Shape shape(PtxRegister register);

        /** Brings a scalar address register into rax. */
        void load(PtxRegister register);
    }

    /** @param masked whether some lanes may be inactive, with their bits in {@link #ACTIVE_BITS} */
    MemoryLanes(Lanes lanes, Addressing addressing, boolean masked) {
        this.e = lanes;
        this.x = lanes.x;
        this.addressing = addressing;
        this.masked = masked;
    }

    /** An access: the shape of its address, which is in rax or, lane by lane, in the frame, and what is accessed. */
    private record Access(Shape shape, long offset, PtxType type, List<Operand> parts) {

        int bytes() {
            return type.bytes();
        }

        boolean is(int parts, int bytes) {
            return this.parts.size() == parts && bytes() == bytes;
        }
    }

    private Access access(PtxInstruction i, Operand where, Operand what) {
        for (String modifier : i.modifiers()) {
            if (!HINTS.contains(modifier) && !modifier.startsWith("L1::") && !modifier.startsWith("L2::")) {
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
    private Place.Mem lane(Access access, int lane) {
        if (access.shape.scalar()) {
            return new Place.Mem(Code.RAX, access.offset + lane * access.shape.stride());
        }
        x.alu(true, Code.MOV, Code.RCX, Frame.at(Frame.ADDRESSES + 8 * lane));
        return new Place.Mem(Code.RCX, access.offset);
    }

    /** Loads a scalar into rax, for an instruction whose result is scalar. */
    void loadScalar(PtxInstruction i) {
        e.instruction = i;
        Access access = access(i, i.operands().get(1), i.operands().get(0));
        x.alu(access.bytes() == 8, Code.MOV, Code.RAX, lane(access, 0));
    }

    void load(PtxInstruction i) {
        Access access = access(i, i.operands().get(1), i.operands().get(0));
        for (Operand part : access.parts) {
            if (part instanceof Operand.Register register
                    && (access.bytes() >= 4
                            ? register.register().type().bits() != access.type.bits()
                            : register.register().type().bits() > 32)) {
                throw e.unsupported();
            }
        }
        if (access.shape.uniform()) {
            loadUniform(access);
            return;
        }
        withAllLanes(() -> loadFull(access), () -> loadEach(access));
    }

    void store(PtxInstruction i) {
        Access access = access(i, i.operands().get(0), i.operands().get(1));
        withAllLanes(() -> storeFull(access), () -> storeEach(access));
    }

    /** Code for when all lanes are active, and, where some may not be, code that looks at each. */
    private void withAllLanes(Runnable full, Runnable each) {
        if (!masked) {
            full.run();
            return;
        }
        Code.Label some = new Code.Label();
        Code.Label end = new Code.Label();
        x.aluConstant(false, Code.CMP, ACTIVE_BITS, 0xFF);
        x.jump(Code.NOT_EQUAL, some);
        full.run();
        x.jump(end);
        x.bind(some);
        each.run();
        x.bind(end);
    }

    /** Vector code where the addresses in the frame follow each other, other code where they do not. */
    private void whenContiguous(Access access, Runnable vector, Runnable other) {
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

    private int target(Access access, int part, int half, int scratch) {
        return access.parts.get(part) instanceof Operand.Register register
                ? e.target(register.register(), half, scratch)
                : scratch;
    }

    private void written(Access access, int part, int half, int from) {
        if (access.parts.get(part) instanceof Operand.Register register) {
            if (access.bytes() < 4) {
                ConvertLanes.extend(e, register.register(), from);
            } else {
                e.written(register.register(), half, from);
            }
        } else if (!(access.parts.get(part) instanceof Operand.Sink)) {
            throw e.unsupported();
        }
    }

    private void loadUniform(Access access) {
        for (int part = 0; part < access.parts.size(); part++) {
            Place.Mem memory = lane(access, 0).plus((long) part * access.bytes());
            for (int half = 0; half < Lanes.halves(access.type); half++) {
                int to = target(access, part, half, Lanes.S0);
                if (access.bytes() >= 4) {
                    x.op(access.bytes() == 8 ? Vop.VPBROADCASTQ : Vop.VPBROADCASTD, to, memory);
                } else {
                    loadNarrow(access, memory);
                    x.op128(Vop.VMOVD, to, 0, Place.reg(Code.RCX));
                    x.op(Vop.VPBROADCASTD, to, Place.reg(to));
                }
                written(access, part, half, to);
            }
        }
    }

    /** Loads one number into rcx, those of 8 and 16 bits extended to 32 bits. */
    private void loadNarrow(Access access, Place.Mem memory) {
        boolean signed = access.type.isSigned();
        switch (access.bytes()) {
            case 1 -> x.alu(false, signed ? Code.MOVSX_BYTE : Code.MOVZX_BYTE, Code.RCX, memory);
            case 2 -> x.alu(false, signed ? Code.MOVSX_WORD : Code.MOVZX_WORD, Code.RCX, memory);
            default -> x.alu(access.bytes() == 8, Code.MOV, Code.RCX, memory);
        }
    }

    private void loadFull(Access access) {
        boolean follows =
                access.shape.strided() && access.shape.stride() == (long) access.bytes() * access.parts.size();
        if (access.is(4, 4)) {
            loadRows(access);
        } else if (access.is(2, 4)) {
            loadPairs(access);
        } else if (access.parts.size() > 1) {
            loadEach(access);
        } else if (follows) {
            loadVector(access);
        } else if (access.shape.strided()) {
            gather(access);
        } else {
            whenContiguous(access, () -> loadVector(access), () -> gather(access));
        }
    }

    /** Values that follow each other from rax on. */
    private void loadVector(Access access) {
        Place.Mem memory = new Place.Mem(Code.RAX, access.offset);
        boolean signed = access.type.isSigned();
        for (int half = 0; half < Lanes.halves(access.type); half++) {
            int to = target(access, 0, half, Lanes.S0);
            switch (access.bytes()) {
                case 1 -> x.op(signed ? Vop.VPMOVSXBD : Vop.VPMOVZXBD, to, memory);
                case 2 -> x.op(signed ? Vop.VPMOVSXWD : Vop.VPMOVZXWD, to, memory);
                default -> x.load(to, memory.plus(32L * half));
            }
            written(access, 0, half, to);
        }
    }

    /** One value of each lane. */
    private void gather(Access access) {
        if (access.bytes() == 8) {
            for (int half = 0; half < 2; half++) {
                for (int pair = 0; pair < 2; pair++) {
                    int to = Lanes.S0 + pair;
                    x.op128(Vop.VMOVSD, to, 0, lane(access, 4 * half + 2 * pair));
                    x.op128(Vop.VMOVHPS, to, to, lane(access, 4 * half + 2 * pair + 1));
                }
                int to = target(access, 0, half, Lanes.S0);
                x.op(Vop.VINSERTF128, to, Lanes.S0, Place.reg(Lanes.S1), 1);
                written(access, 0, half, to);
            }
        } else if (access.bytes() == 4) {
            for (int half = 0; half < 2; half++) {
                int to = Lanes.S0 + half;
                x.op128(Vop.VMOVD, to, 0, lane(access, 4 * half));
                for (int lane = 1; lane < 4; lane++) {
                    x.op128(Vop.VPINSRD, to, to, lane(access, 4 * half + lane), lane);
                }
            }
            int to = target(access, 0, 0, Lanes.S0);
            x.op(Vop.VINSERTF128, to, Lanes.S0, Place.reg(Lanes.S1), 1);
            written(access, 0, 0, to);
        } else {
            loadEach(access);
        }
    }

    /** Two rows of 16 bytes in one vector: of a lane and of the lane four behind. */
    private void rows(Access access, int to, int lane) {
        x.op128(Vop.VMOVUPS, to, 0, lane(access, lane));
        x.op(Vop.VINSERTF128, to, to, lane(access, lane + 4), 1);
    }

    private void loadRows(Access access) {
        for (int row = 0; row < 4; row++) {
            rows(access, Lanes.S1 + row, row);
        }
        x.op(Vop.VUNPCKLPS, Lanes.S0, Lanes.S1, Lanes.S2);
        x.op(Vop.VUNPCKHPS, Lanes.S1, Lanes.S1, Lanes.S2);
        x.op(Vop.VUNPCKLPS, Lanes.S2, Lanes.S3, Lanes.S4);
        x.op(Vop.VUNPCKHPS, Lanes.S3, Lanes.S3, Lanes.S4);
        for (int part = 0; part < 4; part++) {
            int to = target(access, part, 0, Lanes.S4);
            x.op(
                    part % 2 == 0 ? Vop.VUNPCKLPD : Vop.VUNPCKHPD,
                    to,
                    part < 2 ? Lanes.S0 : Lanes.S1,
                    part < 2 ? Lanes.S2 : Lanes.S3);
            written(access, part, 0, to);
        }
    }

    private void loadPairs(Access access) {
        if (access.shape.strided() && access.shape.stride() == 8) {
            for (int pair = 0; pair < 2; pair++) {
                x.op128(Vop.VMOVUPS, Lanes.S0 + pair, 0, lane(access, 2 * pair));
                x.op(Vop.VINSERTF128, Lanes.S0 + pair, Lanes.S0 + pair, lane(access, 2 * pair + 4), 1);
            }
        } else {
            for (int pair = 0; pair < 2; pair++) {
                x.op128(Vop.VMOVSD, Lanes.S0 + pair, 0, lane(access, 2 * pair));
                x.op128(Vop.VMOVHPS, Lanes.S0 + pair, Lanes.S0 + pair, lane(access, 2 * pair + 1));
                x.op128(Vop.VMOVSD, Lanes.S2, 0, lane(access, 2 * pair + 4));
                x.op128(Vop.VMOVHPS, Lanes.S2, Lanes.S2, lane(access, 2 * pair + 5));
                x.op(Vop.VINSERTF128, Lanes.S0 + pair, Lanes.S0 + pair, Place.reg(Lanes.S2), 1);
            }
        }
        for (int part = 0; part < 2; part++) {
            int to = target(access, part, 0, Lanes.S2);
            x.op(Vop.VSHUFPS, to, Lanes.S0, Place.reg(Lanes.S1), part == 0 ? 0x88 : 0xDD);
            written(access, part, 0, to);
        }
    }

    /** Skips the code of a lane that is not active. */
    private void forEachLane(java.util.function.IntConsumer code) {
        for (int lane = 0; lane < 8; lane++) {
            Code.Label skip = new Code.Label();
            if (masked) {
                x.testBits(ACTIVE_BITS, 1 << lane);
                x.jump(Code.EQUAL, skip);
            }
            code.accept(lane);
            if (masked) {
                x.bind(skip);
            }
        }
    }

    private static Place.Mem data(Access access, int part, int lane) {
        int width = Math.max(4, access.bytes());
        return Frame.at(Frame.DATA + 8L * width * part + (long) width * lane);
    }

    private void loadEach(Access access) {
        forEachLane(lane -> {
            for (int part = 0; part < access.parts.size(); part++) {
                loadNarrow(access, lane(access, lane).plus((long) part * access.bytes()));
                x.alu(access.bytes() == 8, Code.MOV_STORE, Code.RCX, data(access, part, lane));
            }
        });
        for (int part = 0; part < access.parts.size(); part++) {
            for (int half = 0; half < Lanes.halves(access.type); half++) {
                int to = target(access, part, half, Lanes.S0);
                x.load(to, data(access, part, 4 * half));
                written(access, part, half, to);
            }
        }
    }

    private Place value(Access access, int part, int half, int scratch) {
        PtxType type = access.type;
        // What is stored of a number is its low bits, whatever register it is in.
        if (type.bits() < 32 && access.parts.get(part) instanceof Operand.Register register) {
            PtxType declared = register.register().type();
            type = declared.bits() == 32 ? PtxType.B32 : PtxType.B16;
        }
        return e.source(access.parts.get(part), type, half, scratch);
    }

    private int valueReg(Access access, int part, int half, int scratch) {
        Place place = value(access, part, half, scratch);
        if (place instanceof Place.Reg register) {
            return register.number();
        }
        x.load(scratch, place);
        return scratch;
    }

    private void storeFull(Access access) {
        boolean follows =
                access.shape.strided() && access.shape.stride() == (long) access.bytes() * access.parts.size();
        if (access.is(4, 4)) {
            storeRows(access);
        } else if (access.is(2, 4)) {
            storePairs(access, follows);
        } else if (access.parts.size() > 1) {
            storeEach(access);
        } else if (follows) {
            storeVector(access);
        } else if (access.shape.scalar()) {
            storeEach(access);
        } else {
            whenContiguous(access, () -> storeVector(access), () -> storeEach(access));
        }
    }

    private void storeVector(Access access) {
        Place.Mem memory = new Place.Mem(Code.RAX, access.offset);
        if (access.bytes() >= 4) {
            for (int half = 0; half < Lanes.halves(access.type); half++) {
                x.store(memory.plus(32L * half), valueReg(access, 0, half, Lanes.S0));
            }
            return;
        }
        int value = valueReg(access, 0, 0, Lanes.S0);
        x.op(Vop.VPAND, Lanes.S1, value, x.constant32(access.bytes() == 1 ? 0xFF : 0xFFFF));
        ConvertLanes.words(e, Lanes.S1, Lanes.S1);
        if (access.bytes() == 2) {
            x.op128(Vop.VMOVUPS_STORE, Lanes.S1, 0, memory);
        } else {
            x.op128(Vop.VPACKUSWB, Lanes.S1, Lanes.S1, Place.reg(Lanes.S1));
            x.op128(Vop.VMOVLPS_STORE, Lanes.S1, 0, memory);
        }
    }

    private void storeRows(Access access) {
        int a = valueReg(access, 0, 0, Lanes.S0);
        Place b = value(access, 1, 0, Lanes.S1);
        x.op(Vop.VUNPCKLPS, Lanes.S2, a, b);
        x.op(Vop.VUNPCKHPS, Lanes.S3, a, b);
        int c = valueReg(access, 2, 0, Lanes.S0);
        Place d = value(access, 3, 0, Lanes.S1);
        x.op(Vop.VUNPCKLPS, Lanes.S4, c, d);
        x.op(Vop.VUNPCKHPS, Lanes.S1, c, d);
        int[] rows = {Lanes.S0, Lanes.S2, Lanes.S4, Lanes.S1};
        x.op(Vop.VUNPCKLPD, rows[0], Lanes.S2, Lanes.S4);
        x.op(Vop.VUNPCKHPD, rows[1], Lanes.S2, Lanes.S4);
        x.op(Vop.VUNPCKLPD, rows[2], Lanes.S3, Lanes.S1);
        x.op(Vop.VUNPCKHPD, rows[3], Lanes.S3, Lanes.S1);
        for (int row = 0; row < 4; row++) {
            x.op128(Vop.VMOVUPS_STORE, rows[row], 0, lane(access, row));
        }
        for (int row = 0; row < 4; row++) {
            x.op(Vop.VEXTRACTF128, rows[row], lane(access, row + 4), 1);
        }
    }

    private void storePairs(Access access, boolean follows) {
        int a = valueReg(access, 0, 0, Lanes.S0);
        Place b = value(access, 1, 0, Lanes.S1);
        x.op(Vop.VUNPCKLPS, Lanes.S2, a, b);
        x.op(Vop.VUNPCKHPS, Lanes.S3, a, b);
        for (int upper = 0; upper < 2; upper++) {
            for (int pair = 0; pair < 2; pair++) {
                int from = Lanes.S2 + pair;
                int lane = 2 * pair + 4 * upper;
                if (follows && upper == 0) {
                    x.op128(Vop.VMOVUPS_STORE, from, 0, lane(access, lane));
                } else if (follows) {
                    x.op(Vop.VEXTRACTF128, from, lane(access, lane), 1);
                } else {
                    Place part = e.quarter(Place.reg(from), upper, Lanes.S0);
                    x.op128(Vop.VMOVLPS_STORE, ((Place.Reg) part).number(), 0, lane(access, lane));
                    x.op128(Vop.VMOVHPS_STORE, ((Place.Reg) part).number(), 0, lane(access, lane + 1));
                }
            }
        }
    }

    private void storeEach(Access access) {
        for (int part = 0; part < access.parts.size(); part++) {
            for (int half = 0; half < Lanes.halves(access.type); half++) {
                x.store(data(access, part, 4 * half), valueReg(access, part, half, Lanes.S0));
            }
        }
        forEachLane(lane -> {
            Place.Mem memory = lane(access, lane);
            for (int part = 0; part < access.parts.size(); part++) {
                Place.Mem to = memory.plus((long) part * access.bytes());
                x.alu(access.bytes() == 8, Code.MOV, Code.RDX, data(access, part, lane));
                switch (access.bytes()) {
                    case 1 -> x.alu(false, Code.MOV_STORE_BYTE, Code.RDX, to);
                    case 2 -> x.storeWord(to, Code.RDX);
                    default -> x.alu(access.bytes() == 8, Code.MOV_STORE, Code.RDX, to);
                }
            }
        });
    }
}
