package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;
import static tandem.kernels.translate.x86.Code.RCX;
import static tandem.kernels.translate.x86.Code.RDX;

import java.util.List;
import java.util.Set;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;

/**
 * Writes the code of a kernel: a function with the frame's address as its third argument (System V calling convention;
 * JNI passes its own two in front). It runs a number of blocks, each in groups of 8, 16 or 32 threads. A group starts
 * in the code for all lanes, with the rest of a block in the code for some.
 */
final class VectorWriter {

    private static final int[] SAVED = {Code.RBX, Code.RBP, 12, 13, 14, 15};

    private final Code x = new Code();
    private final LaneProgram program;
    private final Frame frame;
    private final WaitPoints points;
    private final MaskedCode masked;
    private final FullCode divided;
    private final FullCode plain;
    private final Code.Label group = new Code.Label();
    private final Code.Label nextGroup = new Code.Label();
    private final Code.Label laneIndex = new Code.Label();
    private final Code.Label end = new Code.Label();
    private final Code.Label groupIndex = new Code.Label();

    VectorWriter(LaneProgram program, Symbols symbols) {
        this.program = program;
        this.frame = new Frame(
                program.parts(), program.blocks().size(), program.entry().registers());
        this.points = new WaitPoints(program);
        this.masked = new MaskedCode(x, symbols, frame, program, points, nextGroup, laneIndex, end);
        this.divided = full(symbols, program.divided(), WaitPoints.DIVIDED);
        boolean divides = program.blocks().stream()
                .flatMap(block -> block.instructions.stream())
                .anyMatch(i -> program.divided().guard(i) == Guard.QUOTIENT);
        this.plain = divides ? full(symbols, program.plain(), WaitPoints.PLAIN) : null;
    }

    private FullCode full(Symbols symbols, LaneAnalysis shapes, int waitValue) {
        return new FullCode(x, symbols, frame, program, shapes, masked, points, waitValue, nextGroup);
    }

    Frame frame() {
        return frame;
    }

    /** Bytes of the record of each group; 0 when no thread waits. */
    int recordBytes() {
        return points.bytes();
    }

    byte[] write() {
        Code.Label nextBlock = new Code.Label();
        Code.Label endBlock = new Code.Label();
        for (int register : SAVED) {
            x.push(register);
        }
        x.alu(true, Code.MOV, Frame.BASE, RDX);
        x.bind(nextBlock);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.BLOCKS));
        x.alu(true, Code.TEST, RAX, RAX);
        x.jump(Code.LESS_EQUAL, end);
        for (PtxInstruction invariant : program.invariants().values()) {
            divided.lower(invariant, null);
        }
        Code.Label round = new Code.Label();
        boolean waits = points.bytes() > 0;
        x.storeConstant(true, Frame.at(Frame.THREAD), 0);
        if (waits) {
            x.storeConstant(true, Frame.at(Frame.WAITING), 0);
            returnTo(group, new Code.Label());
        }
        x.bind(group);
        group(waits ? round : endBlock);
        divided.write();
        if (plain != null) {
            plain.write();
        }
        masked.write();
        program.meetings().forEach(this::comeBack);
        if (waits) {
            x.bind(nextGroup);
            x.alu(true, Code.MOV, RAX, Frame.at(Frame.RETURN));
            x.jumpToRax();
            round(round, endBlock);
        } else {
            nextGroup();
        }
        x.bind(endBlock);
        advance();
        x.jump(nextBlock);
        x.bind(end);
        x.vzeroupper();
        for (int r = SAVED.length - 1; r >= 0; r--) {
            x.pop(SAVED[r]);
        }
        x.ret();
        x.bind(laneIndex);
        laneIndex();
        groupIndex();
        return x.finish();
    }

    /** The usual case first: another eight threads of a block that is a row. */
    private void nextGroup() {
        x.bind(nextGroup);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.aluConstant(true, Code.ADD, RAX, lanes());
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.THREAD));
        x.alu(true, Code.CMP, RAX, Frame.at(Frame.FULL_END));
        x.jump(Code.ABOVE_EQUAL, group);
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.TID));
        start();
    }

    private void start() {
        if (plain != null) {
            x.alu(false, Code.MOV, RAX, Frame.at(Frame.WITHOUT_QUOTIENTS));
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(Code.NOT_EQUAL, plain.start());
        }
        x.jump(divided.start());
    }

    /**
     * Begins a loop over all groups: writes code that goes to the next group and on to {@code loop}, makes it the place
     * where groups return to, and starts with the first group.
     */
    private void returnTo(Code.Label loop, Code.Label next) {
        Code.Label begin = new Code.Label();
        x.jump(begin);
        x.bind(next);
        x.alu(true, Code.ADD, Frame.at(Frame.THREAD), lanes());
        x.alu(true, Code.ADD, Frame.at(Frame.RECORD), frame.parts() * points.bytes());
        x.jump(loop);
        x.bind(begin);
        x.storeConstant(true, Frame.at(Frame.THREAD), 0);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORDS));
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.RECORD));
        x.address(RAX, next);
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.RETURN));
    }

    /** The words of all points, in vectors. */
    private int words() {
        return (points.all().size() + 7) / 8;
    }

    /** All threads that have not ended wait: those of each barrier continue, until all have ended. */
    private void round(Code.Label round, Code.Label endBlock) {
        x.bind(round);
        x.alu(false, Code.MOV, RAX, Frame.at(Frame.WAITING));
        x.alu(false, Code.TEST, RAX, RAX);
        x.jump(Code.EQUAL, endBlock);
        x.alu(false, Code.MOV_STORE, RAX, Frame.at(Frame.ROUND));
        x.storeConstant(true, Frame.at(Frame.WAITING), 0);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORDS));
        x.alu(true, Code.MOV, RCX, Frame.at(Frame.THREADS));
        x.aluConstant(true, Code.ADD, RCX, lanes() - 1);
        x.aluConstant(true, Code.AND, RCX, -lanes());
        x.op(Vop.VPXOR, Lanes.S1, Lanes.S1, Lanes.S1);
        Code.Label record = new Code.Label();
        x.bind(record);
        for (int k = 0; k < words(); k++) {
            x.load(Lanes.S0, new Place.Mem(RAX, 32 * k));
            x.store(new Place.Mem(RAX, WaitPoints.WORDS + 32 * k), Lanes.S0);
            x.store(new Place.Mem(RAX, 32 * k), Lanes.S1);
        }
        x.aluConstant(true, Code.ADD, RAX, points.bytes());
        x.aluConstant(true, Code.SUB, RCX, 8);
        x.jump(Code.GREATER, record);
        points.all().forEach(this::continueBehind);
        x.jump(round);
    }

    private void continueBehind(WaitPoints.Point point) {
        Code.Label end = new Code.Label();
        Code.Label loop = new Code.Label();
        Code.Label next = new Code.Label();
        x.alu(false, Code.MOV, RAX, Frame.at(Frame.ROUND));
        x.testBits(RAX, 1 << point.number());
        x.jump(Code.EQUAL, end);
        returnTo(loop, next);
        x.bind(loop);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.alu(true, Code.CMP, RAX, Frame.at(Frame.THREADS));
        x.jump(Code.GREATER_EQUAL, end);
        x.alu(true, Code.MOV, RCX, Frame.at(Frame.RECORD));
        x.alu(true, Code.MOV, RAX, RCX);
        x.alu(false, Code.MOV, RCX, new Place.Mem(RAX, point.roundWord()));
        for (int part = 1; part < frame.parts(); part++) {
            x.alu(false, Code.OR, RCX, new Place.Mem(RAX, (long) part * points.bytes() + point.roundWord()));
        }
        x.alu(false, Code.TEST, RCX, RCX);
        x.jump(Code.EQUAL, next);
        Code.Label some = new Code.Label();
        x.aluConstant(false, Code.CMP, RCX, WaitPoints.DIVIDED);
        x.jump(Code.BELOW, some);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.call(groupIndex);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORD));
        x.aluConstant(false, Code.CMP, RCX, WaitPoints.DIVIDED);
        x.jump(Code.EQUAL, divided.behind(point));
        if (plain != null) {
            x.jump(plain.behind(point));
        }
        x.bind(some);
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.RECORD));
        x.jump(masked.behind(point));
        x.bind(end);
    }

    /** A subroutine: the thread index of a whole group's first lane, whose number is in rax. Keeps rcx. */
    private void groupIndex() {
        x.bind(groupIndex);
        Code.Label rows = new Code.Label();
        Code.Label end = new Code.Label();
        x.alu(true, Code.MOV, RDX, Frame.at(Frame.ROWS));
        x.aluConstant(true, Code.CMP, RDX, 1);
        x.jump(Code.ABOVE, rows);
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.TID));
        x.storeConstant(true, Frame.at(Frame.TID + 8), 0);
        x.storeConstant(true, Frame.at(Frame.TID + 16), 0);
        x.jump(end);
        x.bind(rows);
        threadIndex(Frame.at(Frame.TID), 8);
        x.bind(end);
        x.ret();
    }

    /** All lanes have met in the code for some: they return, where threads are in rows of whole groups. */
    private void comeBack(BasicBlock block) {
        x.bind(masked.meeting(block));
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.ROWS));
        x.alu(true, Code.TEST, RAX, RAX);
        x.jump(Code.EQUAL, masked.entered(block));
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.call(groupIndex);
        if (plain != null) {
            Code.Label quotients = new Code.Label();
            x.alu(false, Code.MOV, RAX, Frame.at(Frame.WITHOUT_QUOTIENTS));
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(Code.EQUAL, quotients);
            plain.comeBack(block, masked.entered(block));
            x.bind(quotients);
        }
        divided.comeBack(block, masked.entered(block));
    }

    /** How many threads run together. */
    private int lanes() {
        return 8 * frame.parts();
    }

    /** Decides how the group of threads from the current one on runs. */
    private void group(Code.Label endBlock) {
        Code.Label full = new Code.Label();
        Code.Label regular = new Code.Label();
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.alu(true, Code.MOV, RCX, Frame.at(Frame.THREADS));
        x.alu(true, Code.SUB, RCX, RAX);
        x.jump(Code.LESS_EQUAL, endBlock);
        if (points.bytes() > 0) {
            x.alu(true, Code.MOV, RDX, Frame.at(Frame.RECORD));
            x.op(Vop.VPXOR, Lanes.S0, Lanes.S0, Lanes.S0);
            for (int part = 0; part < frame.parts(); part++) {
                for (int k = 0; k < words(); k++) {
                    x.store(new Place.Mem(RDX, part * points.bytes() + 32L * k), Lanes.S0);
                }
            }
        }
        x.aluConstant(true, Code.CMP, RCX, lanes());
        x.jump(Code.GREATER_EQUAL, full);
        masked.start(RCX);
        x.bind(full);
        x.alu(true, Code.MOV, RDX, Frame.at(Frame.ROWS));
        x.alu(true, Code.TEST, RDX, RDX);
        x.jump(Code.NOT_EQUAL, regular);
        x.constant(RCX, lanes());
        masked.start(RCX);
        x.bind(regular);
        x.call(groupIndex);
        start();
    }

    /** Writes x, y and z of the thread in rax, {@code step} bytes apart. */
    private void threadIndex(Place.Mem to, int step) {
        x.alu(false, Code.XOR, RDX, RDX);
        x.unary(false, 6, Frame.at(Frame.NTID));
        x.alu(false, Code.MOV_STORE, RDX, to);
        x.alu(false, Code.XOR, RDX, RDX);
        x.unary(false, 6, Frame.at(Frame.NTID + 8));
        x.alu(false, Code.MOV_STORE, RDX, to.plus(step));
        x.alu(false, Code.MOV_STORE, RAX, to.plus(2L * step));
    }

    /** A subroutine: the thread indices of all lanes of the group, for the code for some lanes. */
    private void laneIndex() {
        Code.Label general = new Code.Label();
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.NTID));
        x.alu(true, Code.CMP, RAX, Frame.at(Frame.THREADS));
        x.jump(Code.NOT_EQUAL, general);
        // The block is a row.
        x.op(Vop.VPBROADCASTD, Lanes.S0, Frame.at(Frame.THREAD));
        x.op(Vop.VPXOR, Lanes.S2, Lanes.S2, Lanes.S2);
        for (int part = 0; part < frame.parts(); part++) {
            x.op(Vop.VPADDD, Lanes.S1, Lanes.S0, MaskedCode.laneNumbers(x, part));
            x.store(frame.laneIndex(part), Lanes.S1);
            x.store(frame.laneIndex(part).plus(32), Lanes.S2);
            x.store(frame.laneIndex(part).plus(64), Lanes.S2);
        }
        x.ret();
        x.bind(general);
        for (int lane = 0; lane < lanes(); lane++) {
            x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
            x.aluConstant(true, Code.ADD, RAX, lane);
            threadIndex(frame.laneIndex(lane / 8).plus(lane % 8 * 4), 32);
        }
        x.ret();
    }

    /** Goes to the next block of the grid, x first. */
    private void advance() {
        Code.Label same = new Code.Label();
        x.alu(true, Code.ADD, Frame.at(Frame.BLOCKS), -1);
        for (int axis = 0; axis < 2; axis++) {
            x.alu(true, Code.MOV, RAX, Frame.at(Frame.CTAID + 8 * axis));
            x.aluConstant(true, Code.ADD, RAX, 1);
            x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.CTAID + 8 * axis));
            x.alu(true, Code.CMP, RAX, Frame.at(Frame.NCTAID + 8 * axis));
            x.jump(Code.BELOW, same);
            x.storeConstant(true, Frame.at(Frame.CTAID + 8 * axis), 0);
        }
        x.alu(true, Code.ADD, Frame.at(Frame.CTAID + 16), 1);
        x.bind(same);
    }

    /** The block behind another one in the order of the code, or null. */
    static BasicBlock behind(List<BasicBlock> blocks, BasicBlock block) {
        return block.index + 1 < blocks.size() ? blocks.get(block.index + 1) : null;
    }

    /** Whether an instruction ends a block: by a branch, an exit or a barrier. */
    static boolean isControl(PtxInstruction i) {
        return Set.of("bra", "ret", "exit").contains(i.opcode()) || Effects.suspends(i) && !LaneProgram.isWarp(i);
    }
}
