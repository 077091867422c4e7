package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.List;
import tandem.kernels.ptx.PtxInstruction;

/** Instructions that run one after another; only the last may branch or suspend. */
final class BasicBlock {

    final int index;
    String label;
    final int line;
    final List<PtxInstruction> instructions = new ArrayList<>();
    /** Where the last instruction may branch to, or null. */
    BasicBlock target;
    /** The block where control continues otherwise, or null if there is none. */
    BasicBlock next;
    /** Whether the last instruction makes the thread wait; it then continues at {@link #next}. */
    boolean suspends;
    /** Whether the thread continues at {@link #next} in another method, without waiting, to keep methods small. */
    boolean cut;

    BasicBlock(int index, String label, int line) {
        this.index = index;
        this.label = label;
        this.line = line;
    }

    List<BasicBlock> successors() {
        List<BasicBlock> successors = new ArrayList<>();
        if (target != null) {
            successors.add(target);
        }
        if (next != null) {
            successors.add(next);
        }
        return successors;
    }

    PtxInstruction last() {
        return instructions.get(instructions.size() - 1);
    }

    /** Whether a thread leaves the method at the end of this block and may come back at {@link #next}. */
    boolean leaves() {
        return suspends || cut;
    }

    @Override
    public String toString() {
        return label + " -> " + successors().stream().map(b -> b.label).toList() + (suspends ? " suspends" : "")
                + (cut ? " cut" : "");
    }
}
