package tandem.kernels.translate.x86;

import java.util.Set;
import tandem.kernels.ptx.PtxRegister;

/**
 * Vector code where some lanes may be inactive: every register is in the frame, and what other blocks may read is
 * written in the active lanes only.
 */
final class MaskedLanes extends Lanes implements AddressLanes.Addressing {

    /** Vector registers with the active and the inactive lanes; the latter also for the halves of 64-bit values. */
    static final int ACTIVE = 0;

    static final int INACTIVE = 1;
    static final int INACTIVE_WIDE = 2;

    private final LaneProgram program;
    private final Set<PtxRegister> local;
    private final MemoryLanes memory = new MemoryLanes(this, this, true);

    /** @param local registers that are read only in the block that writes them */
    MaskedLanes(Code code, Symbols symbols, Frame frame, LaneProgram program, Set<PtxRegister> local) {
        super(code, symbols, frame);
        this.program = program;
        this.local = local;
    }

    @Override
    void select(int part) {
        x.alu(true, Code.LEA, Frame.PART, frame.part(part));
    }

    @Override
    Place.Mem warp(int number) {
        return Frame.warp(number);
    }

    @Override
    MemoryLanes memory() {
        return memory;
    }

    private boolean isScalarInvariant(PtxRegister register) {
        return program.invariants().containsKey(register)
                && program.divided().of(register).scalar();
    }

    @Override
    public Shape shape(PtxRegister register) {
        return isScalarInvariant(register) ? Shape.UNIFORM : Shape.VECTOR;
    }

    @Override
    public void load(PtxRegister register) {
        x.alu(register.type().bits() == 64, Code.MOV, Code.RAX, frame.scalar(register));
    }

    @Override
    Place register(PtxRegister register, int half, int scratch) {
        if (isScalarInvariant(register)) {
            FullLanes.broadcast(x, register.type().bits() == 64, frame.scalar(register), scratch);
            return Place.reg(scratch);
        }
        return frame.vector(register, half);
    }

    @Override
    Place special(String name, int scratch) {
        if (name.startsWith("%tid.")) {
            return Frame.laneIndexHere(name.charAt(name.length() - 1) - 'x');
        }
        FullLanes.broadcast(x, false, FullLanes.specialScalar(name), scratch);
        return Place.reg(scratch);
    }

    @Override
    int target(PtxRegister register, int half, int scratch) {
        return scratch;
    }

    @Override
    void written(PtxRegister register, int half, int from) {
        Place.Mem place = frame.vector(register, half);
        if (!local.contains(register)) {
            boolean wide = register.type().bits() == 64;
            x.blend(wide ? Vop.VBLENDVPD : Vop.VBLENDVPS, from, from, place, wide ? INACTIVE_WIDE + half : INACTIVE);
        }
        x.store(place, from);
    }
}
