package tandem.kernels.translate.x86;

import static tandem.kernels.translate.x86.Code.RAX;
import static tandem.kernels.translate.x86.Code.RCX;
import static tandem.kernels.translate.x86.Code.RDX;

import java.util.List;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * Writes the code of a kernel: a function with the frame's address as its third argument (System V calling convention;
 * JNI passes its own two in front). It runs a number of blocks, each in groups of eight threads. A group starts in the
 * code for all lanes, with the rest of a block in the code for some.
 */
final class VectorWriter {

    private static final int[] SAVED = {Code.RBX, Code.RBP, 12, 13, 14, 15};

    private final Code x = new Code();
    private final LaneProgram program;
    private final Frame frame;
    private final MaskedCode masked;
    private final FullCode divided;
    private final FullCode plain;
    private final Code.Label nextGroup = new Code.Label();
    private final Code.Label laneIndex = new Code.Label();

    VectorWriter(LaneProgram program, Symbols symbols) {
        this.program = program;
        this.frame = new Frame(program.blocks());
        this.masked = new MaskedCode(x, symbols, frame, program, nextGroup, laneIndex);
        this.divided = new FullCode(x, symbols, frame, program, program.divided(), masked, nextGroup);
        boolean divides = program.blocks().stream()
                .flatMap(block -> block.instructions.stream())
                .anyMatch(i -> program.divided().guard(i) == Guard.QUOTIENT);
        this.plain = divides ? new FullCode(x, symbols, frame, program, program.plain(), masked, nextGroup) : null;
    }

    Frame frame() {
        return frame;
    }

    byte[] write() {
        Code.Label nextBlock = new Code.Label();
        Code.Label group = new Code.Label();
        Code.Label endBlock = new Code.Label();
        Code.Label end = new Code.Label();
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
        x.storeConstant(true, Frame.at(Frame.THREAD), 0);
        x.bind(group);
        group(endBlock);
        divided.write();
        if (plain != null) {
            plain.write();
        }
        masked.write();
        x.bind(nextGroup);
        x.alu(true, Code.ADD, Frame.at(Frame.THREAD), 8);
        x.jump(group);
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
        return x.finish();
    }

    /** Decides how the group of threads from the current one on runs. */
    private void group(Code.Label endBlock) {
        Code.Label full = new Code.Label();
        Code.Label rows = new Code.Label();
        Code.Label start = new Code.Label();
        x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
        x.alu(true, Code.MOV, RCX, Frame.at(Frame.THREADS));
        x.alu(true, Code.SUB, RCX, RAX);
        x.jump(Code.LESS_EQUAL, endBlock);
        x.aluConstant(true, Code.CMP, RCX, 8);
        x.jump(Code.GREATER_EQUAL, full);
        masked.start(RCX);
        x.bind(full);
        x.alu(true, Code.MOV, RDX, Frame.at(Frame.ROWS));
        x.aluConstant(true, Code.CMP, RDX, 1);
        x.jump(Code.ABOVE, rows);
        x.constant(RCX, 8);
        Code.Label row = new Code.Label();
        x.jump(Code.EQUAL, row);
        masked.start(RCX);
        x.bind(row);
        x.alu(true, Code.MOV_STORE, RAX, Frame.at(Frame.TID));
        x.storeConstant(true, Frame.at(Frame.TID + 8), 0);
        x.storeConstant(true, Frame.at(Frame.TID + 16), 0);
        x.jump(start);
        x.bind(rows);
        threadIndex(Frame.at(Frame.TID), 8);
        x.bind(start);
        if (plain != null) {
            x.alu(false, Code.MOV, RAX, Frame.at(Frame.WITHOUT_QUOTIENTS));
            x.alu(false, Code.TEST, RAX, RAX);
            x.jump(Code.NOT_EQUAL, plain.start());
        }
        x.jump(divided.start());
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
        for (int lane = 0; lane < 8; lane++) {
            x.alu(true, Code.MOV, RAX, Frame.at(Frame.THREAD));
            x.aluConstant(true, Code.ADD, RAX, lane);
            threadIndex(Frame.at(Frame.LANE_TID + 4 * lane), 32);
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

    /** Whether an instruction ends a block by a branch or an exit. */
    static boolean isControl(PtxInstruction i) {
        return i.opcode().equals("bra")
                || i.opcode().equals("ret")
                || i.opcode().equals("exit");
    }
}
