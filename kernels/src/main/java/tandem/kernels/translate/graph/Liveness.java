package tandem.kernels.translate.graph;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;

/**
 * Pass {@code liveness}: for each block the registers whose value at its start may still be read. A write under a guard
 * does not end the life of the value before it.
 */
public final class Liveness {

    private final Map<BasicBlock, BitSet> liveIn = new HashMap<>();

    private Liveness() {}

    public static Liveness run(List<BasicBlock> blocks) {
        Liveness result = new Liveness();
        blocks.forEach(block -> result.liveIn.put(block, new BitSet()));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int b = blocks.size() - 1; b >= 0; b--) {
                BitSet live = result.liveOut(blocks.get(b));
                List<PtxInstruction> instructions = blocks.get(b).instructions;
                for (int i = instructions.size() - 1; i >= 0; i--) {
                    PtxInstruction instruction = instructions.get(i);
                    if (instruction.guard() == null) {
                        Effects.writes(instruction).forEach(register -> live.clear(register.index()));
                    }
                    Effects.reads(instruction).forEach(register -> live.set(register.index()));
                }
                changed |= !live.equals(result.liveIn.put(blocks.get(b), live));
            }
        }
        return result;
    }

    /** Indices of the registers that are live where the block starts. */
    public BitSet liveIn(BasicBlock block) {
        return liveIn.get(block);
    }

    /** Indices of the registers that are live where the block ends; a new set. */
    public BitSet liveOut(BasicBlock block) {
        BitSet live = new BitSet();
        block.successors().forEach(successor -> live.or(liveIn.get(successor)));
        return live;
    }

    /** Whether the register's value crosses from one block to another. */
    public boolean crossesBlocks(PtxRegister register) {
        return liveIn.values().stream().anyMatch(set -> set.get(register.index()));
    }
}
