package tandem.kernels.translate.x86;

import java.util.Set;
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

    private final Lanes e;
    private final Code x;
    private final AddressLanes addresses;
    private final boolean masked;

    /** @param masked whether some lanes may be inactive, with their bits in {@link #ACTIVE_BITS} */
    MemoryLanes(Lanes lanes, AddressLanes.Addressing addressing, boolean masked) {
        this.e = lanes;
        this.x = lanes.x;
        this.addresses = new AddressLanes(lanes, addressing);
        this.masked = masked;
    }

    /** Loads a scalar into rax, for an instruction whose result is scalar. */
    void loadScalar(PtxInstruction i) {
        e.instruction = i;
        AddressLanes.Access access =
                addresses.access(i, i.operands().get(1), i.operands().get(0));
        x.alu(access.bytes() == 8, Code.MOV, Code.RAX, addresses.lane(access, 0));
    }

    void load(PtxInstruction i) {
        AddressLanes.Access access =
                addresses.access(i, i.operands().get(1), i.operands().get(0));
        if (access.shape().uniform()
                && access.parts().get(0) instanceof Operand.Register register
                && register.register().type().bits() == 64
                && access.type().bits() == 32
                && access.parts().size() == 1) {
            loadWidened(access, register.register());
            return;
        }
        for (Operand part : access.parts()) {
            if (part instanceof Operand.Register register
                    && (access.bytes() >= 4
                            ? register.register().type().bits() != access.type().bits()
                            : register.register().type().bits() > 32)) {
                throw e.unsupported();
            }
        }
        if (access.shape().uniform()) {
            loadUniform(access);
            return;
        }
        withAllLanes(() -> loadFull(access), () -> loadEach(access));
    }

    void store(PtxInstruction i) {
        AddressLanes.Access access =
                addresses.access(i, i.operands().get(0), i.operands().get(1));
        withAllLanes(() -> storeFull(access), () -> storeEach(access));
    }

    /**
     * Adds to numbers in shared memory, one lane after the other, and gives what was there before (PTX ISA, section
     * 9.7.13.5). One thread of the host runs a block, so nothing else accesses its shared memory in between.
     */
    void addShared(PtxInstruction i) {
        if (!Set.copyOf(i.modifiers()).equals(Set.of("shared", "add"))
                || i.types().size() != 1
                || i.type().bits() != 32
                || i.type().isFloat()) {
            throw e.unsupported();
        }
        AddressLanes.Access access =
                addresses.access(i, i.operands().get(1), i.operands().get(0));
        Place added = e.source(i.operands().get(2), i.type(), 0, Lanes.S0);
        if (added instanceof Place.Reg register) {
            x.store(data(access, 1, 0), register.number());
        } else {
            x.load(Lanes.S0, added);
            x.store(data(access, 1, 0), Lanes.S0);
        }
        forEachLane(lane -> {
            Place.Mem memory = addresses.lane(access, lane);
            x.alu(false, Code.MOV, Code.RDX, memory);
            x.alu(false, Code.MOV_STORE, Code.RDX, data(access, 0, lane));
            x.alu(false, Code.ADD, Code.RDX, data(access, 1, lane));
            x.alu(false, Code.MOV_STORE, Code.RDX, memory);
        });
        int to = target(access, 0, 0, Lanes.S0);
        x.load(to, data(access, 0, 0));
        written(access, 0, 0, to);
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

    private int target(AddressLanes.Access access, int part, int half, int scratch) {
        return access.parts().get(part) instanceof Operand.Register register
                ? e.target(register.register(), half, scratch)
                : scratch;
    }

    private void written(AddressLanes.Access access, int part, int half, int from) {
        if (access.parts().get(part) instanceof Operand.Register register) {
            if (access.bytes() < 4) {
                ConvertLanes.extend(e, register.register(), from);
            } else {
                e.written(register.register(), half, from);
            }
        } else if (!(access.parts().get(part) instanceof Operand.Sink)) {
            throw e.unsupported();
        }
    }

    /** One number of 32 bits for all lanes, extended to 64 bits. */
    private void loadWidened(AddressLanes.Access access, PtxRegister register) {
        boolean signed = access.type().isSigned();
        x.alu(signed, signed ? Code.MOVSXD : Code.MOV, Code.RCX, addresses.lane(access, 0));
        x.alu(true, Code.MOV_STORE, Code.RCX, data(access, 0, 0));
        for (int half = 0; half < 2; half++) {
            int to = e.target(register, half, Lanes.S0);
            x.op(Vop.VPBROADCASTQ, to, data(access, 0, 0));
            e.written(register, half, to);
        }
    }

    private void loadUniform(AddressLanes.Access access) {
        for (int part = 0; part < access.parts().size(); part++) {
            Place.Mem memory = addresses.lane(access, 0).plus((long) part * access.bytes());
            for (int half = 0; half < Lanes.halves(access.type()); half++) {
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
    private void loadNarrow(AddressLanes.Access access, Place.Mem memory) {
        boolean signed = access.type().isSigned();
        switch (access.bytes()) {
            case 1 -> x.alu(false, signed ? Code.MOVSX_BYTE : Code.MOVZX_BYTE, Code.RCX, memory);
            case 2 -> x.alu(false, signed ? Code.MOVSX_WORD : Code.MOVZX_WORD, Code.RCX, memory);
            default -> x.alu(access.bytes() == 8, Code.MOV, Code.RCX, memory);
        }
    }

    private void loadFull(AddressLanes.Access access) {
        boolean follows = access.shape().strided()
                && access.shape().stride()
                        == (long) access.bytes() * access.parts().size();
        if (access.is(4, 4)) {
            loadRows(access);
        } else if (access.is(2, 4)) {
            loadPairs(access);
        } else if (access.parts().size() > 1) {
            loadEach(access);
        } else if (follows) {
            loadVector(access);
        } else if (access.shape().strided()) {
            gather(access);
        } else {
            addresses.whenContiguous(access, () -> loadVector(access), () -> gather(access));
        }
    }

    /** Values that follow each other from rax on. */
    private void loadVector(AddressLanes.Access access) {
        Place.Mem memory = addresses.first(access);
        boolean signed = access.type().isSigned();
        for (int half = 0; half < Lanes.halves(access.type()); half++) {
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
    private void gather(AddressLanes.Access access) {
        if (access.bytes() == 8) {
            for (int half = 0; half < 2; half++) {
                for (int pair = 0; pair < 2; pair++) {
                    int to = Lanes.S0 + pair;
                    x.op128(Vop.VMOVSD, to, 0, addresses.lane(access, 4 * half + 2 * pair));
                    x.op128(Vop.VMOVHPS, to, to, addresses.lane(access, 4 * half + 2 * pair + 1));
                }
                int to = target(access, 0, half, Lanes.S0);
                x.op(Vop.VINSERTF128, to, Lanes.S0, Place.reg(Lanes.S1), 1);
                written(access, 0, half, to);
            }
        } else if (access.bytes() == 4) {
            for (int half = 0; half < 2; half++) {
                int to = Lanes.S0 + half;
                x.op128(Vop.VMOVD, to, 0, addresses.lane(access, 4 * half));
                for (int lane = 1; lane < 4; lane++) {
                    x.op128(Vop.VPINSRD, to, to, addresses.lane(access, 4 * half + lane), lane);
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
    private void rows(AddressLanes.Access access, int to, int lane) {
        x.op128(Vop.VMOVUPS, to, 0, addresses.lane(access, lane));
        x.op(Vop.VINSERTF128, to, to, addresses.lane(access, lane + 4), 1);
    }

    private void loadRows(AddressLanes.Access access) {
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

    private void loadPairs(AddressLanes.Access access) {
        if (access.shape().strided() && access.shape().stride() == 8) {
            for (int pair = 0; pair < 2; pair++) {
                x.op128(Vop.VMOVUPS, Lanes.S0 + pair, 0, addresses.lane(access, 2 * pair));
                x.op(Vop.VINSERTF128, Lanes.S0 + pair, Lanes.S0 + pair, addresses.lane(access, 2 * pair + 4), 1);
            }
        } else {
            for (int pair = 0; pair < 2; pair++) {
                x.op128(Vop.VMOVSD, Lanes.S0 + pair, 0, addresses.lane(access, 2 * pair));
                x.op128(Vop.VMOVHPS, Lanes.S0 + pair, Lanes.S0 + pair, addresses.lane(access, 2 * pair + 1));
                x.op128(Vop.VMOVSD, Lanes.S2, 0, addresses.lane(access, 2 * pair + 4));
                x.op128(Vop.VMOVHPS, Lanes.S2, Lanes.S2, addresses.lane(access, 2 * pair + 5));
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

    private static Place.Mem data(AddressLanes.Access access, int part, int lane) {
        int width = Math.max(4, access.bytes());
        return Frame.at(Frame.DATA + 8L * width * part + (long) width * lane);
    }

    private void loadEach(AddressLanes.Access access) {
        forEachLane(lane -> {
            for (int part = 0; part < access.parts().size(); part++) {
                loadNarrow(access, addresses.lane(access, lane).plus((long) part * access.bytes()));
                x.alu(access.bytes() == 8, Code.MOV_STORE, Code.RCX, data(access, part, lane));
            }
        });
        for (int part = 0; part < access.parts().size(); part++) {
            for (int half = 0; half < Lanes.halves(access.type()); half++) {
                int to = target(access, part, half, Lanes.S0);
                x.load(to, data(access, part, 4 * half));
                written(access, part, half, to);
            }
        }
    }

    private Place value(AddressLanes.Access access, int part, int half, int scratch) {
        PtxType type = access.type();
        // What is stored of a number is its low bits, whatever register it is in.
        if (type.bits() < 32 && access.parts().get(part) instanceof Operand.Register register) {
            PtxType declared = register.register().type();
            type = declared.bits() == 32 ? PtxType.B32 : PtxType.B16;
        }
        return e.source(access.parts().get(part), type, half, scratch);
    }

    private int valueReg(AddressLanes.Access access, int part, int half, int scratch) {
        Place place = value(access, part, half, scratch);
        if (place instanceof Place.Reg register) {
            return register.number();
        }
        x.load(scratch, place);
        return scratch;
    }

    private void storeFull(AddressLanes.Access access) {
        boolean follows = access.shape().strided()
                && access.shape().stride()
                        == (long) access.bytes() * access.parts().size();
        if (access.is(4, 4)) {
            storeRows(access);
        } else if (access.is(2, 4)) {
            storePairs(access, follows);
        } else if (access.parts().size() > 1) {
            storeEach(access);
        } else if (follows) {
            storeVector(access);
        } else if (access.shape().scalar()) {
            storeEach(access);
        } else {
            addresses.whenContiguous(access, () -> storeVector(access), () -> storeEach(access));
        }
    }

    private void storeVector(AddressLanes.Access access) {
        Place.Mem memory = addresses.first(access);
        if (access.bytes() >= 4) {
            for (int half = 0; half < Lanes.halves(access.type()); half++) {
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

    private void storeRows(AddressLanes.Access access) {
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
            x.op128(Vop.VMOVUPS_STORE, rows[row], 0, addresses.lane(access, row));
        }
        for (int row = 0; row < 4; row++) {
            x.op(Vop.VEXTRACTF128, rows[row], addresses.lane(access, row + 4), 1);
        }
    }

    private void storePairs(AddressLanes.Access access, boolean follows) {
        int a = valueReg(access, 0, 0, Lanes.S0);
        Place b = value(access, 1, 0, Lanes.S1);
        x.op(Vop.VUNPCKLPS, Lanes.S2, a, b);
        x.op(Vop.VUNPCKHPS, Lanes.S3, a, b);
        for (int upper = 0; upper < 2; upper++) {
            for (int pair = 0; pair < 2; pair++) {
                int from = Lanes.S2 + pair;
                int lane = 2 * pair + 4 * upper;
                if (follows && upper == 0) {
                    x.op128(Vop.VMOVUPS_STORE, from, 0, addresses.lane(access, lane));
                } else if (follows) {
                    x.op(Vop.VEXTRACTF128, from, addresses.lane(access, lane), 1);
                } else {
                    Place part = e.quarter(Place.reg(from), upper, Lanes.S0);
                    x.op128(Vop.VMOVLPS_STORE, ((Place.Reg) part).number(), 0, addresses.lane(access, lane));
                    x.op128(Vop.VMOVHPS_STORE, ((Place.Reg) part).number(), 0, addresses.lane(access, lane + 1));
                }
            }
        }
    }

    private void storeEach(AddressLanes.Access access) {
        for (int part = 0; part < access.parts().size(); part++) {
            for (int half = 0; half < Lanes.halves(access.type()); half++) {
                x.store(data(access, part, 4 * half), valueReg(access, part, half, Lanes.S0));
            }
        }
        forEachLane(lane -> {
            Place.Mem memory = addresses.lane(access, lane);
            for (int part = 0; part < access.parts().size(); part++) {
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
