package tandem.kernels.translate.x86;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.SuspensionForms;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * The barriers of a kernel, and the record in which each group of lanes keeps what it needs behind them. The record
 * begins with two words for each point: how its lanes wait there now, and how they did when the round began. Behind the
 * words lie the registers.
 */
final class WaitPoints {

    /**
     * Values of the words: none waits; all wait, with registers as the one or the other code for all lanes has them.
     */
    static final int NONE = 0;

    static final int DIVIDED = 0x100;
    static final int PLAIN = 0x200;

    /** Bytes of the words of all points; the second ones follow the first. */
    static final int WORDS = 128;

    private static final int MAX = WORDS / 4;

    /**
     * A barrier.
     *
     * @param number from 0
     * @param next the block behind it
     * @param live the registers that are live there
     */
    record Point(int number, BasicBlock next, List<PtxRegister> live) {

        /** Where a group's record says how its lanes wait. */
        int word() {
            return 4 * number;
        }

        /** Where it says how they waited when the round began. */
        int roundWord() {
            return WORDS + 4 * number;
        }
    }

    private final Map<BasicBlock, Point> points = new HashMap<>();
    private final List<Point> inOrder = new ArrayList<>();
    private final Map<PtxRegister, Integer> offsets = new HashMap<>();
    private int bytes = 2 * WORDS;

    WaitPoints(LaneProgram program) {
        for (BasicBlock block : program.blocks()) {
            if (block.suspends) {
                requireSimple(block.last());
                Point point = new Point(points.size(), block.next, program.liveIn(block.next));
                points.put(block, point);
                inOrder.add(point);
                for (PtxRegister register : point.live) {
                    if (!offsets.containsKey(register)) {
                        offsets.put(register, bytes);
                        bytes += register.type().bits() == 64 ? 64 : 32;
                    }
                }
            }
        }
        if (points.size() > MAX) {
            throw new UnsupportedForm("more than " + MAX + " barriers");
        }
    }

    /** Only barrier 0 for all threads: then those that wait anywhere continue together. */
    private static void requireSimple(PtxInstruction i) {
        if (SuspensionForms.describe(i).barrier() != 0) {
            throw new UnsupportedForm(i);
        }
    }

    List<Point> all() {
        return inOrder;
    }

    /** The barrier at the end of a block. */
    Point of(BasicBlock block) {
        return points.get(block);
    }

    /** The same in the record of a part of those that run together, the first of which is in rax. */
    Place.Mem place(PtxRegister register, int half, int part) {
        return new Place.Mem(Code.RAX, (long) part * bytes + offset(register, half));
    }

    /** Half of a register in a group's record, from its start. */
    int offset(PtxRegister register, int half) {
        return offsets.get(register) + 32 * half;
    }

    /** Bytes of a record; 0 when there are no barriers. */
    int bytes() {
        return points.isEmpty() ? 0 : bytes;
    }
}
