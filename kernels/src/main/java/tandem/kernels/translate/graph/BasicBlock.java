package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.List;
import tandem.kernels.ptx.PtxInstruction;

/** Instructions that run one after another; only the last may branch or suspend. */
public final class BasicBlock {

    public final int index;
    public String label;
    public final int line;
    public final List<PtxInstruction> instructions = new ArrayList<>();
    /** Where the last instruction may branch to, or null. */
    public BasicBlock target;
    /** The block where control continues otherwise, or null if there is none. */
    public BasicBlock next;
    /** Whether the last instruction makes the thread wait; it then continues at {@link #next}. */
    public boolean suspends;
    /** Whether the thread continues at {@link #next} in another method, without waiting, to keep methods small. */
    public boolean cut;

    public BasicBlock(int index, String label, int line) {
        this.index = index;
        this.label = label;
        this.line = line;
    }

    public List<BasicBlock> successors() {
        List<BasicBlock> successors = new ArrayList<>();
        if (target != null) {
            successors.add(target);
        }
        if (next != null) {
            successors.add(next);
        }
        return successors;
    }

    public PtxInstruction last() {
        return instructions.get(instructions.size() - 1);
    }

    /** Whether a thread leaves the method at the end of this block and may come back at {@link #next}. */
    public boolean leaves() {
        return suspends || cut;
    }

    @Override
    public String toString() {
        return label + " -> " + successors().stream().map(b -> b.label).toList() + (suspends ? " suspends" : "")
                + (cut ? " cut" : "");
    }
}
