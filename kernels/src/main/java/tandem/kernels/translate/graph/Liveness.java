package tandem.kernels.translate.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;

/**
 * Pass {@code liveness}: for each block the registers whose value at its start may still be read. A write under a guard
 * does not end the life of the value before it.
 */
public final class Liveness {

    private final Map<BasicBlock, BitSet> liveIn = new HashMap<>();
    private final BitSet crossing = new BitSet();

    private Liveness() {}

    /** What a block reads before it writes it, and what it writes in any case. */
    private record Summary(BitSet read, BitSet written) {

        static Summary of(BasicBlock block) {
            Summary summary = new Summary(new BitSet(), new BitSet());
            for (PtxInstruction instruction : block.instructions) {
                for (PtxRegister register : Effects.reads(instruction)) {
                    if (!summary.written.get(register.index())) {
                        summary.read.set(register.index());
                    }
                }
                if (instruction.guard() == null) {
                    Effects.writes(instruction).forEach(register -> summary.written.set(register.index()));
                }
            }
            return summary;
        }
    }

    public static Liveness run(List<BasicBlock> blocks) {
        Liveness result = new Liveness();
        Map<BasicBlock, Summary> summaries = new HashMap<>();
        Map<BasicBlock, List<BasicBlock>> before = new HashMap<>();
        for (BasicBlock block : blocks) {
            summaries.put(block, Summary.of(block));
            result.liveIn.put(block, new BitSet());
            block.successors()
                    .forEach(successor -> before.computeIfAbsent(successor, key -> new ArrayList<>())
                            .add(block));
        }
        // The last block first, as values are live towards the start.
        Deque<BasicBlock> open = new ArrayDeque<>();
        blocks.forEach(open::push);
        Set<BasicBlock> waiting = new HashSet<>(blocks);
        while (!open.isEmpty()) {
            BasicBlock block = open.poll();
            waiting.remove(block);
            BitSet live = result.liveOut(block);
            live.andNot(summaries.get(block).written);
            live.or(summaries.get(block).read);
            if (!live.equals(result.liveIn.put(block, live))) {
                for (BasicBlock earlier : before.getOrDefault(block, List.of())) {
                    if (waiting.add(earlier)) {
                        open.add(earlier);
                    }
                }
            }
        }
        result.liveIn.values().forEach(result.crossing::or);
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
        return crossing.get(register.index());
    }
}
