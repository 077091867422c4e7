package tandem.kernels.translate.x86;

import java.util.function.IntConsumer;
import tandem.kernels.ptx.PtxRegister;

/**
 * Vector code where all eight lanes are active: vectors are in machine registers, or in the frame where those run out.
 */
final class FullLanes extends Lanes implements AddressLanes.Addressing {

    private final LaneProgram program;
    private final LaneAnalysis shapes;
    private final RegisterAllocation allocation;
    private final MemoryLanes memory = new MemoryLanes(this, this, false);

    FullLanes(Code code, Symbols symbols, Frame frame, LaneProgram program, LaneAnalysis shapes) {
        super(code, symbols, frame);
        this.program = program;
        this.shapes = shapes;
        this.allocation = new RegisterAllocation(program, shapes, frame.parts());
    }

    @Override
    void select(int part) {
        this.part = part;
    }

    @Override
    Place.Mem warp(int number) {
        return frame.warp(part, number);
    }

    /** The number of the last lane. */
    long lastLane() {
        return 8L * frame.parts() - 1;
    }

    LaneAnalysis shapes() {
        return shapes;
    }

    @Override
    MemoryLanes memory() {
        return memory;
    }

    @Override
    public Shape shape(PtxRegister register) {
        return shapes.of(register);
    }

    @Override
    public void load(PtxRegister register) {
        x.alu(register.type().bits() == 64, Code.MOV, Code.RAX, scalar(register));
    }

    /** Where a scalar register is: a general register or memory. */
    Place scalar(PtxRegister register) {
        int number = program.invariants().containsKey(register) ? -1 : allocation.of(register, 0, 0);
        return number >= 0 ? Place.reg(number) : frame.scalar(register);
    }

    private Place vector(PtxRegister register, int half) {
        int number = program.invariants().containsKey(register) ? -1 : allocation.of(register, half, part);
        return number >= 0 ? Place.reg(number) : frame.vector(register, half, part);
    }

    @Override
    Place register(PtxRegister register, int half, int scratch) {
        Shape shape = shapes.of(register);
        if (!shape.scalar()) {
            return vector(register, half);
        }
        boolean wide = register.type().bits() == 64;
        broadcast(x, wide, scalar(register), scratch);
        if (shape.strided()) {
            x.op(wide ? Vop.VPADDQ : Vop.VPADDD, scratch, scratch, steps(wide, half, shape.stride()));
        }
        return Place.reg(scratch);
    }

    /** The same number in all lanes. */
    static void broadcast(Code x, boolean wide, Place from, int to) {
        if (from instanceof Place.Reg) {
            x.op128(wide ? Vop.VMOVQ : Vop.VMOVD, to, 0, from);
            x.op(wide ? Vop.VPBROADCASTQ : Vop.VPBROADCASTD, to, Place.reg(to));
        } else {
            x.op(wide ? Vop.VPBROADCASTQ : Vop.VPBROADCASTD, to, from);
        }
    }

    private Place steps(boolean wide, int half, long stride) {
        long[] four = new long[4];
        for (int k = 0; k < 4; k++) {
            long lane = 8L * part + (wide ? 4 * half + k : 2 * k);
            four[k] = wide ? lane * stride : lane * stride & 0xFFFF_FFFFL | (lane + 1) * stride << 32;
        }
        return x.constant(four);
    }

    @Override
    Place special(String name, int scratch) {
        broadcast(x, false, specialScalar(name), scratch);
        if (name.equals("%tid.x")) {
            x.op(Vop.VPADDD, scratch, scratch, steps(false, 0, 1));
        }
        return Place.reg(scratch);
    }

    /** The frame's copy of a special register, of lane 0. */
    static Place.Mem specialScalar(String name) {
        int axis = name.charAt(name.length() - 1) - 'x';
        if (name.startsWith("%tid.")) {
            return Frame.at(Frame.TID + 8 * axis);
        }
        if (name.startsWith("%ntid.")) {
            return Frame.at(Frame.NTID + 8 * axis);
        }
        if (name.startsWith("%ctaid.")) {
            return Frame.at(Frame.CTAID + 8 * axis);
        }
        if (name.startsWith("%nctaid.")) {
            return Frame.at(Frame.NCTAID + 8 * axis);
        }
        throw new UnsupportedForm(name);
    }

    @Override
    int target(PtxRegister register, int half, int scratch) {
        if (shapes.of(register).scalar()) {
            throw unsupported();
        }
        return vector(register, half) instanceof Place.Reg home ? home.number() : scratch;
    }

    @Override
    void written(PtxRegister register, int half, int from) {
        Place home = vector(register, half);
        if (home instanceof Place.Reg to) {
            x.load(to.number(), Place.reg(from));
        } else {
            x.store((Place.Mem) home, from);
        }
    }

    /** Sets a register to zero. */
    void zero(PtxRegister register) {
        if (shapes.of(register).scalar()) {
            x.constant(Code.RAX, 0);
            x.alu(true, Code.MOV_STORE, Code.RAX, scalar(register));
            return;
        }
        forEachPart(register, half -> {
            x.op(Vop.VPXOR, S0, S0, S0);
            written(register, half, S0);
        });
    }

    /** Brings a register to its place in the frame, where the code for some lanes expects it. */
    void save(PtxRegister register) {
        forEachPart(register, half -> {
            Place place = register(register, half, S0);
            if (place instanceof Place.Reg from) {
                x.store(frame.vector(register, half, part), from.number());
            }
        });
    }

    /** Copies a register into the record whose address is in rax. */
    void keep(PtxRegister register, WaitPoints points) {
        if (shapes.of(register).scalar()) {
            x.alu(true, Code.MOV, Code.RCX, scalar(register));
            x.alu(true, Code.MOV_STORE, Code.RCX, new Place.Mem(Code.RAX, points.offset(register, 0)));
            return;
        }
        forEachPart(register, half -> {
            int from = vector(register, half) instanceof Place.Reg home ? home.number() : S0;
            x.load(from, vector(register, half));
            x.store(points.place(register, half, part), from);
        });
    }

    /** Copies a register back. */
    void recall(PtxRegister register, WaitPoints points) {
        if (shapes.of(register).scalar()) {
            x.alu(true, Code.MOV, Code.RCX, new Place.Mem(Code.RAX, points.offset(register, 0)));
            x.alu(true, Code.MOV_STORE, Code.RCX, scalar(register));
            return;
        }
        forEachPart(register, half -> {
            int to = vector(register, half) instanceof Place.Reg home ? home.number() : S0;
            x.load(to, points.place(register, half, part));
            written(register, half, to);
        });
    }

    /** Ands to {@code S2} whether the vectors of the code for some lanes have the shape that is assumed here. */
    void compareShape(PtxRegister register) {
        Shape shape = shapes.of(register);
        if (!shape.scalar()) {
            return;
        }
        boolean wide = register.type().bits() == 64;
        forEachPart(register, half -> {
            x.op(wide ? Vop.VPBROADCASTQ : Vop.VPBROADCASTD, S0, frame.vector(register, 0, 0));
            if (shape.strided()) {
                x.op(wide ? Vop.VPADDQ : Vop.VPADDD, S0, S0, steps(wide, half, shape.stride()));
            }
            x.op(wide ? Vop.VPCMPEQQ : Vop.VPCMPEQD, S0, S0, frame.vector(register, half, part));
            x.op(Vop.VPAND, S2, S2, S0);
        });
    }

    /** Takes a register from its place in the frame, where the code for some lanes left it. */
    void restore(PtxRegister register) {
        if (shapes.of(register).scalar()) {
            boolean wide = register.type().bits() == 64;
            x.alu(wide, Code.MOV, Code.RAX, frame.vector(register, 0, 0));
            x.alu(true, Code.MOV_STORE, Code.RAX, scalar(register));
            return;
        }
        forEachPart(register, half -> {
            int to = vector(register, half) instanceof Place.Reg home ? home.number() : S0;
            x.load(to, frame.vector(register, half, part));
            written(register, half, to);
        });
    }

    private void forEachPart(PtxRegister register, IntConsumer code) {
        for (part = 0; part < frame.parts(); part++) {
            for (int half = 0; half < halves(register.type()); half++) {
                code.accept(half);
            }
        }
        part = 0;
    }
}
